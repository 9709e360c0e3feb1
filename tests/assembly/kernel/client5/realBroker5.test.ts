/** A whole kernel with version 5 (and one of 3.1.1) against mosquitto over TCP: what a scripted server only claims. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { FLAG, STATE } from "../../../fakes/kernelBoard.js";
import { listen, Rig } from "../../../fakes/kernelRig.js";
import { PlainMosquitto } from "../../../fakes/plainMosquitto.js";

const KERNEL = "minimal-plain-v5";
const NO_LOCAL = 4;

let broker: PlainMosquitto;
before(async () => {
  broker = await PlainMosquitto.start(["max_keepalive 60"]);
});
after(() => broker.close());

async function online(clientId: string, config: Record<string, string> = {}, kernel = KERNEL, on = broker): Promise<Rig> {
  const rig = await Rig.make(on, kernel, clientId, config);
  await rig.online();
  return rig;
}

async function subscribed(rig: Rig, filter: string, options: number): Promise<void> {
  const row = rig.board.call("subscribe", filter, options);
  await rig.until(`subscribed to ${filter}`, () => rig.board.call("subscription_state", row) === (options & 3));
}

async function inbound(rig: Rig): Promise<string> {
  await rig.until("a message", () => rig.board.stats().inboxWaiting > 0);
  return rig.board.receive()!.payload;
}

describe("kernel/client5 with mosquitto", () => {
  it("takes over the client id it is given, and resumes its session with it", async () => {
    const rig = await online("", { "mqtt.clientId": "" });
    rig.server.break();
    await rig.until("offline", () => rig.board.stats().clientState !== STATE.Online);
    await rig.online();
    assert.equal(rig.board.stats().sessionPresent, 1);
  });

  it("sends by alias what arrives under its topic, on each connection anew", async () => {
    const listener = await listen(broker, "alias/#", "l-alias");
    const rig = await online("alias");
    for (let i = 0; i < 6; i++) {
      rig.board.publish(`alias/${i % 2}`, `${i}`, FLAG.qos1);
      await rig.until("acknowledged", () => rig.board.stats().inFlight === 0 && listener.got.length === i + 1);
      if (i !== 3) continue;
      rig.server.break();
      await rig.until("offline", () => rig.board.stats().clientState !== STATE.Online);
      await rig.online();
    }
    await listener.end();
    assert.deepEqual(listener.got, [0, 1, 2, 3, 4, 5]);
  });

  it("does not hear itself with No Local, and takes its part of a shared subscription", async () => {
    const rig = await online("local");
    await subscribed(rig, "own/#", 1 | NO_LOCAL);
    await subscribed(rig, "$share/group/jobs", 1);
    const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    rig.board.publish("own/a", "mine", FLAG.qos1);
    await rig.until("acknowledged", () => rig.board.stats().inFlight === 0 && rig.board.stats().queuedTotal === 1);
    await sender.publishAsync("own/a", "theirs", { qos: 1 });
    await sender.publishAsync("jobs", "job", { qos: 1 });
    await sender.endAsync();
    assert.deepEqual([await inbound(rig), await inbound(rig)], ["theirs", "job"]);
  });

  it("gives up what is larger than the broker takes, counts it, and goes on", async () => {
    const small = await PlainMosquitto.start(["max_packet_size 200"]);
    try {
      const rig = await online("small", {}, KERNEL, small);
      rig.board.publish("a", "x".repeat(300), FLAG.qos1);
      rig.board.publish("a", "fits", FLAG.qos1);
      await rig.until("both done", () => rig.board.stats().rejected === 1 && rig.board.stats().inFlight === 0);
      assert.equal(rig.board.stats().connects, 1);
    } finally {
      await small.close();
    }
  });

  it("unsubscribes, and hears no more", async () => {
    const rig = await online("leaving");
    await subscribed(rig, "talk", 1);
    await subscribed(rig, "end", 1);
    rig.board.call("unsubscribe", "talk");
    const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await rig.until("asked", () => rig.board.call("subscription_state", 0) < 0);
    for (let i = 0; i < 50; i++) await rig.turn();
    await sender.publishAsync("talk", "unheard", { qos: 1 });
    await sender.publishAsync("end", "heard", { qos: 1 });
    await sender.endAsync();
    assert.equal(await inbound(rig), "heard");
  });
});

describe("kernel/client of 3.1.1 with mosquitto", () => {
  it("connects without a client id and with a clean session, which nothing outlives", async () => {
    const rig = await online("", { "mqtt.clientId": "", "mqtt.cleanSession": "true" }, "minimal-plain");
    rig.server.break();
    await rig.until("offline", () => rig.board.stats().clientState !== STATE.Online);
    await rig.online();
    assert.equal(rig.board.stats().sessionPresent, 0);
  });

  it("gets nothing of $SYS by #", async () => {
    const loud = await PlainMosquitto.start(["sys_interval 1"]);
    try {
      const rig = await online("dollar", {}, "minimal-plain", loud);
      await subscribed(rig, "#", 0);
      const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${loud.port}`);
      const isTold = new Promise((resolve) => other.on("message", resolve));
      await other.subscribeAsync("$SYS/broker/uptime");
      await isTold;
      await other.publishAsync("end", "heard");
      await other.endAsync();
      assert.equal(await inbound(rig), "heard");
    } finally {
      await loud.close();
    }
  });
});
