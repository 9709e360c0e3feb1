import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ratio, rotated, summarize } from "../../../../toolchain/bench/pc/statistics.js";

describe("toolchain/bench/pc/statistics", () => {
  it("takes the middle one of an odd number, whatever their order", () => {
    assert.deepEqual(summarize([30, 10, 200, 20, 25]), { median: 25, min: 10, max: 200, n: 5 });
    assert.deepEqual(summarize([7]), { median: 7, min: 7, max: 7, n: 1 });
  });

  it("takes the mean of the middle two of an even number", () => {
    assert.deepEqual(summarize([1, 100, 3, 2]), { median: 2.5, min: 1, max: 100, n: 4 });
  });

  it("sorts as numbers, and leaves the samples as they were", () => {
    const samples = [100, 9, 20];
    assert.equal(summarize(samples).median, 20);
    assert.deepEqual(samples, [100, 9, 20]);
  });

  it("knows no median of nothing", () => {
    assert.throws(() => summarize([]), /found no samples/);
  });

  it("compares medians, and only where both were measured", () => {
    const ten = summarize([10]);
    assert.equal(ratio(summarize([1, 5, 900]), ten), 0.5);
    assert.equal(ratio(null, ten), null);
    assert.equal(ratio(ten, null), null);
  });

  it("starts one further in each round, and forgets none", () => {
    assert.deepEqual(rotated(["a", "b", "c"], 0), ["a", "b", "c"]);
    assert.deepEqual(rotated(["a", "b", "c"], 1), ["b", "c", "a"]);
    assert.deepEqual(rotated(["a", "b", "c"], 5), ["c", "a", "b"]);
    assert.deepEqual(rotated([], 3), []);
  });
});
