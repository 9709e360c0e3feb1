/** An MQTT client for the tests of both brokers. */
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";

import type { Broker } from "../../../toolchain/devcloud/broker.js";

export function connect(broker: Broker, changes: IClientOptions = {}): Promise<MqttClient> {
  const options: IClientOptions = {
    protocol: broker.caPem === "" ? "mqtt" : "mqtts",
    ca: broker.caPem,
    username: broker.user,
    password: broker.password,
    reconnectPeriod: 0,
    ...changes,
  };
  const brokerUrl = `${options.protocol}://${broker.host}:${broker.port}`;
  return mqtt.connectAsync(brokerUrl, options, false);
}

export function closed(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once("close", () => resolve()));
}

export function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve) => client.once("message", (topic, payload) => resolve(`${topic} ${payload.toString()}`)));
}
