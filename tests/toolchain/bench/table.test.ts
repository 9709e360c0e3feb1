import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Comparison } from "../../../toolchain/bench/budgets.js";
import { budgetLines, readmeWithTable } from "../../../toolchain/bench/table.js";

const row = (changes: Partial<Comparison["budget"]>, value: number | null, verdict: Comparison["verdict"]): Comparison => ({
  budget: { what: "RAM", figure: null, unit: "bytes", goal: 58368, recorded: null, isHeadline: true, ...changes },
  value,
  verdict,
  complaint: null,
});

const rows = [
  row({}, 147876, "over"),
  row({ what: "flash", goal: 102400 }, null, "not yet"),
  row({ what: "watched", isHeadline: false }, 5, "ok"),
];

describe("toolchain/bench/table", () => {
  it("begins each budget's line with its verdict", () => {
    const lines = budgetLines(rows);
    assert.match(lines[0]!, /^over +RAM +147,876 +goal 58,368 +bytes$/);
    assert.match(lines[1]!, /^not yet +flash +– +goal 102,400 +bytes$/);
    assert.match(lines[2]!, /^ok +watched/);
  });

  it("replaces what stands between the README's markers, and nothing else", () => {
    const readme = "before\n<!-- budgets:begin -->\nold\n<!-- budgets:end -->\nafter\n";
    const table = "| What | Goal | Today |\n|---|---:|---:|\n| RAM (bytes) | 58,368 | 147,876 |";
    const expected = `before\n<!-- budgets:begin -->\n\n${table}\n\n<!-- budgets:end -->\nafter\n`;
    assert.equal(readmeWithTable(readme, rows), expected);
    assert.equal(readmeWithTable(expected, rows), expected);
  });

  it("says null for a README without markers", () => {
    assert.equal(readmeWithTable("no table\n", rows), null);
    assert.equal(readmeWithTable("<!-- budgets:end --><!-- budgets:begin -->", rows), null);
  });
});
