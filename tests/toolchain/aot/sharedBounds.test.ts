/** toolchain/aot/sharedBounds: which accesses share a check, and what ends a row. That bounds stay exact: tests/host/aot/engines_test.c. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { withSharedBounds } from "../../../toolchain/aot/sharedBounds.js";

const DATA = "  u8* const w2c_data = instance->w2c_M0.data;";

/** The checks that are put in front of lines of one function: "line: local end". */
function checksOf(...lines: string[]): string[] {
  const text = withSharedBounds(["static u32 w2c_f1(u32 w2c_p0) {", DATA, ...lines, "}"].join("\n")).split("\n");
  const found: string[] = [];
  text.forEach((line, at) => {
    const [, local, end] = /^ {2}CHECK_END\((\w+), (\d+)u\)$/.exec(line) ?? [];
    if (local) found.push(`${text[at + 1]!.trim()} <- ${local} ${end}`);
  });
  assert.deepEqual(
    text.filter((line) => !line.includes("CHECK_END")),
    ["static u32 w2c_f1(u32 w2c_p0) {", DATA, ...lines, "}"],
    "nothing but checks is added",
  );
  return found;
}

const take = (place: string, local: string): string => `  ${place} = ${local};`;
const load = (place: string, offset: number): string => `  ${place} = i32_load(w2c_data, ${place}, ${offset}u);`;
const FIRST = load("w2c_i0", 4).trim();

describe("toolchain/aot/sharedBounds", () => {
  it("checks the farthest of a row in front of the first", () => {
    const far = "  i64_store(w2c_data, w2c_i1, 16u, w2c_j2);";
    assert.deepEqual(checksOf(take("w2c_i0", "w2c_p0"), load("w2c_i0", 4), take("w2c_i1", "w2c_p0"), far), [`${FIRST} <- w2c_p0 24`]);
    const narrow = "  w2c_i1 = i32_load8_u(w2c_data, w2c_i1, 8u);";
    assert.deepEqual(checksOf(take("w2c_i0", "w2c_p0"), load("w2c_i0", 4), take("w2c_i1", "w2c_p0"), narrow), [`${FIRST} <- w2c_p0 9`]);
  });

  it("adds none where the first is the farthest, or alone", () => {
    assert.deepEqual(checksOf(take("w2c_i0", "w2c_p0"), load("w2c_i0", 4)), []);
    assert.deepEqual(checksOf(take("w2c_i0", "w2c_p0"), load("w2c_i0", 4), take("w2c_i1", "w2c_p0"), load("w2c_i1", 0)), []);
  });

  it("follows a value that is kept in a local", () => {
    const lines = [load("w2c_i0", 0), take("w2c_l1", "w2c_i0"), load("w2c_i0", 4), take("w2c_i1", "w2c_l1"), load("w2c_i1", 8)];
    assert.deepEqual(checksOf(...lines), [`${FIRST} <- w2c_l1 12`]);
  });

  for (const [what, line] of [
    ["a call", "  w2c_i2 = w2c_f2(instance, w2c_i2);"],
    ["a call of the host", "  w2c_i2 = (*Z_hostZ_net_recv)(instance->Z_host_instance, w2c_i2);"],
    ["a call without a result", "  w2c_f3(instance);"],
    ["a copy, which can trap", "  memory_copy(w2c_data, w2c_i1, w2c_i2, w2c_i3);"],
    ["a division, which can trap", "  w2c_i2 = DIV_U(w2c_i2, w2c_i3);"],
    ["a branch", "  if (w2c_i2) {goto w2c_B0;}"],
    ["a condition", "  if (w2c_i2) {"],
    ["the end of one", "  }"],
    ["a label", "  w2c_L1: "],
    ["the local's next value", "  w2c_p0 = w2c_i3;"],
  ] as const) {
    it(`ends a row at ${what}`, () => {
      const lines = [take("w2c_i0", "w2c_p0"), load("w2c_i0", 4), line, take("w2c_i1", "w2c_p0"), load("w2c_i1", 8)];
      assert.deepEqual(checksOf(...lines), []);
    });
  }

  it("does not take a place of the stack for a local's once one of the two has another value", () => {
    const changed = ["  w2c_i1 += w2c_i2;", "  w2c_i1 = w2c_i2;", "  w2c_p0 = w2c_i2;", "  }"];
    for (const line of changed) {
      assert.deepEqual(checksOf(take("w2c_i1", "w2c_p0"), line, take("w2c_i0", "w2c_p0"), load("w2c_i0", 4), load("w2c_i1", 8)), [], line);
    }
  });
});
