/**
 * Power cuts in every program and every erase of updates, on a whole board with the real kernel and its outbox: download, switch,
 * first start, confirmation and rollback, of an app and of a firmware (tests/faults/update). A failed case prints its id:
 *     build/faults-update/native/update_sweep aot build/faults-update/modules --only ID
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { type Ended, runToEnd } from "./store/sweepPrograms.js";
import { buildUpdateSweep, type UpdatePrograms } from "./update/updatePrograms.js";

const ENGINE = process.env["WASMOTE_ENGINE"] === "aot" ? "aot" : "wasm3";
const IS_LONG = Boolean(process.env["WASMOTE_LONG"]);
/** Of the cuts that are played with the kernel interpreted, unless the run is a long one. */
const INTERPRETED_PERCENT = 5;
/** How often each cut is played in a long run, with another second cut behind it each time. */
const DEEP = 20;
/** Programs and erases of the whole life, and before, in and behind each a cut. */
const CUTS_MIN = 1200;

/** By the numbers of board.h. */
const BROKEN = [
  [1, "a flash that says done too early"],
  [2, "a boot loader that confirms too late"],
  [3, "a log that is erased before its next entry is written"],
] as const;

describe(`faults/updateSweep on ${ENGINE}`, () => {
  let programs: UpdatePrograms;
  before(async () => {
    programs = await buildUpdateSweep();
  });

  const sweep = (...args: string[]): Promise<Ended> => runToEnd(programs.program, [ENGINE, programs.folder, ...args]);

  it("runs the old one or the new one after each, never none, and loses no reading", async (test) => {
    const percent = ENGINE === "aot" || IS_LONG ? 100 : INTERPRETED_PERCENT;
    const deep = IS_LONG && ENGINE === "aot" ? DEEP : 1;
    const { code, output } = await sweep("--percent", String(percent), "--deep", String(deep));
    assert.equal(code, 0, output);
    const [, stages, cases] = /cuts by stage: ([\d ]+)\ncuts: (\d+) cases, 0 failures\n$/.exec(output) ?? [];
    test.diagnostic(`${cases} power cuts, by stage ${stages}`);
    assert.ok(Number(cases) >= ((CUTS_MIN * percent) / 100) * deep * 0.8, output);
    assert.ok(
      stages!.split(" ").every((count) => Number(count) > 0),
      output,
    );
  });

  for (const [variant, what] of BROKEN) {
    it(`finds ${what}`, async (test) => {
      const { code, output } = await sweep("--broken", String(variant));
      assert.equal(code, 0, output);
      assert.match(output, /FAILED --only /);
      test.diagnostic(output.split("\n")[0]!);
    });
  }
});
