/** What the scenarios of Tendrl share: a board on a stage with that cloud, and ways to look at its messages. */
import assert from "node:assert/strict";

import type { Publication } from "../../toolchain/devcloud/broker.js";
import { readMessage, type TendrlMessage } from "../../toolchain/devcloud/tendrl/messages.js";
import { TendrlCloud } from "../../toolchain/devcloud/tendrl/tendrlCloud.js";
import { setStage, type Stage, type StageOptions } from "../../toolchain/scripts/stage.js";

export interface TendrlStage extends Stage {
  readonly broker: TendrlCloud;
}

export const ONLINE_MS = 30_000;

export interface PlayOptions extends Partial<StageOptions> {
  /** Done to the cloud before the board starts; what it answers goes over the options. */
  readonly before?: (cloud: TendrlCloud) => Promise<Partial<StageOptions> | void>;
}

/** Plays with an app at the Tendrl side of the dev cloud, which must find nothing wrong with any message. */
export async function onStage(app: string, run: (stage: TendrlStage) => Promise<void>, options: PlayOptions = {}): Promise<void> {
  const { before, ...given } = options;
  const cloud = await TendrlCloud.start();
  const more = (await before?.(cloud)) ?? {};
  const stage = await setStage({
    app,
    cloud: "tendrl",
    broker: cloud,
    appConfig: { intervalMs: 100 },
    board: { statusMs: 100 },
    ...given,
    ...more,
  });
  try {
    await run(stage as TendrlStage);
    assert.deepEqual(cloud.violations, []);
  } finally {
    await stage.close();
  }
}

export function fits(check: (message: TendrlMessage) => boolean): (publication: Publication) => boolean {
  return ({ payload }) => payload.includes('"msg_type"') && check(readMessage(payload));
}

export function dataOf(message: TendrlMessage): Record<string, unknown> {
  const { data } = message;
  return typeof data === "object" ? (data as Record<string, unknown>) : {};
}

export const command = (data: object, requestId: string): object => ({
  msg_type: "command",
  source: "1001:us-east:console",
  timestamp: new Date().toISOString(),
  data,
  request_id: requestId,
});

/** Every number once at least, in order of first arrival, each with a time that does not go back. */
export function checkNumbers(broker: TendrlCloud): void {
  const firsts: number[] = [];
  let last = 0;
  for (const { payload } of broker.publications()) {
    if (!payload.includes('"number"')) continue;
    const message = readMessage(payload);
    const number = Number(dataOf(message)["number"]);
    if (firsts.includes(number)) continue;
    firsts.push(number);
    const at = Date.parse(message.timestamp);
    assert.ok(at >= last, `${number}: ${message.timestamp}`);
    last = at;
  }
  assert.deepEqual(
    firsts,
    firsts.map((_, i) => i + 1),
  );
}
