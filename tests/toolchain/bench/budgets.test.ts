import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compare, compareAll, figureAt, readBudgets, recordAll, type Budget } from "../../../toolchain/bench/budgets.js";
import type { Report } from "../../../toolchain/bench/figures.js";

const budget = (changes: Partial<Budget>): Budget => ({
  what: "RAM",
  figure: "minimal-plain/wasm3/ram.total",
  unit: "bytes",
  goal: 1000,
  recorded: 900,
  ...changes,
});

const report = { builds: { "minimal-plain": { wasm3: { ram: { total: 915 }, instructions: { storePut: null } } } } } as unknown as Report;

describe("toolchain/bench/budgets", () => {
  it("finds a figure by its path", () => {
    assert.equal(figureAt(report, "minimal-plain/wasm3/ram.total"), 915);
    assert.equal(figureAt(report, "minimal-plain/aot/ram.total"), null);
    assert.equal(figureAt(report, "minimal-plain/wasm3/instructions.storePut"), null);
    assert.equal(figureAt(report, "minimal-plain/wasm3/ram"), null);
    assert.equal(figureAt(report, null), null);
  });

  it("compares with the goal", () => {
    assert.equal(compare(budget({}), 1000).verdict, "ok");
    assert.equal(compare(budget({}), 1001).verdict, "over");
    assert.equal(compare(budget({ goal: null }), 1001).verdict, "no goal");
    assert.equal(compare(budget({ recorded: null }), null).verdict, "not yet");
  });

  it("complains about more than 2 % over the recorded value, whatever the goal", () => {
    assert.equal(compare(budget({}), 918).complaint, null);
    assert.equal(compare(budget({}), 919).complaint, "RAM: 919, recorded 900, 2.1 %");
    assert.equal(compare(budget({ goal: 800 }), 900).complaint, null);
    assert.equal(compare(budget({}), 100).complaint, null);
  });

  it("complains about any growth of a figure recorded as 0", () => {
    assert.equal(compare(budget({ goal: 0, recorded: 0 }), 0).complaint, null);
    assert.equal(compare(budget({ goal: 0, recorded: 0 }), 1).complaint, "RAM: 1, recorded 0");
  });

  it("turns both comparisons round where more is better", () => {
    const rate = budget({ isMoreBetter: true });
    assert.equal(compare(rate, 1000).verdict, "ok");
    assert.equal(compare(rate, 999).verdict, "over");
    assert.notEqual(compare(rate, 881).complaint, null);
    assert.equal(compare(rate, 883).complaint, null);
    assert.equal(compare(rate, 5000).complaint, null);
  });

  it("complains about a figure that is gone", () => {
    assert.equal(compare(budget({}), null).complaint, "RAM: was 900, is not measured any more");
  });

  it("records what was measured, and reads it back", () => {
    const folder = mkdtempSync(join(tmpdir(), "budgets-"));
    const file = join(folder, "budgets.json");
    try {
      writeFileSync(file, JSON.stringify({ budgets: [budget({}), budget({ figure: null, recorded: null })] }));
      recordAll(compareAll(readBudgets(file), report), file);
      assert.deepEqual(
        readBudgets(file).map(({ recorded }) => recorded),
        [915, null],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("ships budgets whose figures exist in the report's shape", () => {
    const known =
      /^(?!store\/)[a-z0-9-]+\/(wasm3|aot)\/((ram|flash)\.total|instructions\.\w+|details\.\w+)$|^store\/(wasm3|aot)\/\w+\.\w+$/;
    for (const { figure, what } of readBudgets()) assert.ok(figure === null || known.test(figure), `${what}: ${figure}`);
  });
});
