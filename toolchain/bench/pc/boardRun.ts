/** One run of a simulated board against the bench's broker. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { BoardProgram } from "../../board/buildBoard.js";
import type { StatusEvent } from "../../board/events.js";
import { writeConfigPartition } from "../../board/flashImage.js";
import { SimBoard } from "../../board/simBoard.js";
import { checkConfig } from "../../config/loadConfig.js";
import type { AppSection } from "../../config/schema.js";
import type { PlainBroker } from "./plainBroker.js";
import type { Sample, Span } from "./rates.js";

const ONLINE_DEADLINE_MS = 15_000;
/** More than the kernel's queue holds of the bench's messages (kernel/limits.ts: queueBytes). */
const QUEUE_MESSAGES = 16;

export interface BoardRun {
  readonly program: BoardProgram;
  /** Path of the app's module. */
  readonly app: string;
  readonly window: number;
  readonly appConfig?: AppSection;
  readonly flashSync?: "always" | "never";
}

/** Each board is a client of its own: a broker that lags behind would close the one before, and forget what it had not read yet. */
let boards = 0;

/** Starts a board on new flash, lets it work, and ends it. */
async function withBoard<Result>(
  run: BoardRun,
  broker: PlainBroker,
  work: (board: SimBoard, startUpMs: number) => Promise<Result>,
): Promise<Result> {
  const { program, app, window, appConfig, flashSync = "never" } = run;
  const folder = mkdtempSync(join(tmpdir(), "wasmote-bench-"));
  const flash = join(folder, "flash.img");
  const mqtt = { host: broker.host, port: broker.port, clientId: `bench-board-${++boards}`, window, cleanSession: true };
  writeConfigPartition(flash, checkConfig({ mqtt, ...(appConfig && { app: appConfig }) }, "configuration of the bench"));
  let onLog = (_line: string): void => {};
  const onlineAt = new Promise<number>((resolve) => {
    onLog = (line) => {
      if (line.includes("online, ")) resolve(performance.now());
    };
  });
  const startedAt = performance.now();
  const board = await SimBoard.start({ ...program, app, flash, flashSync, onLog, isTraced: false, statusMs: 0, logLevel: "info" });
  try {
    return await work(board, (await Promise.race([onlineAt, failure(board)])) - startedAt);
  } finally {
    await board.quit();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects when the simulator ends, or has not brought its board online in time. */
async function failure(board: SimBoard): Promise<never> {
  await Promise.race([board.exited, delay(ONLINE_DEADLINE_MS, undefined, { ref: false })]);
  throw new Error(`bench: a board did not come online:\n${board.logText}`);
}

/** Milliseconds from the start of the simulator's process to the broker's CONNACK. */
export function measureStartUp(run: BoardRun, broker: PlainBroker): Promise<number> {
  return withBoard(run, broker, (_board, startUpMs) => Promise.resolve(startUpMs));
}

/**
 * Messages finished in a span of time: `counter` is the kernel's own. What is still queued makes it wrong by a dozen at most.
 */
export function measureBoard(run: BoardRun, broker: PlainBroker, counter: "queuedTotal" | "deliveredTotal", span: Span): Promise<Sample> {
  const count = (status: StatusEvent): number => Number(status[counter]);
  return withBoard(run, broker, async (board) => {
    await delay(span.warmUpMs);
    const from = await board.freshStatus();
    await delay(span.ms);
    const to = await board.freshStatus();
    await board.quit();
    const messages = count(to) - count(from);
    const last = board.lastStatus!;
    return {
      perSecond: (messages * 1000) / (to.uptimeMs - from.uptimeMs),
      cpuUs: (to.cpuUs - from.cpuUs) / messages,
      atLeast: count(last) - (counter === "queuedTotal" ? QUEUE_MESSAGES : 0),
    };
  });
}
