/** ThingsBoard for `npm start` and the scripts. */
import type { Arrival } from "../../scripts/evidence.js";
import type { Broker, Publication } from "../broker.js";
import type { CloudKey, CloudSide } from "../clouds.js";
import { ThingsboardBroker } from "./broker.js";
import { readTelemetry } from "./telemetry.js";
import { TELEMETRY } from "./topics.js";

export const thingsboardSide: CloudSide = {
  start: () => ThingsboardBroker.start(),
  // A reading that arrives twice is told from two readings by its sequence number.
  config: { thingsboard: { sequence: true } },
  read: readReadings,
  keys,
};

function readReadings({ topic, payload, receivedAtMs }: Publication): readonly Arrival[] {
  if (topic !== TELEMETRY) return [];
  return readTelemetry(payload, receivedAtMs).flatMap(({ ts, isTimed, values, metadata }) => {
    const sequence = metadata?.["seq"];
    return typeof sequence === "number" ? [{ sequence, ts: isTimed ? ts : null, body: JSON.stringify(values) }] : [];
  });
}

function keys(broker: Broker): readonly CloudKey[] {
  if (!(broker instanceof ThingsboardBroker)) return [];
  const { cloud, device } = broker;
  let count = 0;
  return [
    {
      key: "r",
      title: "RPC",
      async press() {
        const reply = await cloud.call(device, "ping", { count: ++count });
        return `RPC ping ${count}: ${JSON.stringify(reply)}`;
      },
    },
    {
      key: "a",
      title: "attribute",
      async press() {
        cloud.setShared(device, { count: ++count });
        return Promise.resolve(`shared attribute count = ${count}`);
      },
    },
  ];
}
