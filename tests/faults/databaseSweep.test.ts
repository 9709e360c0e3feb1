/**
 * Power cuts in every program and erase of what an app does with documents, their index and tags, through the rows of the kernel as it
 * ships, with messages that wait in the same store: tests/faults/database. A failed case prints its id:
 *     build/faults-database/native/database_sweep aot build/kernel/database-plain.wasm --only ID
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { buildDatabaseSweep, type DatabasePrograms } from "./database/databasePrograms.js";
import { runToEnd } from "./store/sweepPrograms.js";

const ENGINE = process.env["WASMOTE_ENGINE"] === "aot" ? "aot" : "wasm3";
const IS_LONG = Boolean(process.env["WASMOTE_LONG"]);
/** Of the cuts that are played with the kernel interpreted, unless the run is a long one. */
const INTERPRETED_PERCENT = 20;
/** Times that the workload is played, from another place in the log each time; what one of them has of cuts, at the least. */
const ROUNDS = IS_LONG ? 16 : 4;
const CUTS_MIN = 350;

describe(`faults/databaseSweep on ${ENGINE}`, () => {
  let programs: DatabasePrograms;
  before(async () => {
    programs = await buildDatabaseSweep();
  });

  it("keeps documents, their index entries and messages whole, in order and counted, two cuts deep", async (test) => {
    const percent = ENGINE === "aot" || IS_LONG ? 100 : INTERPRETED_PERCENT;
    const args = ["--percent", String(percent), "--rounds", String(ROUNDS)];
    const { code, output } = await runToEnd(programs.program, [ENGINE, programs.module, ...args]);
    assert.equal(code, 0, output);
    const [, erases, cases] = /, (\d+) erases in them\ndatabase: (\d+) cases, 0 failures\n$/.exec(output) ?? [];
    test.diagnostic(`${cases} power cuts, ${erases} erases among what was cut`);
    assert.ok(Number(cases) >= ((ROUNDS * CUTS_MIN * percent) / 100) * 0.8, output);
    assert.ok(Number(erases) > 0, output);
  });

  for (const [broken, what] of [
    ["lazy", "does not wait for the flash"],
    ["eager", "commits a batch record by record"],
  ] as const) {
    it(`finds a store that ${what}`, async (test) => {
      const { code, output } = await runToEnd(programs.program, [ENGINE, programs.broken, "--broken", broken]);
      assert.equal(code, 0, output);
      assert.match(output, /FAILED --only /);
      test.diagnostic(output.split("\n")[0]!);
    });
  }
});
