/** The schema of a stream as bytes (ARCHITECTURE.md): what the kernel reads once to turn packed values into JSON. */
import type { Payload, Shape } from "./payload.js";
import type { Problems } from "./problems.js";

const TEXT = 12;
const OBJECT = 13;
const END = 14;
const ARRAY = 15;

export const MAX_NESTING = 4;

/** Tokens of a payload's fields. Reports what nests too deep or contains itself. */
export function encodeSchema(payload: Payload, payloads: ReadonlyMap<string, Payload>, problems: Problems): number[] {
  return encodeFields(payload, payloads, problems, 0);
}

function encodeFields(payload: Payload, payloads: ReadonlyMap<string, Payload>, problems: Problems, depth: number): number[] {
  return payload.fields.flatMap((field) => {
    const nesting = depth + (field.shape.kind === "array" || field.shape.kind === "object" ? 1 : 0);
    if (nesting > MAX_NESTING) {
      problems.at(
        field.node,
        `${payload.name}.${field.name} nests deeper than ${MAX_NESTING} levels, or contains itself`,
        "move its members up",
      );
      return [];
    }
    return encodeShape(field.shape, encodeName(field.name), payloads, problems, nesting);
  });
}

/** `name`: what stands between the type token and what follows it; empty for an array's element. */
function encodeShape(shape: Shape, name: number[], payloads: ReadonlyMap<string, Payload>, problems: Problems, depth: number): number[] {
  switch (shape.kind) {
    case "scalar":
      return [shape.token, ...name];
    case "text":
      return [TEXT, ...name];
    case "object":
      return [OBJECT, ...name, ...encodeFields(payloads.get(shape.className)!, payloads, problems, depth), END];
    case "array":
      return [ARRAY, ...name, shape.count, ...encodeShape(shape.element, [], payloads, problems, depth)];
  }
}

function encodeName(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [bytes.length, ...bytes];
}
