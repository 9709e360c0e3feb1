/** toolchain/devcloud/thingsboard: what the server does that a broker does not. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { connectAsync } from "mqtt";
import type { Packet } from "mqtt-packet";

import { ThingsboardBroker } from "../../../toolchain/devcloud/thingsboard/broker.js";
import { ThingsboardCloud } from "../../../toolchain/devcloud/thingsboard/cloud.js";
import { RateLimit } from "../../../toolchain/devcloud/thingsboard/rateLimits.js";
import { ThingsboardSession } from "../../../toolchain/devcloud/thingsboard/session.js";

const CONNECT = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "c", keepalive: 60 } as const;

class Peer {
  readonly heard: Packet[] = [];
  isClosed = false;
  readonly session: ThingsboardSession;

  constructor(cloud: ThingsboardCloud, login: object = { username: "token" }, certificate: string | null = null) {
    this.session = new ThingsboardSession(cloud, {
      certificate,
      send: (packet) => this.heard.push(packet),
      close: () => (this.isClosed = true),
    });
    this.session.take({ ...CONNECT, ...login });
  }

  publish(topic: string, payload: string, qos: 0 | 1 | 2 = 1): void {
    this.session.take({ cmd: "publish", topic, payload: Buffer.from(payload), qos, messageId: 7, dup: false, retain: false });
  }

  subscribe(topic: string, qos: 0 | 1 | 2 = 1): void {
    this.session.take({ cmd: "subscribe", messageId: 9, subscriptions: [{ topic, qos }] } as Packet);
  }

  get last(): Packet | undefined {
    return this.heard.at(-1);
  }
}

function cloudWithDevice(now = { ms: 0 }): ThingsboardCloud {
  const cloud = new ThingsboardCloud({ now: () => now.ms, later: () => {} });
  cloud.devices.add("d", { credentialsType: "ACCESS_TOKEN", token: "token" });
  return cloud;
}

describe("toolchain/devcloud/thingsboard", () => {
  it("knows its devices by token, basic credentials or certificate, and refuses all others", () => {
    const cloud = cloudWithDevice();
    cloud.devices.add("basic", { credentialsType: "MQTT_BASIC", userName: "u", password: "p" });
    cloud.devices.add("certified", { credentialsType: "X509_CERTIFICATE", certificate: "MIIB" });
    const codeOf = (login: object, certificate: string | null = null): unknown => {
      const { last } = new Peer(cloud, login, certificate);
      return last?.cmd === "connack" && last.returnCode;
    };
    assert.equal(codeOf({ username: "token" }), 0);
    assert.equal(codeOf({ username: "u", password: Buffer.from("p") }), 0);
    assert.equal(codeOf({}, "MIIB"), 0);
    assert.equal(codeOf({ username: "u", password: Buffer.from("q") }), 4);
    assert.equal(codeOf({ username: "other" }), 5);
    assert.equal(codeOf({}, "other"), 5);
    assert.equal(codeOf({}), 2);
  });

  it("says of a session that it was kept when it is not clean, and keeps none", () => {
    const cloud = cloudWithDevice();
    const present = (clean: boolean): unknown => {
      const { last, session } = new Peer(cloud, { username: "token", clean });
      assert.deepEqual(session.filters, []);
      return last?.cmd === "connack" && last.sessionPresent;
    };
    assert.equal(present(true), false);
    assert.equal(present(false), true);
  });

  it("grants its own filters with QoS 1 at most, and no other", () => {
    const peer = new Peer(cloudWithDevice());
    for (const [topic, qos, granted] of [
      ["v1/devices/me/attributes", 2, 1],
      ["v1/devices/me/rpc/request/+", 0, 0],
      ["v2/fw/response/+", 1, 0x80],
      ["v1/devices/me/+", 1, 0x80],
      ["#", 0, 0x80],
    ] as const) {
      peer.subscribe(topic, qos);
      assert.deepEqual(peer.last, { cmd: "suback", messageId: 9, granted: [granted] }, topic);
    }
  });

  it("acknowledges a topic that it does not know, and forgets the message", () => {
    const cloud = cloudWithDevice();
    const peer = new Peer(cloud);
    peer.publish("devices/d/readings", "x");
    assert.deepEqual(peer.last, { cmd: "puback", messageId: 7 });
    assert.equal(cloud.devices.find("d")!.telemetry.length, 0);
  });

  for (const [what, topic, payload, qos] of [
    ["telemetry that is no JSON", "v1/devices/me/telemetry", "{", 1],
    ["null in telemetry", "v1/devices/me/telemetry", '{"a":null}', 1],
    ["a time that is none", "v1/devices/me/telemetry", '{"ts":"now","values":{}}', 1],
    ["attributes in a list", "v1/devices/me/attributes", "[1]", 1],
    ["a call without params", "v1/devices/me/rpc/request/1", '{"method":"m"}', 1],
    ["QoS 2", "v1/devices/me/telemetry", '{"a":1}', 2],
    ["more than the largest payload", "v1/devices/me/telemetry", `{"a":"${"x".repeat(65_536)}"}`, 1],
  ] as const) {
    it(`ends the connection on ${what}`, () => {
      const peer = new Peer(cloudWithDevice());
      peer.publish(topic, payload, qos);
      assert.equal(peer.isClosed, true);
      assert.notEqual(peer.last?.cmd, "puback");
    });
  }

  it("ends the connection without a word when a limit is passed, and not before", () => {
    const now = { ms: 0 };
    const cloud = cloudWithDevice(now);
    cloud.limits = { messages: "2:1", telemetryMessages: "", telemetryDataPoints: "3:1" };
    const peer = new Peer(cloud);
    for (let i = 0; i < 6; i++, now.ms += 500) peer.publish("v1/devices/me/telemetry", '{"a":1}');
    assert.equal(peer.isClosed, false);
    peer.publish("v1/devices/me/telemetry", '{"a":1,"b":2,"c":3,"d":4}');
    assert.equal(peer.isClosed, true);
  });

  it("fills its buckets evenly, all of which must hold", () => {
    const limit = new RateLimit("2:1,3:10", 0);
    assert.deepEqual(
      [0, 0, 1, 1000, 1001, 4400].map((ms) => limit.take(1, ms)),
      [true, true, false, true, false, true],
    );
    assert.throws(() => new RateLimit("2", 0), /expected count:seconds/);
    assert.equal(new RateLimit("0:0", 0).take(1000, 0), true);
  });

  it("answers a provisioning request, and no SUBSCRIBE before it", () => {
    const cloud = cloudWithDevice();
    const peer = new Peer(cloud, { username: "provision" });
    peer.subscribe("/provision/response");
    assert.equal(peer.last?.cmd, "connack");
    const ask = (more: object): unknown => {
      peer.publish(
        "/provision/request",
        JSON.stringify({
          provisionDeviceKey: cloud.devices.profile.key,
          provisionDeviceSecret: cloud.devices.profile.secret,
          deviceName: "new",
          ...more,
        }),
        0,
      );
      return peer.last?.cmd === "publish" && (JSON.parse(peer.last.payload.toString()) as unknown);
    };
    assert.deepEqual(ask({ provisionDeviceSecret: "guess" }), { status: "NOT_FOUND", errorMsg: "Provision data was not found!" });
    assert.deepEqual(ask({ credentialsType: "MQTT_BASIC", clientId: "c", username: "u" }), {
      status: "SUCCESS",
      credentialsType: "MQTT_BASIC",
      credentialsValue: { clientId: "c", userName: "u" },
    });
    assert.deepEqual(ask({}), { status: "FAILURE", errorMsg: "Failed to provision device!" });
  });

  it("ends an older session under the same client id", () => {
    const cloud = cloudWithDevice();
    const first = new Peer(cloud);
    const second = new Peer(cloud);
    assert.deepEqual([first.isClosed, second.isClosed], [true, false]);
  });

  it("talks to a client over TLS, and drops it when it stops", async () => {
    const broker = await ThingsboardBroker.start();
    try {
      const client = await connectAsync(`mqtts://localhost:${broker.port}`, {
        username: broker.user,
        ca: broker.caPem,
        reconnectPeriod: 0,
      });
      await client.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
      assert.deepEqual(broker.device.telemetry[0]!.values, { a: 1 });
      const closed = new Promise((resolve) => client.once("close", () => resolve(undefined)));
      await broker.stop();
      await closed;
      assert.equal(broker.cloud.sessionOf(broker.device), undefined);
    } finally {
      await broker.close();
    }
  });
});
