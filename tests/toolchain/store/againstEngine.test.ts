/**
 * The device against the reader on the PC: whatever the engine is made to do, wherever the power is cut, the second reader finds in
 * the flash what the engine finds. WASMOTE_CASE=<geometry>-<seed> runs one case alone.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { engineModule } from "./engine.js";
import { type Geometry, RandomRun } from "./randomRun.js";

const GEOMETRIES: Readonly<Record<string, Geometry>> = {
  "512x32": { sectorBytes: 512, sectorCount: 32 },
  "1024x16": { sectorBytes: 1024, sectorCount: 16 },
  "4096x8": { sectorBytes: 4096, sectorCount: 8 },
};
const SEEDS = process.env["WASMOTE_LONG"] ? 400 : 6;
const TURNS = 150;
const CUT_EVERY = 6;

describe("toolchain/store, against the engine", () => {
  let module: WebAssembly.Module;
  before(async () => void (module = await engineModule()));

  for (const [name, geometry] of Object.entries(GEOMETRIES)) {
    it(`finds what the engine finds over power cuts, ${name}`, (test) => {
      let cuts = 0;
      let torn = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const id = `${name}-${seed}`;
        if ((process.env["WASMOTE_CASE"] ?? id) !== id) continue;
        const run = new RandomRun(module, geometry, seed);
        try {
          run.run(TURNS, CUT_EVERY);
        } catch (error) {
          throw new Error(`WASMOTE_CASE=${id}: ${(error as Error).message}`, { cause: error });
        }
        cuts += run.cuts;
        torn += run.torn;
      }
      test.diagnostic(`${cuts} cuts, ${torn} torn records`);
      if (process.env["WASMOTE_CASE"] === undefined) assert.ok(cuts > SEEDS && torn > 0, `${cuts} cuts, ${torn} torn records`);
    });
  }
});
