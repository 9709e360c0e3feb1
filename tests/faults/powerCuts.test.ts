/**
 * Power cuts while the board publishes and drains, in its flash programs and erases, clean and torn.
 * WASMOTE_SEED=n repeats a run's choices.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { SimBoard } from "../../toolchain/board/simBoard.js";
import type { KernelBuild } from "../../toolchain/build/kernels.js";
import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";
import { type Findings, weigh } from "../../toolchain/scripts/evidence.js";
import { anySeed, seededRandom } from "../../toolchain/scripts/random.js";
import { setStage, type Stage } from "../../toolchain/scripts/stage.js";
import { readArrivals } from "../../toolchain/scripts/unattended.js";
import { BROKEN_DATABASE } from "./database/databasePrograms.js";

const CUTS = process.env["WASMOTE_LONG"] ? 2000 : 200;
const WINDOW = 4;
/** Cuts with the link in one state: a backlog grows, then drains. */
const CUTS_PER_PHASE = 5;
/** Flash operations until a cut: from the first one after it is ordered to several readings later. */
const OPERATIONS_MAX = 24;
const DRAIN_MS = 60_000;
/** The broken board owes something for ever: not waited for longer than a sound one needs. */
const BROKEN_DRAIN_MS = 5000;

/** As in apps/ledger: numbers that have a document each, and what the newest number has in all. */
const ROWS = 12;
const DOCUMENTS_OF_A_NUMBER = 3;
const DOCUMENT_CUTS = process.env["WASMOTE_LONG"] ? 1000 : 60;

const lazyKernel: KernelBuild = {
  name: "test-lazy-program",
  entry: "tests/faults/kernels/lazyProgram.ts",
  memoryBytes: 40 * 1024,
  stackBytes: 4096,
};

describe("faults/powerCuts", () => {
  it(`loses nothing stored over ${CUTS} power cuts`, async (test) => {
    const seed = Number(process.env["WASMOTE_SEED"] ?? anySeed());
    const { findings, resets } = await runCuts(CUTS, seed);
    const account = `seed ${seed}: ${JSON.stringify({ ...findings, resets })}`;
    test.diagnostic(account);
    assert.equal(resets, CUTS, account);
    assert.ok(findings.accepted > CUTS, account);
    assert.equal(findings.lost, 0, account);
    assert.equal(findings.outOfOrder, 0, account);
    assert.ok(findings.duplicates <= CUTS * WINDOW, account);
  });

  it("finds the loss when the flash says done too early", async () => {
    const { findings } = await runCuts(20, 1, { kernel: lazyKernel, isBroken: true });
    assert.ok(findings.lost > 0, JSON.stringify(findings));
  });

  it(`keeps documents whole, and what is found of them by index and tag, over ${DOCUMENT_CUTS} power cuts`, async (test) => {
    const seed = Number(process.env["WASMOTE_SEED"] ?? anySeed());
    const ledger = new Ledger();
    const { findings, resets } = await runCuts(DOCUMENT_CUTS, seed, { ...ledger.stage, kernel: "database-plain" });
    const account = `seed ${seed}: ${JSON.stringify({ ...findings, resets, starts: ledger.starts, kept: ledger.kept })}`;
    test.diagnostic(account);
    assert.deepEqual(ledger.faults, [], account);
    assert.ok(ledger.starts >= DOCUMENT_CUTS && ledger.kept > DOCUMENT_CUTS, account);
    assert.equal(findings.lost + findings.outOfOrder, 0, account);
  });

  // What is tested is the test: the interpreter does, and saves a simulator.
  it("finds the batch that was torn", { skip: process.env["WASMOTE_ENGINE"] === "aot" }, async (test) => {
    const ledger = new Ledger();
    await runCuts(20, 1, { ...ledger.stage, kernel: BROKEN_DATABASE, isBroken: true });
    test.diagnostic(ledger.faults[0] ?? "");
    assert.ok(ledger.faults.length > 0);
  });
});

/** What apps/ledger says: what it kept, and what it found after a start. */
class Ledger {
  kept = 0;
  starts = 0;
  readonly faults: string[] = [];
  readonly stage = { app: "tests/faults/apps/ledger", onLog: (line: string): void => this.take(line) };

  private take(line: string): void {
    const kept = /\bkept (\d+)$/.exec(line);
    const found = /\bfound (\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line);
    if (kept) this.kept = Number(kept[1]);
    if (!found) return;
    const [left, right, row, byIndex, byTag] = found.slice(1).map(Number) as [number, number, number, number, number];
    const tagged = Math.ceil(Math.min(left, ROWS) / 2);
    const isWhole = left === right && left === row && byIndex === (left > 0 ? DOCUMENTS_OF_A_NUMBER : 0) && byTag === tagged;
    if (!isWhole || left < this.kept || left > this.kept + 1) this.faults.push(`${line}, kept ${this.kept}`);
    this.kept = left;
    this.starts++;
  }
}

interface Run {
  readonly app?: string;
  readonly kernel?: string | KernelBuild;
  readonly onLog?: (line: string) => void;
  readonly isBroken?: boolean;
}

async function runCuts(cuts: number, seed: number, run: Run = {}): Promise<{ findings: Findings; resets: number }> {
  const { app = "examples/telemetry", kernel, onLog } = run;
  const stage = await setStage({
    app,
    broker: await AedesBroker.start({ tls: "off" }),
    appConfig: { intervalMs: 40 },
    mqttConfig: { window: WINDOW },
    board: { statusMs: 200, logLevel: onLog ? "info" : "error", seed, ...(onLog && { onLog }) },
    ...(kernel && { kernel }),
  });
  try {
    const random = seededRandom(seed);
    for (let cut = 0; cut < cuts; cut++) {
      const isFirstOfPhase = cut % CUTS_PER_PHASE === 0;
      const isLinkDown = (cut / CUTS_PER_PHASE) % 2 < 1;
      await cutOnce(stage.board, random, isFirstOfPhase ? (isLinkDown ? "down" : "up") : null);
    }
    stage.board.link("up");
    return { findings: await settle(stage, run.isBroken ? BROKEN_DRAIN_MS : DRAIN_MS), resets: stage.board.resets };
  } finally {
    await stage.close();
  }
}

async function cutOnce(board: SimBoard, random: () => number, link: "up" | "down" | null): Promise<void> {
  if (link !== null) board.link(link);
  const isBack = board.waitFor("boot", undefined, 20_000);
  board.powerCutAfter(1 + Math.floor(random() * OPERATIONS_MAX), random() < 0.5 ? "clean" : "torn");
  await isBack;
}

/** Waits until all that was stored by now has arrived, or the time is over: then the findings tell. */
async function settle({ board, broker, topicPrefix }: Stage, deadlineMs: number): Promise<Findings> {
  const accepted = [...board.accepted];
  const findings = (): Findings => {
    const { arrivals } = readArrivals(broker.publications(), topicPrefix);
    return weigh({ accepted, arrivals, expired: 0, evicted: 0, faultWindows: [] });
  };
  await board
    .waitForStatus((status) => status.deliveredTotal >= accepted.length && findings().lost === 0, deadlineMs)
    .catch(() => undefined);
  return findings();
}
