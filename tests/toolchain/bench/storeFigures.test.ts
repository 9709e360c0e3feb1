import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { figureAt } from "../../../toolchain/bench/budgets.js";
import { codeFigures, makeStoreFigures } from "../../../toolchain/bench/storeFigures.js";

describe("toolchain/bench/storeFigures", () => {
  const printed = new Map([
    ["instructions.put", 12_000],
    ["growth.getPercent", 215],
    ["flash.plain1000Programmed", 1233],
    ["flash.plain1000Erased", 1024],
    ["flash.plain10000Erased", 1240],
    ["flash.rich1000Programmed", 1615],
    ["flash.richInTurn10000Programmed", 1900],
    ["flash.mountReadTenThousandths", 218],
  ]);

  it("groups what was printed, in whole units, and takes the worst of each workload with keys at random", () => {
    assert.deepEqual(makeStoreFigures(printed), {
      instructions: { put: 12_000 },
      growth: { getPercent: 2.15 },
      flash: {
        plain1000Programmed: 1.233,
        plain1000Erased: 1.024,
        plain10000Erased: 1.24,
        rich1000Programmed: 1.615,
        richInTurn10000Programmed: 1.9,
        mountReadTenThousandths: 2.18,
        plainWorst: 1.24,
        richWorst: 1.615,
      },
    });
  });

  it("is found by its path in the report", () => {
    const report = { builds: {}, store: { aot: makeStoreFigures(printed) } };
    assert.equal(figureAt(report, "store/aot/flash.plainWorst"), 1.24);
    assert.equal(figureAt(report, "store/wasm3/flash.plainWorst"), null);
    assert.equal(figureAt({ builds: {} }, "store/aot/flash.plainWorst"), null);
  });

  it("tells the code of documents from that of the engine below them", () => {
    const row = (folder: string, bytes: number) => ({ folder, functions: 1, bytes });
    assert.deepEqual(codeFigures([row("kernel/store", 100), row("lib", 10)], [row("kernel/store", 150), row("lib", 30)]), {
      engine: 100,
      documents: 50,
      libraryOfDocuments: 20,
    });
  });
});
