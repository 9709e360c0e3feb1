/** Random documents and conditions that meet each other: few names, few texts, every way to write them. */
import fc from "fast-check";

/** Few names and few texts, so that conditions meet documents. */
const name = fc.constantFrom("a", "b", "c", "tags", "_tags", "", "é", "a b", "\u{1f600}", "x\u0000y");
const text = fc.oneof(
  fc.constantFrom("", "a", "ab", "abc", "b", "é", "\uffff", "\u{10000}", "\u{1f600}x", '"\\/', "\n"),
  fc.string({ maxLength: 6 }),
);
export const numberText = fc.oneof(
  fc.constantFrom("0", "-0", "1", "5", "5.0", "5e0", "50e-1", "-0.0", "5.5", "1e400", "-1e400", "1E-400", "0.1", "1.5e3"),
  fc.constantFrom("9007199254740992", "9007199254740993", "9007199254740992.0", "9223372036854775807", "9223372036854775808"),
  fc.constantFrom(
    "-9223372036854775808",
    "-9223372036854775809",
    "9223372036854775807.0",
    "9.223372036854775807e18",
    "123456789012345678901234567890",
  ),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);

/** Text of a string, its characters escaped in the ways that JSON allows. */
function written(value: string, style: number): string {
  const plain = JSON.stringify(value);
  if (style % 3 === 0) return plain;
  const escaped = [...value].map((char) =>
    style % 3 === 1
      ? [...Array(char.length).keys()].map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")
      : JSON.stringify(char).slice(1, -1).replace("/", "\\/"),
  );
  return `"${escaped.join("")}"`;
}

export const textJson = fc.tuple(text, fc.nat(2)).map(([value, style]) => written(value, style));
const nameJson = fc.tuple(name, fc.nat(2)).map(([value, style]) => written(value, style));
const space = fc.constantFrom("", "", "", " ", "\n\t");

export const { value: json, object: objectJson } = fc.letrec<{ value: string; object: string; array: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(fc.constantFrom("null", "true", "false"), numberText, textJson),
  array: fc.array(tie("value"), { maxLength: 4 }).chain((items) => space.map((gap) => `[${gap}${items.join(`,${gap}`)}]`)),
  object: fc
    .array(fc.tuple(nameJson, tie("value")), { maxLength: 5 })
    .chain((members) => space.map((gap) => `{${gap}${members.map(([key, each]) => `${key}${gap}:${gap}${each}`).join(`,`)}${gap}}`)),
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("scalar"), tie("array"), tie("object")),
}));

const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => JSON.stringify(steps.join(".")));

const operator = fc.oneof(
  fc.tuple(fc.constantFrom("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$contains"), json),
  fc.tuple(
    fc.constantFrom("$in", "$nin"),
    fc.array(json, { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
  ),
  fc.tuple(fc.constant("$exists"), fc.constantFrom("true", "false", "0", "1")),
  fc.tuple(fc.constant("$prefix"), textJson),
  fc.tuple(
    fc.constant("$between"),
    fc.tuple(json, json).map((pair) => `[${pair.join(",")}]`),
  ),
  // Wrong ones, among all the right ones.
  fc.tuple(fc.constantFrom("$foo", "$", "$i", "$inn", "in", "$regex", "$in", "$prefix", "$between", "$exists"), json),
);
const join = (members: Array<[string, string]>): string => `{${members.map(([key, each]) => `${JSON.stringify(key)}:${each}`).join(",")}}`;
export const { condition } = fc.letrec<{ condition: string; operators: string; member: string }>((tie) => ({
  operators: fc.oneof(
    { maxDepth: 3 },
    fc.uniqueArray(operator, { minLength: 1, maxLength: 2, selector: ([key]) => key }).map(join),
    tie("operators").map((inner) => `{"$not":${inner}}`),
  ),
  member: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(path, json).map(([key, each]) => `${key}:${each}`),
    fc.tuple(path, tie("operators")).map(([key, each]) => `${key}:${each}`),
    fc
      .tuple(fc.constantFrom("$and", "$or"), fc.array(tie("condition"), { maxLength: 3 }))
      .map(([key, all]) => `"${key}":[${all.join(",")}]`),
    tie("condition").map((inner) => `"$not":${inner}`),
    fc.constantFrom('"$limit":2', '"$skip":1', '"$nor":1', '"$limit":null'),
  ),
  // Names that occur twice mean two conditions here and one to the oracle.
  condition: fc
    .uniqueArray(tie("member"), { maxLength: 3, selector: (each) => JSON.parse(`{${each}}`) && Object.keys(JSON.parse(`{${each}}`))[0] })
    .map((members) => `{${members.join(",")}}`),
}));
