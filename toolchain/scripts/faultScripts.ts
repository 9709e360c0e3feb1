/** The scripts: which fault happens when. Times are fractions of the run, so that a script fits any length. */
import type { SimBoard } from "../board/simBoard.js";
import type { Broker } from "../devcloud/broker.js";

/** What a script acts on, and whom it tells. */
export interface ScriptStage {
  readonly board: SimBoard;
  readonly broker: Broker;
  /** From 0 up to 1, excluded; the same for the same seed. */
  readonly random: () => number;
  /** Waits until a fraction of the run is over. */
  until(fraction: number): Promise<void>;
  /** Notes that a fault which can interrupt acknowledgements begins, and prints it. */
  fault(text: string): void;
  /** Notes that the broker cannot be reached from now on, or that it can again. */
  away(isAway: boolean): void;
}

export type ScriptName = "outage" | "power-cut" | "broker-restart";

export const scriptNames: readonly ScriptName[] = ["outage", "power-cut", "broker-restart"];

export const faultScripts: Readonly<Record<ScriptName, (stage: ScriptStage) => Promise<void>>> = {
  outage: runOutage,
  "power-cut": runPowerCut,
  "broker-restart": runBrokerRestart,
};

/** The link is gone from a quarter of the run to 70 %. */
async function runOutage({ board, until, fault, away }: ScriptStage): Promise<void> {
  await until(0.25);
  fault("Wi-Fi goes away");
  away(true);
  board.link("down");
  await until(0.7);
  board.link("up");
  away(false);
}

/** The broker stops at a quarter of the run and is back at 70 %, having forgotten every session. */
async function runBrokerRestart({ broker, until, fault, away }: ScriptStage): Promise<void> {
  await until(0.25);
  fault("the broker stops");
  away(true);
  await broker.stop();
  await until(0.7);
  await broker.restart({ keepsSessions: false });
  away(false);
}

/** Milliseconds without power at each cut. */
const OFF_MS = 200;

/** Power cuts while readings pile up behind a dead link, at rest and in the middle of a flash write; then in the drain. */
async function runPowerCut({ board, broker, random, until, fault, away }: ScriptStage): Promise<void> {
  const inNextWrites = (): number => 1 + Math.floor(random() * 8);
  await until(0.15);
  fault("Wi-Fi goes away");
  away(true);
  board.link("down");
  await until(0.25);
  fault("power cut");
  board.powerCut("clean", OFF_MS);
  for (const fraction of [0.35, 0.45, 0.55]) {
    await until(fraction);
    const kind = random() < 0.3 ? "clean" : "torn";
    fault(`power cut, ${kind}, in one of the next flash writes`);
    board.powerCutAfter(inNextWrites(), kind, OFF_MS);
  }
  await until(0.65);
  const isDraining = firstPublication(broker);
  board.link("up");
  away(false);
  await Promise.race([isDraining, until(0.8)]);
  fault("power cut, torn, while the backlog drains");
  board.powerCutAfter(inNextWrites(), "torn", OFF_MS);
  await until(0.85);
  fault("power cut");
  board.powerCut("clean", OFF_MS);
}

function firstPublication(broker: Broker): Promise<void> {
  return new Promise((resolve) => {
    const end = broker.onPublication(() => {
      end();
      resolve();
    });
  });
}
