/** Damaged JSON and conditions: an answer each time, the same as JSON.parse's on whether it is JSON, and never a trap. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type ConditionModule, STATUS_BAD_QUERY, STATUS_INVALID, STATUS_TOO_LARGE, loadConditions } from "./conditionModule.js";

const FLIPS = process.env["WASMOTE_LONG"] ? 400 : 40;

const DOCUMENTS = [
  '{"n":5,"s":"hello","l":[1,"x"],"o":{"p":1},"_tags":["t1","t2"]}',
  '{"n":-5.5e-3,"s":"\\u00e9\\ud83d\\ude00\\n","z":null,"b":[true,false,[[]],{}]}',
  '"é\u{1f600}"',
  " [ 0 , -1.25E+10 , 12345678901234567890 ] ",
];
const QUERIES = [
  '{"n":{"$gte":5,"$lt":5.5},"$limit":2}',
  '{"$or":[{"b":true},{"n":{"$not":{"$in":[5,"x",null]}}}],"$sort":{"a.b":1,"c":-1},"$skip":3}',
  '{"s":{"$prefix":"\\u00e9"},"l":{"$between":[1,[2]]},"_tags":"t1","$fields":["a","b.c"]}',
  '{"o":{"p":{"q":[1,{"r":2}]}},"$and":[{"$not":{"x":{"$exists":0}}}]}',
];

let kernel: ConditionModule;

before(async () => {
  kernel = await loadConditions();
});

/** Deterministic 32-bit numbers. */
let state = 7;
function random32(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state ^ (state >>> 15)) >>> 0;
}

/** Every strict prefix, every byte replaced by seeded others, and single bits flipped. */
function* damaged(text: string): Generator<Uint8Array> {
  const whole = Buffer.from(text);
  for (let length = 0; length < whole.length; length++) yield whole.subarray(0, length);
  for (let at = 0; at < whole.length; at++) {
    for (let i = 0; i < FLIPS; i++) {
      const bytes = Uint8Array.from(whole);
      bytes[at] = i < 8 ? bytes[at]! ^ (1 << i) : random32() & 0xff;
      yield bytes;
    }
  }
}

/** Whether bytes are JSON in UTF-8 without lone surrogates, according to this machine's own parser. */
function isJson(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return JSON.stringify(JSON.parse(text)).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(JSON.parse(text)));
  } catch {
    return false;
  }
}

describe("damaged documents", () => {
  for (const document of DOCUMENTS) {
    it(`are told from JSON, and answered whatever they are: ${document.slice(0, 30)}`, () => {
      const compiled = QUERIES.map((query) => [query, kernel.compile(query)] as const);
      assert.ok(compiled.every(([, status]) => status === 0));
      for (const bytes of damaged(document)) {
        for (const part of [1, 7, 1000]) assert.equal(kernel.check(bytes, part) === 0, isJson(bytes), Buffer.from(bytes).toString());
        assert.equal(typeof kernel.matches(bytes), "boolean");
      }
    });
  }

  it("nested to any depth are answered", () => {
    for (const depth of [15, 16, 17, 1000, 16000]) {
      for (const [open, close] of [
        ["[", "]"],
        ['{"a":', "}"],
      ] as const) {
        const count = Math.min(depth, Math.floor(16000 / (open.length + 1)));
        const text = open.repeat(count) + (open === "[" ? "" : "1") + close.repeat(count);
        assert.equal(kernel.check(text), count <= 16 ? 0 : STATUS_TOO_LARGE);
        assert.equal(kernel.matches(text), false);
      }
    }
  });
});

describe("damaged conditions", () => {
  for (const query of QUERIES) {
    it(`compile or are refused, and evaluate: ${query.slice(0, 30)}`, () => {
      for (const bytes of damaged(query)) {
        const status = kernel.compile(bytes);
        assert.ok(status === 0 || status === STATUS_BAD_QUERY, `status ${status}`);
        if (!isJson(bytes)) assert.equal(status, STATUS_BAD_QUERY);
        if (status === 0) for (const document of DOCUMENTS) assert.equal(typeof kernel.matches(document), "boolean");
        else assert.ok(kernel.errorAt >= 0 && kernel.errorAt <= bytes.length);
      }
    });
  }

  it("with more tests or levels than there is room for are refused", () => {
    const many = (count: number): string => `{${[...Array(count).keys()].map((i) => `"${i}":1`).join(",")}}`;
    assert.equal(kernel.compile(many(47)), 0);
    assert.equal(kernel.compile(many(48)), STATUS_BAD_QUERY);
    const deep = (count: number): string => '{"$not":'.repeat(count) + "{}" + "}".repeat(count);
    assert.equal(kernel.compile(deep(15)), 0);
    assert.equal(kernel.compile(deep(16)), STATUS_BAD_QUERY);
    assert.equal(kernel.check("\u0000"), STATUS_INVALID);
  });
});
