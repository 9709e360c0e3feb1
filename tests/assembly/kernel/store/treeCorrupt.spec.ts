import { flipBits } from "../../../fakes/bitFlips";

/** Every so many-th bit is flipped here, all of them in treeCorrupt.long.spec.ts. */
const STRIDE: i32 = 611;

describe("kernel/store/treeStore, one bit flipped", () => {
  it("loses at most the record that was hit, and never answers with bytes that were not stored", () => {
    const result = flipBits(STRIDE);
    expect(result.tried).toBeGreaterThan(200);
    expect(result.failures.join(", ")).toBe("");
  });
});
