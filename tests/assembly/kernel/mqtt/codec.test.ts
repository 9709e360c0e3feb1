/**
 * kernel/mqtt and kernel/mqtt5 against npm mqtt-packet, at random, both ways: what one writes the other reads as it was meant.
 * WASMOTE_SEED repeats a run; a failure names the seed and the smallest packet that still fails.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import mqttPacket, { type Packet } from "mqtt-packet";
import * as arbitrary from "./arbitraryPackets.js";
import { Codec, type Version } from "./codec.js";
import { expectedLog } from "./expectedLog.js";
import { PACKET, PROPERTY_ID, propertyList } from "./propertyList.js";

const CASES = process.env["WASMOTE_LONG"] ? 1_000_000 : 20_000;
const SEED = Number(process.env["WASMOTE_SEED"] ?? 20_141_029);
const VERSIONS: readonly Version[] = [4, 5];
/** Properties below; each gets its share of the cases in each version. */
const SHARES = 12;

let codec: Codec;
before(async () => {
  codec = await Codec.load();
});

function check<T>(cases: fc.Arbitrary<T>, shares: number, holds: (value: T) => void): void {
  const property = fc.property(cases, (value) => void holds(value));
  fc.assert(property, { seed: SEED, numRuns: Math.ceil((CASES * shares) / SHARES) });
}

/** What mqtt-packet makes of bytes that are one packet. */
function read(version: Version, bytes: Buffer): Packet {
  const packets: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on("packet", (packet: Packet) => packets.push(packet));
  parser.on("error", (error: Error) => {
    throw error;
  });
  assert.equal(parser.parse(bytes), 0, `bytes left of ${bytes.toString("hex")}`);
  assert.equal(packets.length, 1);
  return packets[0]!;
}

const utf8 = (text: string | undefined): Buffer => Buffer.from(text ?? "");

for (const version of VERSIONS) {
  describe(`kernel/mqtt codec, version ${version === 5 ? "5" : "3.1.1"}, against mqtt-packet`, () => {
    it("reads whatever a server may send, cut anywhere", () => {
      check(fc.tuple(arbitrary.received(version), fc.integer({ min: 1, max: 64 })), 3, ([packet, part]) => {
        const bytes = mqttPacket.generate(packet, { protocolVersion: version });
        const { log, outcome } = codec.decode(version, bytes, part);
        assert.equal(outcome, "whole", bytes.toString("hex"));
        assert.equal(log.toString("hex"), expectedLog(packet, version).toString("hex"), bytes.toString("hex"));
      });
    });

    it("writes a CONNECT as it is meant", () => {
      check(arbitrary.connect, 1, (meant) => {
        const { will } = meant;
        const parts = [
          utf8(meant.clientId),
          utf8(will?.topic),
          will?.payload ?? utf8(""),
          utf8(meant.username),
          meant.password ?? utf8(""),
        ];
        codec.give(...parts);
        codec.wasm.announce(
          meant.sessionExpiryInterval,
          meant.receiveMaximum,
          meant.maximumPacketSize,
          meant.topicAliasMaximum,
          meant.willDelayInterval,
        );
        const flags = (meant.clean ? 1 : 0) | ((will ? will.qos | (will.retain ? 4 : 0) : 0) << 1);
        const length = codec.wasm.connect(version, meant.keepalive, flags, ...parts.map((part) => part.length));
        const found = read(version, codec.taken(length)) as unknown as Record<string, unknown>;
        assert.deepEqual(
          [found["cmd"], found["protocolId"], found["protocolVersion"], found["clientId"], found["clean"], found["keepalive"]],
          ["connect", "MQTT", version, meant.clientId, meant.clean, meant.keepalive],
        );
        assert.deepEqual([found["username"], found["password"]], [meant.username, meant.password]);
        assertWill(found["will"] as Record<string, unknown> | undefined, meant, version);
        if (version === 5) assertAnnounced((found["properties"] ?? {}) as Record<string, unknown>, meant);
      });
    });

    it("writes a PUBLISH as it is meant", () => {
      check(arbitrary.publish, 1, (meant) => {
        const topic = utf8(meant.topic);
        const properties = propertyList(meant.properties);
        codec.give(topic, meant.payload, properties);
        const flags = (meant.dup ? 8 : 0) | (meant.qos << 1) | (meant.retain ? 1 : 0);
        const length = codec.wasm.publish(version, flags, meant.messageId, topic.length, meant.payload.length, properties.length);
        const found = read(version, codec.taken(length)) as Extract<Packet, { cmd: "publish" }>;
        assert.deepEqual(
          [found.topic, found.payload, found.qos, found.retain, found.dup],
          [meant.topic, meant.payload, meant.qos, meant.retain, meant.dup],
        );
        assert.equal(found.messageId, meant.qos ? meant.messageId : undefined);
        if (version === 5) assert.deepEqual(plain(found.properties), plain(meant.properties));
      });
    });

    it("writes SUBSCRIBE, UNSUBSCRIBE, acknowledgements and DISCONNECT as they are meant", () => {
      check(fc.tuple(arbitrary.subscribe, arbitrary.ack, arbitrary.u32), 1, ([meant, ack, expiry]) => {
        const filter = utf8(meant.filter);
        const options = version === 5 ? meant.options : meant.options & 3;
        codec.give(filter);
        const asked = read(version, codec.taken(codec.wasm.subscribe(version, meant.messageId, filter.length, options)));
        assert.deepEqual(plain(asked), {
          ...head("subscribe", meant.messageId),
          subscriptions: [subscriptionOf(meant.filter, options, version)],
        });
        const unasked = read(version, codec.taken(codec.wasm.subscribe(version, meant.messageId, filter.length, -1)));
        assert.deepEqual(plain(unasked), { ...head("unsubscribe", meant.messageId), unsubscriptions: [meant.filter] });

        const reason = version === 5 && ack.isFailure ? (ack.cmd === "pubrel" || ack.cmd === "pubcomp" ? 0x92 : 0x80) : 0;
        const answered = plain(read(version, codec.taken(codec.wasm.ack(version, PACKET[ack.cmd], ack.messageId, reason)))) as Record<
          string,
          unknown
        >;
        assert.deepEqual([answered["cmd"], answered["messageId"], answered["reasonCode"] ?? 0], [ack.cmd, ack.messageId, reason]);

        const left = version === 5 ? codec.wasm.disconnect5(4, BigInt(expiry)) : codec.wasm.empty(PACKET.disconnect);
        const end = plain(read(version, codec.taken(left))) as Record<string, unknown>;
        assert.equal(end["cmd"], "disconnect");
        if (version === 5) assert.deepEqual([end["reasonCode"], end["properties"]], [4, { sessionExpiryInterval: expiry }]);
      });
    });
  });
}

function head(cmd: string, messageId: number): object {
  return { cmd, messageId, qos: 1, dup: false, retain: false };
}

function subscriptionOf(topic: string, options: number, version: Version): object {
  if (version === 4) return { topic, qos: options };
  return { topic, qos: options & 3, nl: (options & 4) !== 0, rap: (options & 8) !== 0, rh: options >> 4 };
}

/** The packet without what only mqtt-packet knows of it. */
function plain(packet: object | undefined): unknown {
  const bare = Object.entries({ ...packet }).filter(([key, value]) => value !== undefined && !["length", "topic", "payload"].includes(key));
  return Object.fromEntries(bare.map(([key, value]) => [key, key === "properties" ? { ...(value as object) } : listed(key, value)]));
}

function listed(key: string, value: unknown): unknown {
  if (key !== "userProperties") return Array.isArray(value) ? value.map((each) => (typeof each === "object" ? { ...each } : each)) : value;
  return Object.entries(value as object).flatMap(([name, values]) => [values].flat().map((each) => [name, each]));
}

function assertWill(found: Record<string, unknown> | undefined, { will, willDelayInterval }: arbitrary.Connect, version: Version): void {
  if (!will) return assert.equal(found, undefined);
  assert.deepEqual(
    [found?.["topic"], found?.["payload"], found?.["qos"], found?.["retain"]],
    [will.topic, will.payload, will.qos, will.retain],
  );
  if (version === 5)
    assert.equal((found?.["properties"] as Record<string, unknown> | undefined)?.["willDelayInterval"] ?? 0, willDelayInterval);
}

function assertAnnounced(found: Record<string, unknown>, meant: arbitrary.Connect): void {
  assert.equal(found["sessionExpiryInterval"] ?? 0, meant.sessionExpiryInterval);
  assert.equal(found["receiveMaximum"] ?? 65_535, meant.receiveMaximum);
  assert.equal(found["maximumPacketSize"] ?? 0, meant.maximumPacketSize);
  assert.equal(found["topicAliasMaximum"] ?? 0, meant.topicAliasMaximum);
}

describe("kernel/mqtt5/property", () => {
  it("knows the same identifiers as mqtt-packet", () => {
    assert.equal(Object.keys(PROPERTY_ID).length, 27);
  });
});
