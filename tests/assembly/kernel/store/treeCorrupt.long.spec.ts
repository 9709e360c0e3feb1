import { flipBits } from "../../../fakes/bitFlips";

/** Every bit is flipped. */
const STRIDE: i32 = 1;

describe("kernel/store/treeStore, every single bit flipped", () => {
  it("loses at most the record that was hit, and never answers with bytes that were not stored", () => {
    const result = flipBits(STRIDE);
    expect(result.tried).toBeGreaterThan(200);
    expect(result.failures.join(", ")).toBe("");
  });
});
