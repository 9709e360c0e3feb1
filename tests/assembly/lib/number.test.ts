/** lib/number against this machine's own number formatting, for many random values. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { compile } from "../../../toolchain/build/compile.js";

interface Numbers {
  memory: WebAssembly.Memory;
  text(): number;
  f64Length(value: number): number;
  f32Length(value: number): number;
  i64Length(value: bigint): number;
  u64Length(value: bigint): number;
}

const COUNT = process.env["WASMOTE_LONG"] ? 2_000_000 : 50_000;

let numbers: Numbers;
const bits = new DataView(new ArrayBuffer(8));

/** Deterministic 32-bit numbers. */
let state = 1;
function random32(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state ^ (state >>> 15)) >>> 0;
}

function written(length: number): string {
  return Buffer.from(numbers.memory.buffer, numbers.text(), length).toString();
}

const f64 = (value: number): string => written(numbers.f64Length(value));
const f32 = (value: number): string => written(numbers.f32Length(value));

/** The shortest decimal that reads back as the f32, found by trying. */
function shortestF32(value: number): string {
  for (let precision = 1; precision <= 9; precision++) {
    const candidate = Number(value.toPrecision(precision));
    if (Math.fround(candidate) === value) return JSON.stringify(candidate);
  }
  return "none";
}

before(async () => {
  const { module } = await compile({
    entry: "tests/assembly/lib/numberEntry.ts",
    args: ["--runtime", "stub", "-Osize", "--noAssert", "--use", "abort="],
  });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module.toBytes()), {});
  numbers = instance.exports as unknown as Numbers;
});

describe("lib/number against JSON.stringify", () => {
  it("agrees for random f64 of every magnitude", () => {
    for (let i = 0; i < COUNT; i++) {
      bits.setUint32(0, random32());
      bits.setUint32(4, random32());
      const value = bits.getFloat64(0);
      assert.equal(f64(value), JSON.stringify(value));
    }
  });

  it("agrees for readings with a few decimals", () => {
    for (let i = 0; i < COUNT; i++) {
      const value = (random32() - 2 ** 31) / 10 ** (random32() % 10);
      assert.equal(f64(value), JSON.stringify(value));
    }
  });

  it("agrees for powers of two and of ten and their neighbours", () => {
    const check = (value: number): void => {
      bits.setFloat64(0, value);
      const raw = bits.getBigUint64(0);
      for (const near of [raw - 1n, raw, raw + 1n]) {
        bits.setBigUint64(0, near < 0n ? 0n : near);
        const neighbour = bits.getFloat64(0);
        assert.equal(f64(neighbour), JSON.stringify(neighbour));
      }
    };
    for (let power = -1074; power < 1024; power++) check(2 ** power);
    for (let power = -323; power <= 308; power++) check(Number(`1e${power}`));
  });

  it("writes f32 that read back exactly, and no longer than needed", () => {
    for (let i = 0; i < COUNT; i++) {
      bits.setUint32(0, random32());
      const value = i % 2 ? bits.getFloat32(0) : Math.fround(Math.round(random32() / 1000) / 100);
      const text = f32(value);
      if (!Number.isFinite(value)) {
        assert.equal(text, "null");
        continue;
      }
      assert.equal(Math.fround(Number(text)), value === 0 ? 0 : value);
      assert.ok(text.length <= shortestF32(value).length, `${value}: ${text}`);
    }
  });

  it("agrees for 64-bit integers", () => {
    for (let i = 0; i < COUNT; i++) {
      bits.setUint32(0, random32());
      bits.setUint32(4, random32());
      const shift = BigInt(random32() % 64);
      const signed = bits.getBigInt64(0) >> shift;
      const unsigned = bits.getBigUint64(0) >> shift;
      assert.equal(written(numbers.i64Length(signed)), signed.toString());
      assert.equal(written(numbers.u64Length(unsigned)), unsigned.toString());
    }
  });
});
