/**
 * What a condition means, written from the specification in plain TypeScript: the answer that the kernel's evaluation is
 * compared with. Works on parsed values; integers are kept exact.
 */

/** A number as a document writes it: an integer of 64 bits, or a float. */
export type Num = { readonly integer: bigint } | { readonly float: number };
export type Json = null | boolean | string | Num | Json[] | Map<string, Json>;

export class BadQuery extends Error {}

const isNum = (value: Json): value is Num =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);

/** A parser of its own: JSON.parse loses integers beyond 2^53. The text is known to be JSON. */
export function parse(text: string): Json {
  let at = 0;
  const space = (): void => {
    while (" \n\r\t".includes(text[at] ?? "x")) at++;
  };
  const value = (): Json => {
    space();
    const start = at;
    if (text[at] === "{") return object();
    if (text[at] === "[") return array();
    if (text[at] === '"') return string();
    while (at < text.length && !" \n\r\t,]}".includes(text[at]!)) at++;
    const word = text.slice(start, at);
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    return number(word);
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return JSON.parse(text.slice(start, ++at)) as string;
  };
  const array = (): Json[] => {
    const found: Json[] = [];
    at++;
    for (space(); text[at] !== "]"; space()) {
      found.push(value());
      space();
      if (text[at] === ",") at++;
    }
    at++;
    return found;
  };
  const object = (): Map<string, Json> => {
    const found = new Map<string, Json>();
    at++;
    for (space(); text[at] !== "}"; space()) {
      const name = string();
      space();
      at++;
      found.set(name, value());
      space();
      if (text[at] === ",") at++;
      space();
    }
    at++;
    return found;
  };
  return value();
}

function number(word: string): Num {
  if (/^-?\d+$/.test(word)) {
    const integer = BigInt(word);
    if (integer >= -(2n ** 63n) && integer < 2n ** 63n) return { integer };
  }
  return { float: Number(word) };
}

/** Negative, 0, positive, or undefined where there is no order. */
function compare(a: Json, b: Json, strict: boolean): number | undefined {
  const [x, y] = [comparable(a, strict), comparable(b, strict)];
  if (typeof x === "string" && typeof y === "string") return Buffer.compare(Buffer.from(x), Buffer.from(y));
  if (x === undefined || y === undefined || typeof x === "string" || typeof y === "string") return undefined;
  if ("integer" in x && "integer" in y) return Number(x.integer > y.integer) - Number(x.integer < y.integer);
  // JavaScript compares integers with floats exactly.
  const left = "integer" in x ? x.integer : x.float;
  const right = "integer" in y ? y.integer : y.float;
  return Number(left > right) - Number(left < right);
}

function comparable(value: Json, strict: boolean): string | Num | undefined {
  if (typeof value === "string" || isNum(value)) return value;
  return typeof value === "boolean" && !strict ? { integer: value ? 1n : 0n } : undefined;
}

export function equal(a: Json, b: Json, strict: boolean): boolean {
  if (a === null || b === null) return a === b;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, i) => equal(each, b[i]!, strict));
  if (a instanceof Map) {
    return b instanceof Map && a.size === b.size && [...a].every(([name, each]) => b.has(name) && equal(each, b.get(name)!, strict));
  }
  if (typeof a === "boolean" && typeof b === "boolean") return a === b;
  return compare(a, b, strict) === 0;
}

export function lookUp(document: Json, path: string): Json {
  let value: Json = document;
  for (const step of path.split(".")) {
    if (!(value instanceof Map)) return null;
    value = value.get(step) ?? null;
  }
  return value;
}

const isText = (value: Json): value is string => typeof value === "string";
const asList = (value: Json): Json[] => {
  if (!Array.isArray(value)) throw new BadQuery("a list");
  return value;
};
const asMap = (value: Json): Map<string, Json> => {
  if (!(value instanceof Map)) throw new BadQuery("an object");
  return value;
};

function contains(value: Json, operand: Json, strict: boolean): boolean {
  if (Array.isArray(value)) return value.some((each) => equal(each, operand, strict));
  return isText(value) && isText(operand) && value.includes(operand);
}

function claim(operand: Json): boolean {
  if (typeof operand === "boolean") return operand;
  const number = operand !== null && isNum(operand) && "integer" in operand ? operand.integer : -1n;
  if (number !== 0n && number !== 1n) throw new BadQuery("$exists");
  return number === 1n;
}

function operator(name: string, value: Json, operand: Json, strict: boolean): boolean {
  const order = (): number => compare(value, operand, strict) ?? NaN;
  switch (name) {
    case "$eq":
      return equal(value, operand, strict);
    case "$ne":
      return !equal(value, operand, strict);
    case "$gt":
      return order() > 0;
    case "$gte":
      return order() >= 0;
    case "$lt":
      return order() < 0;
    case "$lte":
      return order() <= 0;
    case "$in":
      return asList(operand).some((each) => equal(value, each, strict));
    case "$nin":
      return !asList(operand).some((each) => equal(value, each, strict));
    case "$exists":
      return (value !== null) === claim(operand);
    case "$contains":
      return contains(value, operand, strict);
    case "$prefix": {
      if (!isText(operand)) throw new BadQuery("$prefix");
      return isText(value) && value.startsWith(operand);
    }
    case "$between": {
      const [low, high, ...more] = asList(operand);
      if (low === undefined || high === undefined || more.length > 0) throw new BadQuery("$between");
      return operator("$gte", value, low, strict) && operator("$lte", value, high, strict);
    }
    case "$not": {
      const inner = asMap(operand);
      if (inner.size === 0) throw new BadQuery("$not");
      return !operators(inner, value, strict);
    }
    default:
      throw new BadQuery(name);
  }
}

/** All are looked at, whatever the first says: a bad one is an error in any company. */
function operators(all: Map<string, Json>, value: Json, strict: boolean): boolean {
  return [...all].map(([name, operand]) => operator(name, value, operand, strict)).every(Boolean);
}

function hasDollar(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasDollar);
  return value instanceof Map && [...value].some(([name, each]) => name.startsWith("$") || hasDollar(each));
}

export function matches(condition: Json, document: Json, strict: boolean, isTop = true): boolean {
  return [...asMap(condition)].map(([name, operand]) => member(name, operand, document, strict, isTop)).every(Boolean);
}

function member(name: string, operand: Json, document: Json, strict: boolean, isTop: boolean): boolean {
  if (name === "$and" || name === "$or") {
    const answers = asList(operand).map((each) => matches(each, document, strict, false));
    if (answers.length === 0) throw new BadQuery(name);
    return name === "$and" ? answers.every(Boolean) : answers.some(Boolean);
  }
  if (name === "$not") return !matches(operand, document, strict, false);
  if (isTop && (name === "$limit" || name === "$skip")) return true;
  if (name.startsWith("$")) throw new BadQuery(name);
  if (name.split(".").length > 8) throw new BadQuery("path");
  if (!(operand instanceof Map)) {
    if (hasDollar(operand) && name !== "tags" && name !== "_tags") throw new BadQuery(name);
    if (name === "tags" || name === "_tags") return contains(lookUp(document, "_tags"), operand, strict);
    return equal(lookUp(document, name), operand, strict);
  }
  const value = lookUp(document, name);
  if ([...operand.keys()].some((each) => each.startsWith("$"))) return operators(operand, value, strict);
  if (hasDollar(operand)) throw new BadQuery(name);
  return equal(value, operand, strict);
}

/** Order of two values in $sort: missing and null, numbers and booleans, texts, the rest. */
export function sortKeys(a: Json, b: Json): number {
  const rank = (value: Json): number => {
    if (value === null) return 0;
    if (typeof value === "string") return 2;
    return typeof value === "boolean" || isNum(value) ? 1 : 3;
  };
  return rank(a) - rank(b) || (compare(a, b, false) ?? 0);
}
