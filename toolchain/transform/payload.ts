/** Understands @payload classes: which fields they have, and how each is laid out in a reading. */
import {
  CommonFlags,
  LiteralKind,
  NodeKind,
  type ArrayLiteralExpression,
  type ClassDeclaration,
  type FieldDeclaration,
  type MethodDeclaration,
  type NamedTypeNode,
  type NewExpression,
} from "assemblyscript";
import type { Problems } from "./problems.js";
import { isLiteral, literalValue, plainTypeName } from "./syntax.js";

export interface Scalar {
  kind: "scalar";
  /** AssemblyScript's name of the type. */
  type: string;
  /** Type token of the schema (ARCHITECTURE.md). */
  token: number;
  bytes: number;
}

export type Shape =
  | Scalar
  | { kind: "text" }
  | { kind: "object"; className: string }
  | { kind: "array"; element: Exclude<Shape, { kind: "array" }>; count: number };

export interface Field {
  name: string;
  shape: Shape;
  node: FieldDeclaration;
}

export interface Payload {
  name: string;
  declaration: ClassDeclaration;
  fields: Field[];
}

const scalar = (type: string, token: number, bytes: number): Scalar => ({ kind: "scalar", type, token, bytes });

const SCALARS: Readonly<Record<string, Scalar>> = {
  bool: scalar("bool", 1, 1),
  boolean: scalar("bool", 1, 1),
  i8: scalar("i8", 2, 1),
  u8: scalar("u8", 3, 1),
  i16: scalar("i16", 4, 2),
  u16: scalar("u16", 5, 2),
  i32: scalar("i32", 6, 4),
  u32: scalar("u32", 7, 4),
  i64: scalar("i64", 8, 8),
  u64: scalar("u64", 9, 8),
  f32: scalar("f32", 10, 4),
  f64: scalar("f64", 11, 8),
};

const ALLOWED = "use bool, i8 to u64, f32, f64, string, another @payload class, or StaticArray of one of these";
const MAX_COUNT = 255;

/** Reads the fields of one class. Problems are reported; what is left of the class is returned. */
export function readPayload(declaration: ClassDeclaration, isPayload: (name: string) => boolean, problems: Problems): Payload {
  const name = declaration.name.text;
  if (declaration.typeParameters?.length)
    problems.at(declaration.name, `@payload class ${name} is generic`, "write one class for each kind of reading");
  if (declaration.extendsType)
    problems.at(declaration.extendsType, `@payload class ${name} extends another class`, "make that class a field instead");
  const fields: Field[] = [];
  for (const member of declaration.members) {
    if (member.is(CommonFlags.Static)) continue;
    if (member.kind === NodeKind.MethodDeclaration) checkMethod(name, member as MethodDeclaration, problems);
    if (member.kind !== NodeKind.FieldDeclaration) continue;
    const field = member as FieldDeclaration;
    const shape = readShape(name, field, isPayload, problems);
    if (shape) fields.push({ name: field.name.text, shape, node: field });
  }
  if (fields.length === 0 && problems.isEmpty) {
    problems.at(declaration.name, `@payload class ${name} has no fields`, "give it at least one, such as `temperature: f32 = 0;`");
  }
  return { name, declaration, fields };
}

function checkMethod(className: string, method: MethodDeclaration, problems: Problems): void {
  if (method.name.text.startsWith("__")) {
    problems.at(
      method.name,
      `${className}.${method.name.text}: names that begin with __ belong to the generated code`,
      "give the method another name",
    );
  }
  if (method.is(CommonFlags.Constructor) && method.signature.parameters.length > 0) {
    problems.at(
      method.name,
      `@payload class ${className} has a constructor with parameters`,
      "give the fields initial values instead: the SDK makes the object",
    );
  }
}

function readShape(
  className: string,
  field: FieldDeclaration,
  isPayload: (name: string) => boolean,
  problems: Problems,
): Shape | undefined {
  const where = `${className}.${field.name.text}`;
  const type = field.type!; // the parser insists on one
  if (type.kind === NodeKind.NamedType && !type.isNullable) {
    const named = type as NamedTypeNode;
    if (named.name.identifier.text === "StaticArray" && named.typeArguments?.length === 1)
      return readArray(where, field, named, isPayload, problems);
  }
  const shape = plainShape(plainTypeName(type), isPayload);
  if (!shape) problems.at(type, `${where} has a type that no reading can carry`, ALLOWED);
  return shape;
}

function plainShape(name: string | undefined, isPayload: (name: string) => boolean): Exclude<Shape, { kind: "array" }> | undefined {
  if (name === undefined) return undefined;
  if (Object.hasOwn(SCALARS, name)) return SCALARS[name];
  if (name === "string" || name === "String") return { kind: "text" };
  return isPayload(name) ? { kind: "object", className: name } : undefined;
}

function readArray(
  where: string,
  field: FieldDeclaration,
  type: NamedTypeNode,
  isPayload: (name: string) => boolean,
  problems: Problems,
): Shape | undefined {
  const element = plainShape(plainTypeName(type.typeArguments![0]!), isPayload);
  if (!element) {
    problems.at(type, `${where} is an array of a type that no reading can carry`, ALLOWED);
    return undefined;
  }
  const isNumeric = element.kind === "scalar";
  const count = arrayLength(field, isNumeric);
  if (count === undefined) {
    const example = isNumeric ? "new StaticArray<f32>(4)" : element.kind === "text" ? '["", ""]' : "[new Part(), new Part()]";
    problems.at(field, `${where}: its length must be written where the field is declared`, `initialize it, such as \`= ${example}\``);
    return undefined;
  }
  if (count >= 1 && count <= MAX_COUNT) return { kind: "array", element, count };
  problems.at(field, `${where} has ${count} elements`, `use 1 to ${MAX_COUNT}`);
  return undefined;
}

/** From `new StaticArray<T>(4)`, whose elements are zero and so must be numbers, or from `[a, b]`. */
function arrayLength(field: FieldDeclaration, isNumeric: boolean): number | undefined {
  const initializer = field.initializer;
  if (!initializer) return undefined;
  if (isLiteral(initializer, LiteralKind.Array)) return (initializer as ArrayLiteralExpression).elementExpressions.length;
  if (!isNumeric || initializer.kind !== NodeKind.New) return undefined;
  const [length] = (initializer as NewExpression).args;
  const value = length && literalValue(length);
  return typeof value === "number" ? value : undefined;
}
