/** Packets at random, for comparing the codec with mqtt-packet: what a server may send, and what this client sends. */
import fc from "fast-check";
import type { Packet } from "mqtt-packet";
import type { Version } from "./codec.js";

const PAYLOAD_MAX = 200;

const packetId = fc.integer({ min: 1, max: 65_535 });
const byte = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65_535 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const binary = (maxLength: number): fc.Arbitrary<Buffer> => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

/** Any text that MQTT can carry: no U+0000, no half of a surrogate pair. */
export const text = (maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc.string({ unit: "binary", minLength, maxLength }).map((raw) => raw.replaceAll("\0", "0"));

export const topic = text(30, 1).map((raw) => raw.replace(/[+#]/g, "/"));

/** Object keys that are not moved to the front or lost: what a key's order says must be what is written. */
const name = text(8, 1).filter((key) => !/^\d+$/.test(key) && key !== "__proto__");
/** Values under one name are not empty: mqtt-packet forgets an empty one when it reads the next. */
const userProperties = fc.dictionary(name, fc.oneof(text(8), fc.array(text(8, 1), { minLength: 1, maxLength: 3 })), {
  minKeys: 1,
  maxKeys: 3,
});

type Fields = Record<string, fc.Arbitrary<unknown>>;

/** Some of the fields, in any order. */
function some(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(fields);
  return fc
    .shuffledSubarray(names)
    .chain((chosen) => fc.tuple(...chosen.map((field) => fields[field]!)).map((values) => zip(chosen, values)));
}

function zip(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(names.map((field, i) => [field, values[i]]));
}

const explained: Fields = { reasonString: text(40), userProperties };

const connackProperties = some({
  ...explained,
  sessionExpiryInterval: u32,
  assignedClientIdentifier: text(20),
  serverKeepAlive: u16,
  responseInformation: text(20),
  serverReference: text(20),
  receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
  topicAliasMaximum: u16,
  maximumQoS: fc.integer({ min: 0, max: 1 }),
  retainAvailable: fc.boolean(),
  maximumPacketSize: fc.integer({ min: 1, max: 0xffffffff }),
  wildcardSubscriptionAvailable: fc.boolean(),
  subscriptionIdentifiersAvailable: fc.boolean(),
  sharedSubscriptionAvailable: fc.boolean(),
});

/** Of a PUBLISH in both directions. */
export const messageProperties: Fields = {
  payloadFormatIndicator: fc.boolean(),
  messageExpiryInterval: u32,
  contentType: text(20),
  responseTopic: topic,
  correlationData: binary(20),
  userProperties,
};

const subscriptionIdentifier = fc.integer({ min: 1, max: 0x0fffffff });
const receivedProperties = some({
  ...messageProperties,
  topicAlias: fc.integer({ min: 1, max: 65_535 }),
  subscriptionIdentifier: fc.oneof(subscriptionIdentifier, fc.array(subscriptionIdentifier, { minLength: 1, maxLength: 3 })),
});

const FAILURES = {
  connack: [0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f],
  puback: [0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrel: [0x92],
  suback: [0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  unsuback: [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  disconnect: [
    0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d,
    0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
};

/** A packet of version 5 that a server may send, as mqtt-packet takes it. */
const received5: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ cmd: fc.constant("connack"), sessionPresent: fc.boolean(), reasonCode: fc.constant(0), properties: connackProperties }),
  fc.record({
    cmd: fc.constant("connack"),
    sessionPresent: fc.constant(false),
    reasonCode: fc.constantFrom(...FAILURES.connack),
    properties: connackProperties,
  }),
  acknowledgement(["puback", "pubrec"], FAILURES.puback),
  acknowledgement(["pubrel", "pubcomp"], FAILURES.pubrel),
  fc.record({
    cmd: fc.constant("suback"),
    messageId: packetId,
    granted: fc.array(fc.constantFrom(0, 1, 2, ...FAILURES.suback), { minLength: 1, maxLength: 14 }),
    properties: some(explained),
  }),
  fc.record({
    cmd: fc.constant("unsuback"),
    messageId: packetId,
    granted: fc.array(fc.constantFrom(...FAILURES.unsuback), { minLength: 1, maxLength: 14 }),
    properties: some(explained),
  }),
  fc.record({
    cmd: fc.constant("disconnect"),
    reasonCode: fc.constantFrom(...FAILURES.disconnect),
    properties: some({ ...explained, serverReference: text(20) }),
  }),
  fc.constant({ cmd: "pingresp" }),
  publication(receivedProperties),
) as unknown as fc.Arbitrary<Packet>;

const received4: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ cmd: fc.constant("connack"), sessionPresent: fc.boolean(), returnCode: fc.constant(0) }),
  fc.record({ cmd: fc.constant("connack"), sessionPresent: fc.constant(false), returnCode: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ cmd: fc.constantFrom("puback", "pubrec", "pubrel", "pubcomp", "unsuback"), messageId: packetId }),
  fc.record({
    cmd: fc.constant("suback"),
    messageId: packetId,
    granted: fc.array(fc.constantFrom(0, 1, 2, 0x80), { minLength: 1, maxLength: 14 }),
  }),
  fc.constant({ cmd: "pingresp" }),
  publication(fc.constant(undefined)),
) as unknown as fc.Arbitrary<Packet>;

function acknowledgement(kinds: readonly string[], failures: readonly number[]): fc.Arbitrary<object> {
  return fc.record({
    cmd: fc.constantFrom(...kinds),
    messageId: packetId,
    reasonCode: fc.constantFrom(0, ...failures),
    properties: some(explained),
  });
}

function publication(properties: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const fields = { cmd: fc.constant("publish"), topic, payload: binary(PAYLOAD_MAX), retain: fc.boolean(), properties };
  return fc.oneof(
    fc.record({ ...fields, qos: fc.constant(0), dup: fc.constant(false) }),
    fc.record({ ...fields, qos: fc.constantFrom(1, 2), dup: fc.boolean(), messageId: packetId }),
  );
}

export function received(version: Version): fc.Arbitrary<Packet> {
  return version === 5 ? received5 : received4;
}

export interface Connect {
  clientId: string;
  clean: boolean;
  keepalive: number;
  will: { topic: string; payload: Buffer; qos: number; retain: boolean } | undefined;
  username: string | undefined;
  password: Buffer | undefined;
  sessionExpiryInterval: number;
  receiveMaximum: number;
  maximumPacketSize: number;
  topicAliasMaximum: number;
  willDelayInterval: number;
}

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

export const connect: fc.Arbitrary<Connect> = fc
  .record({
    clientId: text(30, 1),
    clean: fc.boolean(),
    keepalive: u16,
    will: optional(fc.record({ topic, payload: binary(60), qos: fc.integer({ min: 0, max: 2 }), retain: fc.boolean() })),
    username: optional(text(20, 1)),
    password: optional(binary(20).filter((bytes) => bytes.length > 0)),
    sessionExpiryInterval: fc.oneof(fc.constant(0), u32),
    receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
    maximumPacketSize: fc.oneof(fc.constant(0), u32),
    topicAliasMaximum: fc.oneof(fc.constant(0), u16),
    willDelayInterval: fc.oneof(fc.constant(0), u32),
  })
  .map((fields) => ({ ...fields, password: fields.username === undefined ? undefined : fields.password }));

export interface Publish {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
  dup: boolean;
  messageId: number;
  properties: Record<string, unknown>;
}

export const publish: fc.Arbitrary<Publish> = fc
  .record({
    topic,
    payload: binary(PAYLOAD_MAX),
    qos: fc.integer({ min: 0, max: 2 }),
    retain: fc.boolean(),
    dup: fc.boolean(),
    messageId: packetId,
    properties: some({ ...messageProperties, topicAlias: fc.integer({ min: 1, max: 65_535 }) }),
  })
  .map((fields) => ({ ...fields, dup: fields.dup && fields.qos > 0 }));

export interface Subscribe {
  filter: string;
  messageId: number;
  options: number;
}

export const subscribe: fc.Arbitrary<Subscribe> = fc.record({
  filter: text(30, 1).map((raw) => raw.replace(/[+#]/g, "/")),
  messageId: packetId,
  options: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 2 })).map(optionBits),
});

function optionBits([qos, noLocal, asPublished, handling]: [number, boolean, boolean, number]): number {
  return qos | (noLocal ? 4 : 0) | (asPublished ? 8 : 0) | (handling << 4);
}

export interface Ack {
  cmd: "puback" | "pubrec" | "pubrel" | "pubcomp";
  messageId: number;
  isFailure: boolean;
}

export const ack: fc.Arbitrary<Ack> = fc.record({
  cmd: fc.constantFrom("puback", "pubrec", "pubrel", "pubcomp"),
  messageId: packetId,
  isFailure: fc.boolean(),
});

export { byte, u32 };
