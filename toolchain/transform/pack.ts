/**
 * Writes the method that packs a payload's values in schema order: stores at constant offsets for a run of numbers, one
 * bounds check a run, shared helpers for text. It allocates nothing.
 */
import type { Field, Payload, Shape } from "./payload.js";

export const PACK_METHOD = "__pack";

/** Source of the method `__pack(at, end)`: packs to u8[at..end), returns the address behind, 0 when it does not fit. */
export function packMethod(payload: Payload): string {
  const lines: string[] = [];
  let run: Field[] = [];
  const flush = (): void => {
    lines.push(...packRun(run));
    run = [];
  };
  for (const field of payload.fields) {
    if (field.shape.kind === "scalar") {
      run.push(field);
      continue;
    }
    flush();
    lines.push(...packOne(field.shape, `this.${field.name}`));
  }
  flush();
  return [`${PACK_METHOD}(at: usize, end: usize): usize {`, ...lines.map((line) => `  ${line}`), "  return at;", "}"].join("\n");
}

/** Bytes that the values of a payload take at least: empty texts, all else in full. */
export function leastBytes(payload: Payload, payloads: ReadonlyMap<string, Payload>): number {
  return payload.fields.reduce((sum, field) => sum + leastOf(field.shape, payloads), 0);
}

function leastOf(shape: Shape, payloads: ReadonlyMap<string, Payload>): number {
  switch (shape.kind) {
    case "scalar":
      return shape.bytes;
    case "text":
      return 2;
    case "object":
      return leastBytes(payloads.get(shape.className)!, payloads);
    case "array":
      return shape.count * leastOf(shape.element, payloads);
  }
}

function packRun(run: readonly Field[]): string[] {
  if (run.length === 0) return [];
  let offset = 0;
  const stores = run.map(({ name, shape }) => {
    if (shape.kind !== "scalar") throw new Error("a run holds scalars");
    const type = shape.type === "bool" ? "u8" : shape.type;
    const value = shape.type === "bool" ? `u8(this.${name})` : `this.${name}`;
    const line = `store<${type}>(at, ${value}, ${offset});`;
    offset += shape.bytes;
    return line;
  });
  return [`if (at + ${offset} > end) return 0;`, ...stores, `at += ${offset};`];
}

function packOne(shape: Shape, value: string): string[] {
  switch (shape.kind) {
    case "text":
      return [`at = __wasmote.packText(at, end, ${value});`, "if (at == 0) return 0;"];
    case "object":
      return [`at = ${value}.${PACK_METHOD}(at, end);`, "if (at == 0) return 0;"];
    case "array":
      return packArray(shape, value);
    case "scalar":
      throw new Error("scalars are packed in runs");
  }
}

function packArray(shape: Extract<Shape, { kind: "array" }>, value: string): string[] {
  const { element, count } = shape;
  const check = `if (${value}.length != ${count}) return 0;`; // the author may have put another array there
  if (element.kind === "scalar") {
    const bytes = count * element.bytes;
    return [check, `if (at + ${bytes} > end) return 0;`, `memory.copy(at, changetype<usize>(${value}), ${bytes});`, `at += ${bytes};`];
  }
  const each = packOne(element, `${value}[i]`).map((line) => `  ${line}`);
  return [check, `for (let i = 0; i < ${count}; i++) {`, ...each, "}"];
}
