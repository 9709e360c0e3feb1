/** A stage whose board takes updates over MQTT, and the client that offers them. */
import mqtt from "mqtt";

import { Offer, type UpdateState } from "../../toolchain/ota/offer.js";
import { privateKey, publicKeyBytes } from "../../toolchain/package/index.js";
import { setStage, type Stage, type StageOptions } from "../../toolchain/scripts/stage.js";

const UPDATE_MS = 60_000;

export interface UpdateStage extends Stage {
  /** Offers a package, and resolves with the states that the board told of it until the last. during: called with the offset of each request. */
  push(bytes: Uint8Array, during?: (offset: number) => void): Promise<UpdateState[]>;
}

/** Both are closed when the test ends. */
export async function setUpdateStage(
  context: { after: (end: () => Promise<void>) => void },
  options: Pick<StageOptions, "app" | "deviceConfig">,
): Promise<UpdateStage> {
  const stage = await setStage({ ...options, board: { updateKeys: [publicKeyBytes(privateKey())], statusMs: 100 } });
  const { broker } = stage;
  const client = await mqtt.connectAsync(`mqtts://${broker.host}:${broker.port}`, {
    ca: broker.caPem,
    username: broker.user,
    password: broker.password,
    reconnectPeriod: 100,
  });
  context.after(async () => {
    await client.endAsync(true);
    await stage.close();
  });
  return {
    ...stage,
    async push(bytes, during) {
      const offer = new Offer(client, stage.topicPrefix, bytes);
      const states: UpdateState[] = [];
      offer.on("state", (state) => {
        if (state.version === undefined || state.version === offer.version) states.push(state);
      });
      if (during) offer.on("request", ({ offset }) => during(offset));
      const ended = offer.ended(AbortSignal.timeout(UPDATE_MS));
      await offer.begin();
      await ended;
      await offer.end();
      return states;
    },
  };
}

export const told = (states: readonly UpdateState[]): string[] => states.map(({ state }) => state);
