/** A whole kernel with version 5 (and one of 3.1.1) against mosquitto, or aedes, over TCP: what a scripted server only claims. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { FLAG, STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { listen, Rig } from "../../../fakes/kernelRig.js";
import { PlainMosquitto } from "../../../fakes/plainMosquitto.js";
import { AedesBroker } from "../../../../toolchain/devcloud/aedesBroker.js";

const KERNEL = "minimal-plain-v5";
const NO_LOCAL = 4;

let broker: PlainMosquitto;
before(async () => {
  broker = await PlainMosquitto.start(["max_keepalive 60", "sys_interval 1"]);
});
after(() => broker.close());

async function online(clientId: string, config: Record<string, string> = {}, kernel = KERNEL, on: { port: number } = broker): Promise<Rig> {
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

/** Counts PINGREQ and PINGRESP on their way. */
function watchPings({ server }: Rig): { pings: () => number; answers: () => number } {
  const seen = { pings: 0, answers: 0 };
  const take = server.take.bind(server);
  const give = server.give.bind(server);
  server.take = (bytes) => ((seen.pings += bytes[0] === 0xc0 ? 1 : 0), take(bytes));
  server.give = (dst) => {
    const count = give(dst);
    if (count > 0 && dst[0] === 0xd0) seen.answers++;
    return count;
  };
  return { pings: () => seen.pings, answers: () => seen.answers };
}

/** So many seconds as the broker counts them, by its own telling. */
async function brokerSeconds(count: number): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  const seconds: number[] = [];
  const isOver = new Promise<void>((resolve) => {
    client.on("message", (_topic, payload) => {
      seconds.push(Number.parseInt(payload.toString(), 10));
      if (seconds.at(-1)! - seconds[0]! >= count) resolve();
    });
  });
  await client.subscribeAsync("$SYS/broker/uptime");
  await isOver;
  await client.endAsync();
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

  it("keeps to the broker's Receive Maximum", async () => {
    const narrow = await PlainMosquitto.start(["max_inflight_messages 2"]);
    try {
      const listener = await listen(narrow, "flow", "l-flow");
      const rig = await online("flow", {}, KERNEL, narrow);
      const sent = Array.from({ length: 8 }, (_, i) => rig.board.publish("flow", `${i}`, FLAG.qos2).sequence);
      let most = 0;
      await rig.until(
        "all through",
        () => rig.board.stats().inFlight === 0 && listener.got.length === sent.length,
        () => {
          most = Math.max(most, rig.board.stats().inFlight);
        },
      );
      await listener.end();
      assert.deepEqual([most, rig.board.stats().connects, listener.got], [2, 1, [0, 1, 2, 3, 4, 5, 6, 7]]);
    } finally {
      await narrow.close();
    }
  });

  it("pings by the keep alive that the broker asks for, and hears its answer each time", async () => {
    const rig = await online("pinging", { "mqtt.keepAliveSeconds": "120" }); // the broker's max_keepalive is 60
    const { pings, answers } = watchPings(rig);
    for (let round = 1; round <= 10; round++) {
      rig.board.nowMs += 44_000;
      for (let i = 0; i < 20; i++) await rig.turn();
      assert.equal(pings(), round - 1);
      rig.board.nowMs += 2_000;
      await rig.until("an answer", () => answers() === round);
    }
    assert.deepEqual([rig.board.stats().connects, rig.board.stats().clientState], [1, STATE.Online]);
  });

  it("has its session as long as it asked, or as its goodbye said", async () => {
    const expiring = { "mqtt.sessionExpirySeconds": "1" };
    const lasting = { "mqtt.sessionExpirySeconds": "600" };
    const short = await online("short", expiring);
    const long = await online("long", lasting);
    const cancelled = await online("cancelled", lasting);
    short.board.call("client_stop");
    long.board.call("client_stop");
    assert.equal(cancelled.board.call("client_disconnect", 0, 0), 0);
    await brokerSeconds(4);
    const present: number[] = [];
    for (const rig of [short, long, cancelled]) {
      rig.board.call("client_start", 0);
      await rig.online();
      present.push(rig.board.stats().sessionPresent);
    }
    assert.deepEqual(present, [0, 1, 0]);
  });

  it("has its will published late, not if it comes back in time, and by a goodbye that keeps it", async () => {
    const listener = await listen(broker, "gone", "l-gone");
    const leave = async (id: string, payload: string, config: Record<string, string>, kernel = KERNEL): Promise<Rig> => {
      const rig = await Rig.make(broker, kernel, id, config);
      rig.board.call("will_set", "gone", payload, FLAG.qos1);
      await rig.online();
      return rig;
    };
    const delayed = { "mqtt.willDelaySeconds": "1" };
    const back = await leave("back", "1", delayed);
    back.server.break();
    await back.until("offline", () => back.board.stats().clientState !== STATE.Online);
    await back.online();
    const away = await leave("away", "2", delayed);
    away.board.link = 0;
    await away.until("offline", () => away.board.stats().clientState !== STATE.Online);
    for (const [id, payload, kernel] of [
      ["keeps5", "3", KERNEL],
      ["keeps", "4", "minimal-plain"],
    ] as const) {
      const rig = await leave(id, payload, {}, kernel);
      assert.equal(rig.board.call("client_disconnect", 1, -1), 0);
      await back.until(`the will of ${id}`, () => listener.got.includes(Number(payload)));
    }
    await back.until("the late will", () => listener.got.includes(2));
    await listener.end();
    assert.deepEqual(listener.got.sort(), [2, 3, 4]);
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

describe("kernel/client of 3.1.1 with aedes", () => {
  it("is told of a subscription that the broker refuses, and goes on", async () => {
    const guard = {
      credentials: () => ({ user: "device", password: "dev-cloud", clientId: "refused" }),
      mayPublish: () => true,
      maySubscribe: (filter: string) => filter !== "test/nosubscribe",
    };
    const aedes = await AedesBroker.start({ tls: "off", guard });
    try {
      const rig = await online("refused", { "mqtt.user": "device", "mqtt.password": "dev-cloud" }, "minimal-plain", aedes);
      const refused = rig.board.call("subscribe", "test/nosubscribe", 1);
      await rig.until("refused", () => rig.board.call("subscription_state", refused) === STATUS.Refused);
      await subscribed(rig, "test/other", 1);
      assert.equal(rig.board.stats().connects, 1);
    } finally {
      await aedes.close();
    }
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
