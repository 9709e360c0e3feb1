/** Random documents, changes and questions: with indexes, in any order and in pages, against arrays and the oracle. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { compile } from "../../../../../toolchain/build/compile.js";
import { condition, json, numberText, objectJson, textJson } from "./arbitraries.js";
import { BadQuery, type Json, equal, lookUp, matches, parse, sortKeys } from "./oracle.js";

const RUNS = process.env["WASMOTE_LONG"] ? 50_000 : 800;
const SEED = 20_250_102;
const STATUS_BAD_QUERY = -14;

interface Exports {
  memory: WebAssembly.Memory;
  inputAt(): number;
  outputAt(): number;
  reset(isOnFlash: number): void;
  restart(): void;
  addPath(length: number): number;
  put(keyBytes: number, documentBytes: number): number;
  update(keyBytes: number, patchBytes: number): number;
  remove(keyBytes: number): number;
  get(keyBytes: number): number;
  ask(length: number, isOrdered: number, budget: number): number;
}

let wasm: Exports;

fc.configureGlobal({ includeErrorInReport: true });

before(async () => {
  const entry = "tests/assembly/kernel/store/documents/documentsEntry.ts";
  const { module } = await compile({
    entry,
    args: ["--runtime", "stub", "-O2", "--initialMemory", "1000", "--maximumMemory", "60000", "--use", "abort="],
  });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), {});
  wasm = instance.exports as unknown as Exports;
});

/** Hands texts over one behind the other. Returns their lengths. */
function hand(...texts: string[]): number[] {
  const parts = texts.map((text) => Buffer.from(text));
  const all = Buffer.concat(parts);
  assert.ok(all.length <= 4096);
  new Uint8Array(wasm.memory.buffer, wasm.inputAt(), all.length).set(all);
  return parts.map((part) => part.length);
}

function put(key: string, document: string): number {
  const [keyBytes, documentBytes] = hand(key, document);
  return wasm.put(keyBytes!, documentBytes!);
}

interface Result {
  key: string;
  text: string;
}

function ask(query: string, isOrdered: boolean, budget: number): Result[] | number {
  const length = wasm.ask(hand(query)[0]!, Number(isOrdered), budget);
  if (length < 0) return length;
  const bytes = Buffer.from(wasm.memory.buffer, wasm.outputAt(), length);
  const results: Result[] = [];
  for (let at = 0; at < length;) {
    const key = bytes.toString("utf8", at + 1, at + 1 + bytes[at]!);
    at += 1 + bytes[at]!;
    const size = bytes.readUInt16LE(at);
    results.push({ key, text: bytes.toString("utf8", at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return results;
}

/** Documents whose indexed values and tags are mostly of the kinds that indexes keep. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("0", "1", "2", "3", "5", "5.0", "true", "null", '"a"', '"ab"', '"abc"', '"b"', "[1]") },
  { weight: 1, arbitrary: numberText },
  { weight: 1, arbitrary: textJson },
);
const tags = fc.uniqueArray(fc.constantFrom("a", "b", "é", "long tag"), { maxLength: 3 }).map((each) => JSON.stringify(each));
const document = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(value, value, value, tags).map(([a, b, c, t]) => `{"a":${a},"b":{"c":${b}},"c":${c},"_tags":${t}}`) },
  { weight: 3, arbitrary: objectJson },
  { weight: 1, arbitrary: json },
);
const key = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");
const indexed = fc.subarray(["a", "b.c", "c", "é"]);

/** Conditions that indexes can serve, among any others. */
const range = fc.constantFrom("$eq", "$gt", "$gte", "$lt", "$lte");
const path = fc.constantFrom("a", "b.c", "c");
const served = fc.oneof(
  fc.tuple(path, value).map(([p, v]) => `"${p}":{"$eq":${v}}`),
  fc.tuple(path, range, value).map(([p, op, v]) => `"${p}":{"${op}":${v}}`),
  fc.tuple(path, value, value).map(([p, v, w]) => `"${p}":{"$gte":${v},"$lt":${w}}`),
  fc.tuple(path, value, value).map(([p, v, w]) => `"${p}":{"$between":[${v},${w}]}`),
  fc.tuple(path, fc.array(value, { maxLength: 4 })).map(([p, list]) => `"${p}":{"$in":[${list.join(",")}]}`),
  fc.tuple(path, textJson).map(([p, v]) => `"${p}":{"$prefix":${v}}`),
  fc.constantFrom('"tags":"a"', '"_tags":"é"', '"_tags":{"$contains":"long tag"}', '"tags":"g"'),
);
const question = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(served, { minLength: 1, maxLength: 2, selector: (each) => each.split(":")[0] })
      .map((all) => `{${all.join(",")}}`),
  },
  { weight: 1, arbitrary: condition },
);
const direction = fc.constantFrom(1, -1);
const sort = fc.option(
  fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b.c", "c", "none"), direction), { minLength: 1, maxLength: 2, selector: ([p]) => p }),
  { nil: undefined },
);
const options = fc.record({ sort, skip: fc.integer({ min: 0, max: 3 }), limit: fc.integer({ min: 0, max: 5 }) });

function withOptions(
  query: string,
  { sort: by, skip, limit }: { sort: Array<[string, number]> | undefined; skip: number; limit: number },
): string {
  const parts = [
    query.trim().slice(1, -1),
    by && `"$sort":{${by.map(([p, d]) => `"${p}":${d}`).join(",")}}`,
    `"$skip":${skip}`,
    `"$limit":${limit}`,
  ];
  return `{${parts.filter((part) => part).join(",")}}`;
}

describe("documents against arrays", () => {
  for (const isOnFlash of [false, true]) {
    it(`questions bring the same documents in the same order, whatever is indexed${isOnFlash ? ", on flash and behind a restart" : ""}`, () => {
      let some = 0;
      const runs = isOnFlash ? RUNS / 4 : RUNS;
      fc.assert(
        fc.property(
          fc.array(fc.tuple(key, document), { minLength: 8, maxLength: 40, size: "max" }),
          indexed,
          fc.array(fc.tuple(question, options), { minLength: 4, maxLength: 4 }),
          fc.integer({ min: 1, max: 50 }),
          (puts, paths, questions, budget) => {
            wasm.reset(Number(isOnFlash));
            for (const each of paths) assert.equal(wasm.addPath(hand(each)[0]!), 0);
            const model = new Map<string, string>();
            for (const [each, text] of puts) {
              const status = put(each, text);
              if (status === 0) model.set(each, text);
              else assert.ok(!areTags(parse(text)) || namesTagsTwice(text), `${text}: status ${status}`);
            }
            if (isOnFlash && budget % 2 === 0) {
              wasm.restart();
              for (const each of paths) wasm.addPath(hand(each)[0]!);
            }
            for (const [query, asked] of questions) {
              const full = withOptions(query, asked);
              if (Buffer.byteLength(full) > 512 || Object.hasOwn(JSON.parse(query), "$limit") || Object.hasOwn(JSON.parse(query), "$skip"))
                continue;
              const expected = model_(model, query, asked);
              const answer = ask(full, true, budget);
              if (expected === "bad") assert.equal(answer, STATUS_BAD_QUERY, full);
              else assert.deepEqual(answer, expected, full);
              some += expected === "bad" ? 0 : expected.length;
            }
          },
        ),
        { numRuns: runs, seed: SEED },
      );
      assert.ok(some > 2 * runs, `${some} results`);
    });
  }

  it("a number, text or boolean that is asked for is found through its index", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 20 }), (puts) => {
        wasm.reset(0);
        wasm.addPath(hand("a")[0]!);
        const model = new Map<string, string>();
        for (const [each, text] of puts) {
          put(each, `{"a":${text}}`);
          model.set(each, text);
        }
        for (const text of model.values()) {
          const keys = [...model]
            .filter(([, other]) => equal(parse(other), parse(text), false))
            .map(([each]) => each)
            .sort();
          const answer = ask(`{"a":${text}}`, true, 100);
          assert.deepEqual(Array.isArray(answer) && answer.map((each) => each.key), keys, text);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

/** Whether the tags of a document are tags: a list of texts within the limits, a text, or none. */
function areTags(document_: Json): boolean {
  const value_ = document_ instanceof Map ? (document_.get("_tags") ?? null) : null;
  if (value_ === null || typeof value_ === "string") return true;
  return Array.isArray(value_) && value_.every((each) => typeof each === "string" && Buffer.byteLength(each) <= 32);
}

/** All of them must be tags then, not the last ones alone. */
function namesTagsTwice(text: string): boolean {
  return (text.match(/(_|\\u005f)(t|\\u0074)/g) ?? []).length > 1;
}

function model_(
  model: Map<string, string>,
  query: string,
  { sort: by, skip, limit }: { sort: Array<[string, number]> | undefined; skip: number; limit: number },
): Result[] | "bad" {
  try {
    matches(parse(query), null, false); // a bad one is bad without documents too
    const found = [...model]
      .map(([each, text]) => ({ key: each, text, json: parse(text) }))
      .filter((each) => matches(parse(query), each.json, false))
      .sort((a, b) => {
        for (const [p, d] of by ?? []) {
          const order = sortKeys(lookUp(a.json, p), lookUp(b.json, p));
          if (order !== 0) return order * d;
        }
        return a.key < b.key ? -1 : 1;
      })
      .map(({ key: each, text }) => ({ key: each, text }));
    return found.slice(skip, limit > 0 ? skip + limit : undefined);
  } catch (error) {
    if (error instanceof BadQuery) return "bad";
    throw error;
  }
}
