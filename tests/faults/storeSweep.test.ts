/**
 * Faults on the store alone, one operation at a time, on a NOR flash that keeps the rules and breaks on demand: tests/faults/store.
 * Everything with the kernel's code made ahead of time; under wasm3 a seeded share, in a long run all: of the seeds of a short run, because
 * sixteen times as many, which are played ahead of time then (890,000 power cuts in 11 minutes of one core), would take hours there.
 * Near 500 of the cuts ahead of time, and a dozen under wasm3, meet a store of 1 MB whose tree has 4,100 units: small leaves below halved branches.
 * A failed case prints its id:
 *     build/faults-store/native/store_sweep aot build/faults-store/sweep.wasm cuts --only ID
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { buildSweep, type Ended, runToEnd, type SweepPrograms } from "./store/sweepPrograms.js";

const ENGINE = process.env["WASMOTE_ENGINE"] === "aot" ? "aot" : "wasm3";
const IS_LONG = Boolean(process.env["WASMOTE_LONG"]);
/** Of the power cuts, in a run that is not long. */
const COMPILED_PERCENT = 60;
const INTERPRETED_PERCENT = 5;
const CUTS_MIN = 20_000;
const ROOMLESS_ONE_IN = 50;
/** Levels that a tree has at the least where there are hundreds of documents: branches above branches. */
const LARGE_LEVELS = 3;
/** Units of a tree beyond which a store of 1 MB halves its branches (SPEC.md 5), and how many such branches there are at the least where they are counted. */
const LARGE_TREE_UNITS = 512;
const HALVED_BRANCHES = 2;

/**
 * Sweep, what it shows, and how many of a hundred cases are played: ahead of time, under wasm3, there in a long run. A long run plays all of
 * them.
 */
const FAULTS = [
  ["bits", "one flipped bit costs one record at most, and is counted", 100, INTERPRETED_PERCENT, 100],
  ["bad", "goes on when a sector wears out", 30, INTERPRETED_PERCENT, 100],
  ["full", "comes out of being full again", 100, 100, 100],
  ["rescue", "makes a damaged index anew from the records, and loses none, power cuts on the way or not", 100, INTERPRETED_PERCENT, 100],
  ["state", "the state partition holds the old value or the new one over power cuts, and cuts while it recovers", 100, 30, 100],
  ["state-bits", "the state partition: no flipped bit loses a value or brings an old one back, after power cuts either", 5, 1, 20],
] as const;

/** By the numbers of store_guest.h, the sweep that finds it, and in how many of a hundred of its cases it is looked for. `aot`: there alone, for it takes thousands. */
const BROKEN = [
  [1, "cuts", "reports a commit before the flash has it", 100],
  [2, "cuts", "ends a batch with each of its records", 100],
  [3, "cuts", "takes a new index before its checkpoint is on the flash", 100],
  [4, "cuts", "does not mark what was cut short", 100],
  [5, "full", "lets puts take what reclaim needs", 100],
  [6, "bits", "does not make an index anew that is damaged", 5],
  [7, "bits", "believes whatever it reads", 5],
  [1, "state", "does not wait for the flash, in the state partition", 100],
  [8, "state-bits", "writes a value of the state partition once", 5],
  [9, "state-bits", "leaves alone what a power cut between two copies of a value left", 5, "aot"],
  [10, "cuts", "believes after a reset what is still on its way to the flash", 100],
  [11, "cuts", "gives up sectors before the checkpoint is durable that allows it", 100],
  [12, "cuts", "gives up sectors with pages of its index", 100, "aot"],
  [13, "cuts", "gives up sectors that a mount replays", 100],
  [14, "cuts", "gives up sectors with records that later ones replace", 100, "aot"],
] satisfies [number, string, string, number, string?][];

const percent = IS_LONG ? 100 : ENGINE === "aot" ? COMPILED_PERCENT : INTERPRETED_PERCENT;

describe(`faults/storeSweep on ${ENGINE}`, () => {
  let programs: SweepPrograms;
  before(async () => {
    programs = await buildSweep();
  });

  const sweep = (name: string, ...args: string[]): Promise<Ended> =>
    runToEnd(programs.program, [
      ENGINE,
      programs.module,
      name,
      "--percent",
      String(percent),
      ...(IS_LONG && ENGINE === "aot" ? ["--long"] : []),
      ...args,
    ]);

  /** Cases that were played, none of which failed. */
  const casesOf = ({ code, output }: Ended): number => {
    assert.equal(code, 0, output);
    const [, cases] = /: (\d+) cases, 0 failures\n$/.exec(output) ?? [];
    assert.notEqual(cases, undefined, output);
    return Number(cases);
  };

  it("holds what was committed over power cuts in every program and erase, and cuts while it recovers", async (test) => {
    const ended = await sweep("cuts");
    const cases = casesOf(ended);
    test.diagnostic(`${cases} distinct power cuts, none lost a write, brought a wrong one or kept the store from mounting`);
    assert.ok(cases >= (ENGINE === "aot" ? CUTS_MIN : (CUTS_MIN * percent) / 100), ended.output);
    const levels = [...ended.output.matchAll(/^\S+-large seed \d+: \d{3} documents, (\d) levels/gm)].map((match) => Number(match[1]));
    assert.ok(levels.length > 0 && levels.every((count) => count >= LARGE_LEVELS), ended.output);
    const halved = [...ended.output.matchAll(/^\S+-halved seed \d+: .* tree of (\d+) units, (\d+) branches halved/gm)];
    assert.ok(halved.length > 0, ended.output);
    for (const [row, units, branches] of halved) assert.ok(Number(units) > LARGE_TREE_UNITS && Number(branches) >= HALVED_BRANCHES, row);
  });

  /** Of the power cuts while an index is made anew, those that may leave too little room behind: one in so many. */
  const roomlessMost = ({ output }: Ended): void => {
    const rows = [...output.matchAll(/, (\d+) power cuts while they were, .* behind (\d+) cuts no room, behind (\d+) no more/g)];
    const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
    assert.ok((sum(2) + sum(3)) * ROOMLESS_ONE_IN <= sum(1), output);
  };

  for (const [name, what, share, interpretedShare, longShare] of FAULTS) {
    it(what, async (test) => {
      const played = ENGINE === "aot" ? (IS_LONG ? 100 : share) : IS_LONG ? longShare : interpretedShare;
      const ended = await sweep(name, "--percent", String(played));
      assert.ok(casesOf(ended) > 0, ended.output);
      if (name === "rescue" && played === 100) roomlessMost(ended);
      test.diagnostic(ended.output.trim().split("\n").at(-1)!);
    });
  }

  for (const [variant, name, what, share, engine] of BROKEN) {
    if (engine !== undefined && engine !== ENGINE) continue;
    it(`finds a store that ${what}`, async (test) => {
      const { code, output } = await sweep(name, "--broken", String(variant), "--percent", String(share));
      assert.equal(code, 0, output);
      assert.match(output, /FAILED --only /);
      test.diagnostic(output.split("\n")[0]!);
    });
  }
});
