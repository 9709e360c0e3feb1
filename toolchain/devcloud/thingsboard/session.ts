/** One connection of a device: its packets in, the server's out. Knows no socket. */
import type { IConnectPacket, IPublishPacket, ISubscribePacket, Packet } from "mqtt-packet";

import type { ThingsboardCloud } from "./cloud.js";
import type { Device } from "./devices.js";
import { asObject, InvalidPayload, parse, readAttributes, readTelemetry } from "./telemetry.js";
import { RateLimit } from "./rateLimits.js";
import * as topics from "./topics.js";

/** The connection under a session. */
export interface Wire {
  /** The client's certificate: PEM on one line without header and footer; null: none. */
  readonly certificate: string | null;
  send(packet: Packet): void;
  close(): void;
}

const REFUSED_FILTER = 0x80;
/** The server ends a provisioning session so long after its answer. */
const PROVISIONING_LINGER_MS = 60_000;
/** Messages that a device leaves unacknowledged before the server closes. */
const UNACKNOWLEDGED_MAX = 100;

export class ThingsboardSession {
  device: Device | null = null;
  clientId = "";
  readonly #cloud: ThingsboardCloud;
  readonly #wire: Wire;
  readonly #granted = new Map<string, 0 | 1>();
  readonly #unacknowledged = new Set<number>();
  #isProvisioning = false;
  #isClosed = false;
  #messageId = 0;
  #limits!: { readonly messages: RateLimit; readonly telemetryMessages: RateLimit; readonly telemetryDataPoints: RateLimit };

  constructor(cloud: ThingsboardCloud, wire: Wire) {
    this.#cloud = cloud;
    this.#wire = wire;
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.device !== null;
  }

  get filters(): readonly string[] {
    return [...this.#granted.keys()];
  }

  take(packet: Packet): void {
    if (this.#isClosed) return;
    if (packet.cmd === "connect") return this.#connect(packet);
    if (this.device === null && !this.#isProvisioning) return this.close("a packet before CONNECT");
    if (packet.cmd === "publish") return this.#publish(packet);
    if (packet.cmd === "pingreq") return this.#wire.send({ cmd: "pingresp" });
    if (packet.cmd === "disconnect") return this.close(null);
    if (this.#isProvisioning) return; // Nothing else is even looked at: there is no SUBACK.
    if (packet.cmd === "subscribe") this.#subscribe(packet);
    else if (packet.cmd === "unsubscribe") {
      for (const filter of packet.unsubscriptions) this.#granted.delete(filter);
      this.#wire.send({ cmd: "unsuback", messageId: packet.messageId!, granted: [] });
    } else if (packet.cmd === "puback") this.#unacknowledged.delete(packet.messageId!);
  }

  /** Publishes to the device, with the QoS granted to the filter that the topic falls under, 0 when there is none. */
  push(topic: string, payload: object | string | Buffer, isRepeated = false): void {
    if (!this.isOpen && !this.#isProvisioning) return;
    const body = Buffer.isBuffer(payload) || typeof payload === "string" ? payload : JSON.stringify(payload);
    const qos = this.#granted.get(filterOf(topic)) ?? 0;
    const messageId = (this.#messageId = (this.#messageId % 0xffff) + 1);
    if (qos === 1) this.#unacknowledged.add(messageId);
    this.#wire.send({
      cmd: "publish",
      topic,
      payload: body,
      qos,
      dup: isRepeated && qos === 1,
      retain: false,
      ...(qos === 1 && { messageId }),
    });
    if (this.#unacknowledged.size > UNACKNOWLEDGED_MAX) this.close("the device does not read");
  }

  /** Ends it. why: null when the device asked for it. */
  close(why: string | null): void {
    if (this.#isClosed) return;
    if (why !== null) this.#cloud.notices.push(why);
    this.ended();
    this.#wire.close();
  }

  /** The connection is gone. */
  ended(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cloud.left(this);
  }

  #connect(packet: IConnectPacket): void {
    const { clientId, clean } = packet;
    const userName = packet.username ?? null;
    const password = packet.password?.toString() ?? null;
    if (this.device !== null || this.#isProvisioning) return this.close("a second CONNECT");
    this.clientId = clientId;
    if (userName === "provision" || (userName === null && clientId === "provision")) {
      this.#isProvisioning = true;
      this.#accept(clean === true);
      return;
    }
    const found = this.#cloud.refusal ?? this.#cloud.devices.login({ clientId, userName, password, certificate: this.#wire.certificate });
    if (typeof found === "number") {
      this.#cloud.refusals.push(found);
      this.#wire.send({ cmd: "connack", returnCode: found, sessionPresent: false });
      return this.close(`CONNACK ${found}`);
    }
    this.device = found;
    const { messages, telemetryMessages, telemetryDataPoints } = this.#cloud.limits;
    const limit = (text: string): RateLimit => new RateLimit(text, this.#cloud.now());
    this.#limits = {
      messages: limit(messages),
      telemetryMessages: limit(telemetryMessages),
      telemetryDataPoints: limit(telemetryDataPoints),
    };
    this.#cloud.arrived(this);
    this.#accept(clean === true);
  }

  /** Session Present is the opposite of Clean Session, and means nothing. */
  #accept(isClean: boolean): void {
    this.#wire.send({ cmd: "connack", returnCode: 0, sessionPresent: !isClean });
  }

  #subscribe(packet: ISubscribePacket): void {
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      if (!topics.FILTERS.includes(topic)) return REFUSED_FILTER;
      const given = qos === 0 ? 0 : 1;
      this.#granted.set(topic, given);
      return given;
    });
    this.#wire.send({ cmd: "suback", messageId: packet.messageId!, granted });
  }

  #publish(packet: IPublishPacket): void {
    const payload = Buffer.from(packet.payload);
    if (payload.length > this.#cloud.maxPayload) return this.close(`a payload of ${payload.length} bytes`);
    if (packet.qos === 2 || packet.retain) return this.close("QoS 2 or RETAIN, which the server does not have");
    try {
      if (this.#isProvisioning) this.#provision(packet.topic, payload);
      else if (!this.#dispatch(packet, payload)) return this.close("a rate limit");
    } catch (error) {
      if (!(error instanceof InvalidPayload)) throw error;
      return this.close(`${packet.topic}: ${error.message}`);
    }
    if (packet.qos === 1) this.#wire.send({ cmd: "puback", messageId: packet.messageId! });
  }

  /** False: a rate limit is over. */
  #dispatch(packet: IPublishPacket, payload: Buffer): boolean {
    const cloud = this.#cloud;
    const device = this.device!;
    const parsed = topics.parseTopic(packet.topic);
    if (!this.#limits.messages.take(1, cloud.now())) return false;
    if (parsed?.name === "telemetry") {
      const samples = readTelemetry(payload, cloud.now());
      const points = samples.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
      const { telemetryMessages, telemetryDataPoints } = this.#limits;
      if (!telemetryMessages.take(1, cloud.now()) || !telemetryDataPoints.take(points, cloud.now())) return false;
      device.telemetry.push(...samples);
    } else if (parsed?.name === "attributes") {
      for (const [key, value] of Object.entries(readAttributes(payload))) device.client.set(key, value);
    } else if (parsed?.name === "claim") device.claims.push(asObject(parse(payload)));
    else if (parsed?.name === "attributesRequest") cloud.askedForAttributes(this, parsed.id, asObject(parse(payload)));
    else if (parsed?.name === "clientRpc") cloud.called(this, parsed.id, asObject(parse(payload)));
    else if (parsed?.name === "rpcReply") cloud.replied(parsed.id, parse(payload));
    else cloud.packages.take(this, packet.topic, payload);
    cloud.log.add({
      topic: packet.topic,
      payload,
      qos: packet.qos,
      isRetained: packet.retain,
      isRedelivery: packet.dup,
      clientId: this.clientId,
      receivedAtMs: cloud.now(),
    });
    return true;
  }

  #provision(topic: string, payload: Buffer): void {
    if (topic !== topics.PROVISION_REQUEST) return;
    this.#cloud.provisionings++;
    const answer = this.#cloud.devices.provision(asObject(parse(payload)));
    this.#cloud.answer(() => this.push(topics.PROVISION_RESPONSE, answer));
    this.#cloud.later(PROVISIONING_LINGER_MS, () => this.close("a provisioning session past its time"));
  }
}

function filterOf(topic: string): string {
  const levels = topic.split("/");
  const matches = (filter: string): boolean => {
    const wanted = filter.split("/");
    return wanted.length === levels.length && wanted.every((level, i) => level === "+" || level === levels[i]);
  };
  return topics.FILTERS.find(matches) ?? "";
}
