/** Reads both sides of the walls as text: the .def files of the host and the import tables in AssemblyScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(fileURLToPath(import.meta.url), "..", "..", "..");

/** One row of a wall, whichever side it was read from. */
export interface Row {
  readonly heading: string;
  readonly module: string;
  readonly name: string;
  /** One letter per argument, pointers as `*`: "i(i*i)". */
  readonly shape: string;
}

/** A row of a .def file, with the directions of its spans. */
export interface DefRow extends Row {
  readonly macro: string;
  readonly signature: string;
}

const AS_TYPES: Readonly<Record<string, string>> = { i32: "i", i64: "I", usize: "*", void: "v" };

/** Around rows that only some kernels answer. */
const GROUP_BOUND = /^(#if ROWS\([A-Z]+\)|#else|ROWS_LEFT_OUT\([A-Z]+, [a-z]+_, "[a-z, ]+"\)|#endif)$/;

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Parses the rows of a .def file; lines that are neither row, heading, comment nor bounds of a group are an error. */
export function parseDef(text: string): DefRow[] {
  const rows: DefRow[] = [];
  let heading = "";
  for (const line of withoutHeader(text).split("\n")) {
    const found = /^\/\* (\w+) \*\/$/.exec(line);
    const row = /^(HOST_IMPORT|KERNEL_CALL)\((\w+), "([iIv]\([iI<>]*\))"\)$/.exec(line);
    if (found) heading = found[1]!;
    else if (row) {
      const [, macro, name, signature] = row as unknown as [string, string, string, string];
      const module = macro === "KERNEL_CALL" ? "kernel" : "host";
      rows.push({ heading, module, name, shape: signature.replace(/[<>]/g, "*"), macro, signature });
    } else if (line.trim() !== "" && !GROUP_BOUND.test(line)) throw new Error(`not a row: ${line}`);
  }
  return rows;
}

function withoutHeader(text: string): string {
  return text.slice(text.indexOf("*/") + 2);
}

/** Parses the declarations of an import table in AssemblyScript. */
export function parseDeclarations(text: string): Row[] {
  const rows: Row[] = [];
  const pattern = /^\/\/ (\w+)$|@external\("(\w+)", "(\w+)"\)\s*export declare function \w+\(([^)]*)\): (\w+);/gm;
  let heading = "";
  for (const [, found, module, name, params, result] of text.matchAll(pattern)) {
    if (found !== undefined) {
      heading = found;
      continue;
    }
    const types = params!
      .split(",")
      .map((param) => param.trim())
      .filter((param) => param !== "")
      .map((param) => letter(param.split(":")[1]!.trim()));
    rows.push({ heading, module: module!, name: name!, shape: `${letter(result!)}(${types.join("")})` });
  }
  return rows;
}

function letter(type: string): string {
  const found = AS_TYPES[type];
  if (found === undefined) throw new Error(`type ${type} cannot cross a wall`);
  return found;
}

/** Returns the names that an import table exports, so that a module can keep every row. */
export function declaredNames(text: string): Array<{ name: string; params: number }> {
  return [...text.matchAll(/export declare function (\w+)\(([^)]*)\)/g)].map(([, name, params]) => ({
    name: name!,
    params: params!.split(",").filter((param) => param.trim() !== "").length,
  }));
}

/** Returns name -> value of a C enum or of an AssemblyScript enum, where every member states its value. */
export function enumValues(body: string): Map<string, number> {
  return new Map([...body.matchAll(/(\w+)\s*=\s*(-?\d+)/g)].map(([, name, value]) => [name!, Number(value)]));
}

/** "UPPER_SNAKE" -> "PascalCase". */
export function pascalCase(name: string): string {
  return name
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
