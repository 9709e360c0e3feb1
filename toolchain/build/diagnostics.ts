/** One compiler diagnostic as a message an author can act on: file:line:column, what is wrong, the line, the remedy. */
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { ROOT } from "./paths.js";

/** As much of the compiler's own structure as is needed here. */
export interface Diagnostic {
  message: string;
  code: number;
  range: { start: number; end: number; source: { normalizedPath: string } | null } | null;
}

/** Code of a transform's own messages, which bring their remedy with them. */
const TRANSFORM_CODE = 102;

/** Remedies for what TypeScript authors run into first, by the compiler's message. */
const REMEDIES: ReadonlyArray<[RegExp, string]> = [
  [/Closures/, "a function passed as a value cannot use variables of the function around it: make them global"],
  [/Exceptions/, "there is no try/catch: check the result instead (a negative number is a Status)"],
  [/File '.*' not found/, 'an app imports "wasmote" and files of its own folder, no packages'],
  [/Cannot find name '(console|Date|process|setTimeout|setInterval|Promise)'/, 'the board has its own: log, now, every and after from "wasmote"'],
  [/Cannot find name '(number|any|unknown|object)'/, "AssemblyScript wants a sized type: i32, i64, f32, f64, bool or string"],
  [/^Type expected/, "write the type out, such as `value: i32 = 0;`"],
  [/Cannot find name/, 'declare it, or import it from "wasmote"'],
  [/Conversion from type '.*' to '.*' (requires an explicit cast|will fail)/, "write the conversion out: <i32>value, or value as i32"],
  [/Type '<object>' is not assignable/, "an object has a class: declare one, and write `new` in front of its name"],
  [/Type '.*' is not assignable to type '~lib\/string\/String'/, "text is not made by itself: value.toString(), or a template `${value}`"],
  [/Type '.*' is not assignable to type/, "make both types agree, or convert: value as i32"],
  [/has no exported member/, "assembly/sdk/index.ts lists what an app can import from \"wasmote\""],
  [/Property '.*' does not exist on type/, "compare with the class or namespace in the file that the type names"],
  [/Iterators/, "there is no for...of: count with `for (let i = 0; i < list.length; i++)`"],
  [/Object is possibly 'null'/, "test it for null first"],
  [/Low memory limit/, 'raise "memoryBytes" in the asconfig.json beside app.ts, or shrink static data'],
  [/Expected \d+ arguments/, "compare the call with the function's parameters"],
  [/'async'|'await'|yield|generator/i, "there are no promises: use every, after, or a handler"],
];

/** How the compiler writes a function's type: longer than the rest of the message, and with its commas escaped. */
const FUNCTION_TYPE = /~lib\/function\/Function<[^']*>/;

export async function describeDiagnostic({ message, code, range }: Diagnostic): Promise<string> {
  const remedy = code === TRANSFORM_CODE ? undefined : REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
  const text = code === TRANSFORM_CODE ? message.replace("User-defined: ", "") : message.replace(FUNCTION_TYPE, "function");
  const lines = [text, ...(remedy ? [`  ${remedy}`] : [])];
  if (!range?.source) return lines.join("\n");
  const path = resolve(ROOT, range.source.normalizedPath);
  const place = await locate(path, range.start, relative(process.cwd(), path).startsWith("..") ? path : relative(process.cwd(), path));
  return [`${place.where}: ${lines[0]}`, ...lines.slice(1), ...(place.line ? [`  | ${place.line}`] : [])].join("\n");
}

async function locate(path: string, offset: number, shown: string): Promise<{ where: string; line: string }> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return { where: shown, line: "" }; // the compiler's own library
  }
  const before = text.slice(0, offset).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  return { where: `${shown}:${before.length}:${before[before.length - 1]!.length + 1}`, line: line.trim() };
}
