/** Conditions on random documents: the kernel's evaluation over bytes against the oracle's over values. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { condition, json, objectJson } from "./arbitraries.js";
import { BadQuery, equal, matches, parse } from "./oracle.js";
import { type ConditionModule, STATUS_BAD_QUERY, loadConditions } from "./conditionModule.js";

const RUNS = process.env["WASMOTE_LONG"] ? 500_000 : 20_000;
const SEED = 20_250_101;

let kernel: ConditionModule;

fc.configureGlobal({ includeErrorInReport: true });

before(async () => {
  kernel = await loadConditions();
});

function expected(query: string, document: string, strict: boolean): boolean | "bad" {
  try {
    return matches(parse(query), parse(document), strict);
  } catch (error) {
    if (error instanceof BadQuery) return "bad";
    throw error;
  }
}

function answered(query: string, document: string): boolean | "bad" | string {
  const compiled = kernel.compile(query);
  if (compiled === STATUS_BAD_QUERY) return "bad";
  if (compiled < 0) return `status ${compiled}`;
  return kernel.matches(document);
}

describe("conditions against the oracle", () => {
  for (const strict of [false, true]) {
    it(`answer the same for random documents and conditions, booleans ${strict ? "apart" : "as numbers"}`, () => {
      kernel.strict(strict);
      let holding = 0;
      let bad = 0;
      fc.assert(
        fc.property(fc.oneof({ weight: 9, arbitrary: objectJson }, { weight: 1, arbitrary: json }), condition, (document, query) => {
          fc.pre(Buffer.byteLength(query) <= 512);
          assert.equal(kernel.check(document), 0);
          const answer = answered(query, document);
          holding += Number(answer === true);
          bad += Number(answer === "bad");
          assert.equal(answer, expected(query, document, strict));
        }),
        { numRuns: RUNS, seed: SEED },
      );
      // A generator that never hits would prove nothing.
      assert.ok(holding > RUNS / 20 && bad > RUNS / 20, `${holding} of ${RUNS} hold, ${bad} are bad`);
    });
  }

  it("compare any two values as the oracle does", () => {
    kernel.strict(false);
    fc.assert(
      fc.property(json, json, fc.boolean(), (one, other, isSame) => {
        const document = `{"a":${one}}`;
        const operand = isSame ? one : other;
        fc.pre(Buffer.byteLength(operand) < 480);
        const query = `{"a":{"$eq":${operand}}}`;
        assert.equal(answered(query, document), equal(parse(one), parse(operand), false));
        for (const name of ["$gt", "$gte", "$lt", "$lte"]) {
          const ordered = `{"a":{"${name}":${operand}}}`;
          assert.equal(answered(ordered, document), expected(ordered, document, false));
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("numbers", () => {
  it("are read as the nearest float", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 17 }), (value, digits) => {
        for (const each of [JSON.stringify(value), value.toExponential(), value.toPrecision(digits)]) {
          if (!/^-?\d+$/.test(each)) assert.equal(kernel.float(each), Number(each), each);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it("are read as the nearest float at every power of ten, next to halves and among subnormals", () => {
    for (let power = -345; power <= 310; power++) {
      for (const digits of [
        "1",
        "9",
        "17976931348623157",
        "9007199254740993",
        "4503599627370497.5",
        "9223372036854775809",
        "9999999999999999999",
      ]) {
        const each = `${digits}e${power}`;
        assert.equal(kernel.float(each), Number(each), each);
      }
    }
    for (const each of [
      "2.4703282292062327e-324",
      "2.4703282292062328e-324",
      "4.9e-324",
      "2.2250738585072011e-308",
      "2.2250738585072014e-308",
    ]) {
      assert.equal(kernel.float(each), Number(each), each);
    }
  });

  it("are read as integers up to 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (value) => {
        assert.equal(kernel.integer(String(value)), value);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });
});
