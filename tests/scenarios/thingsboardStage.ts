/** Simulated boards facing the dev cloud's ThingsBoard over TLS, and how a scenario waits for what it wants to see. */
import assert from "node:assert/strict";

import { ThingsboardBroker, type ThingsboardOptions } from "../../toolchain/devcloud/thingsboard/broker.js";
import { setStage, type Stage, type StageOptions } from "../../toolchain/scripts/stage.js";

export const SOON_MS = 20_000;

export interface Play {
  readonly stage: Stage;
  readonly broker: ThingsboardBroker;
}

/** Plays an app, by its folder. server: how the cloud is set; prepare: what is done with it before the board starts. */
export async function onStage(
  app: string,
  run: (play: Play) => Promise<void>,
  options: Partial<StageOptions> = {},
  server: ThingsboardOptions = {},
  prepare: (broker: ThingsboardBroker) => void = () => {},
): Promise<void> {
  const broker = await ThingsboardBroker.start(server);
  prepare(broker);
  const stage = await setStage({
    app,
    cloud: "thingsboard",
    broker,
    appConfig: { intervalMs: 100 },
    board: { statusMs: 100 },
    ...options,
  });
  try {
    await run({ stage, broker });
    assert.equal((await stage.board.freshStatus()).appRestarts, 0, stage.board.logText);
  } finally {
    await stage.close();
  }
}

/** Waits until something holds at the server; asked after each publication and each status. */
export async function until(play: Play, what: string, holds: () => boolean, deadlineMs = SOON_MS): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const ends = [play.broker.onPublication(look), play.stage.board.on("status", look)];
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      for (const end of ends) end();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(
      () => finish(new Error(`no ${what}; ${play.broker.cloud.notices.join(", ")}\n${play.stage.board.logText}`)),
      deadlineMs,
    );
    function look(): void {
      if (holds()) finish();
    }
  });
}

/** The device is online and has subscribed. */
export const isUp = ({ broker }: Play): boolean => (broker.cloud.sessionOf(broker.device)?.filters.length ?? 0) >= 4;
export const client = ({ broker }: Play, key: string): unknown => broker.device.client.get(key);

/** The link goes, the power is cut in the middle of a write where there is one, the server restarts; then all is up again. */
export async function shake(play: Play): Promise<void> {
  const { broker, stage } = play;
  const { board } = stage;
  board.link("down");
  await board.waitFor("status", ({ link }) => link === "down", SOON_MS);
  const boots = board.waitFor("boot", undefined, SOON_MS);
  board.powerCut("torn", 50);
  await boots;
  await broker.restart();
  board.link("up");
  await until(play, "session after link loss, power cut and restart", () => isUp(play));
}

/** Statuses in a row that tell of no write. */
const RESTS = 10;

/** Waits until a board has done what it had to do on its flash, so that the next write can be told beforehand. */
export async function untilFlashRests(board: Stage["board"]): Promise<void> {
  let before = -1;
  for (let rests = 0; rests < RESTS; rests++) {
    const { flashPrograms, flashErases } = await board.freshStatus();
    const writes = flashPrograms + flashErases;
    if (writes !== before) rests = 0;
    before = writes;
  }
}
