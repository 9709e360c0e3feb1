/** A whole kernel against mosquitto over TCP: links that break at random, power that fails, and what the server owes. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { FLAG, KernelBoard, STATE } from "../../../fakes/kernelBoard.js";
import { chance, listen, Rig } from "../../../fakes/kernelRig.js";
import { PlainMosquitto } from "../../../fakes/plainMosquitto.js";
import { TcpServer } from "../../../fakes/tcpServer.js";

const MESSAGES = process.env["WASMOTE_LONG"] ? 10_000 : 1_000;
const BREAKS = 50;
const CUTS = 20;
const KERNELS = ["full-plain", "full-plain-v5"] as const;

let broker: PlainMosquitto;
before(async () => {
  broker = await PlainMosquitto.start();
});
after(() => broker.close());

/** First arrivals, in the order they came. */
const firsts = (got: readonly number[]): number[] => [...new Set(got)];
const all = Array.from({ length: MESSAGES }, (_, i) => i);

/** Breaks the link, spread over the messages, at a turn that chance picks. */
function isBreakDue(breaks: number, done: number, { board, server }: Rig, random: (limit: number) => number): boolean {
  const isDue = breaks < BREAKS && done >= (breaks * MESSAGES) / BREAKS && board.stats().clientState === STATE.Online && random(4) === 0;
  if (isDue) server.break();
  return isDue;
}

for (const kernel of KERNELS) {
  describe(`kernel/client over broken links, ${kernel}`, () => {
    for (const qos of [1, 2] as const) {
      it(`sends ${MESSAGES} messages with QoS ${qos} over ${BREAKS} breaks: ${qos === 1 ? "none lost" : "each exactly once"}, in order`, async () => {
        const random = chance(qos);
        const topic = `out/${kernel}/${qos}`;
        const listener = await listen(broker, topic, `l-${kernel}-${qos}`);
        const rig = await Rig.make(broker, kernel, `s-${kernel}-${qos}`);
        await rig.online();
        let sent = 0;
        let breaks = 0;
        await rig.until(
          "all delivered",
          () => breaks === BREAKS && sent === MESSAGES && rig.board.stats().inFlight === 0 && new Set(listener.got).size === MESSAGES,
          () => {
            if (sent < MESSAGES && rig.board.publish(topic, `${sent}`, qos === 1 ? FLAG.qos1 : FLAG.qos2).result > 0) sent++;
            if (isBreakDue(breaks, sent, rig, random)) breaks++;
          },
        );
        await listener.end();
        assert.equal(breaks, BREAKS);
        assert.ok(rig.board.stats().connects >= BREAKS);
        assert.deepEqual(firsts(listener.got), all);
        if (qos === 2) assert.deepEqual(listener.got, all);
      });

      it(`receives ${MESSAGES} messages with QoS ${qos} over ${BREAKS} breaks: ${qos === 1 ? "none lost" : "each exactly once"}, in order`, async () => {
        const random = chance(qos + 7);
        const topic = `in/${kernel}/${qos}`;
        const rig = await Rig.make(broker, kernel, `r-${kernel}-${qos}`);
        rig.board.call("subscribe", topic, qos);
        await rig.until("subscribed", () => rig.board.call("subscription_state", 0) === qos);
        const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
        const got: number[] = [];
        let sent = 0;
        let acknowledged = 0;
        let breaks = 0;
        await rig.until(
          "all received",
          () => breaks === BREAKS && new Set(got).size === MESSAGES,
          () => {
            if (sent < MESSAGES && sent - acknowledged < 4 && sent - new Set(got).size < 20) {
              sender.publish(topic, `${sent++}`, { qos }, () => acknowledged++);
            }
            if (random(3) === 0)
              for (let message = rig.board.receive(); message; message = rig.board.receive()) got.push(Number(message.payload));
            if (isBreakDue(breaks, new Set(got).size, rig, random)) breaks++;
          },
        );
        await sender.endAsync();
        assert.equal(breaks, BREAKS);
        assert.equal(rig.board.stats().inboxDropped, 0);
        assert.deepEqual(firsts(got), all);
        if (qos === 2) assert.deepEqual(got, all);
      });
    }

    it(`delivers ${MESSAGES} STORED messages over ${BREAKS} breaks and ${CUTS} power cuts: none lost, in order`, async () => {
      const random = chance(3);
      const topic = `stored/${kernel}`;
      const listener = await listen(broker, topic, `l-${kernel}-stored`);
      const rig = await Rig.make(broker, kernel, `s-${kernel}-stored`);
      let sent = 0;
      let breaks = 0;
      let cuts = 0;
      await rig.until(
        "all delivered",
        () =>
          breaks === BREAKS &&
          cuts === CUTS &&
          sent === MESSAGES &&
          rig.board.stats().waiting === 0 &&
          new Set(listener.got).size === MESSAGES,
        () => {
          if (sent < MESSAGES && rig.board.publish(topic, `${sent}`, FLAG.qos1 | FLAG.offline).result > 0) sent++;
          if (isBreakDue(breaks, sent, rig, random)) breaks++;
          if (cuts < CUTS && sent >= (cuts * MESSAGES) / CUTS && random(8) === 0) {
            rig.restart();
            cuts++;
          }
        },
      );
      await listener.end();
      assert.deepEqual([breaks, cuts], [BREAKS, CUTS]);
      assert.deepEqual(firsts(listener.got), all);
      assert.equal(rig.board.stats().deliveredTotal, MESSAGES);
    });
  });
}

describe("kernel/client and what mosquitto owes", () => {
  it("keeps total order with a window of 1", async () => {
    const listener = await listen(broker, "one", "l-one");
    const rig = await Rig.make(broker, "full-plain", "s-one", { "mqtt.window": "1" });
    const random = chance(5);
    let sent = 0;
    let breaks = 0;
    await rig.until(
      "all delivered",
      () => sent === 200 && rig.board.stats().inFlight === 0 && new Set(listener.got).size === 200,
      () => {
        if (sent < 200 && rig.board.publish("one", `${sent}`, FLAG.qos1).result > 0) sent++;
        if (breaks < 10 && rig.board.stats().clientState === STATE.Online && random(20) === 0) {
          rig.server.break();
          breaks++;
        }
      },
    );
    await listener.end();
    const repeated = listener.got.filter((value, i) => i > 0 && value < listener.got[i - 1]!);
    assert.deepEqual(repeated, [], "a repetition comes before what follows it");
  });

  it("publishes the will after an ungraceful end, and not after a goodbye", async () => {
    const listener = await listen(broker, "will/#", "l-will");
    const rig = await Rig.make(broker, "full-plain", "s-will");
    rig.board.call("client_stop");
    rig.board.call("will_set", "will/a", "1", FLAG.qos1);
    rig.board.call("client_start", 0);
    await rig.online();
    rig.board.call("client_stop");
    await rig.turn();
    rig.board.call("will_set", "will/a", "2", FLAG.qos1);
    rig.board.call("client_start", 0);
    await rig.online();
    rig.server.break();
    await rig.until("the will", () => listener.got.length > 0);
    await listener.end();
    assert.deepEqual(listener.got, [2]);
  });

  it("takes one or several copies for overlapping filters", async () => {
    for (const copies of ["true", "false"]) {
      const other = await PlainMosquitto.start([`allow_duplicate_messages ${copies}`]);
      try {
        const board = await KernelBoard.make("full-plain");
        board.server = new TcpServer(other.port);
        board.power();
        board.call("client_start", 0);
        for (const filter of ["a/#", "a/+"]) board.call("subscribe", filter, 1);
        const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${other.port}`);
        let got = 0;
        for (let turn = 0; turn < 300_000 && got === 0; turn++) {
          board.kernel.step(BigInt(board.nowMs++));
          if (board.call("subscription_state", 1) === 1 && board.stats().writes > 0 && turn % 50 === 0)
            sender.publish("a/b", "x", { qos: 1 });
          await new Promise(setImmediate);
          while (board.receive()) got++;
        }
        await sender.endAsync();
        assert.ok(got >= 1, `duplicates allowed: ${copies}`);
        assert.equal(board.stats().clientState, STATE.Online);
      } finally {
        await other.close();
      }
    }
  });

  it("gets what was published while it was away, and the retained message of a new subscription", async () => {
    const rig = await Rig.make(broker, "full-plain", "s-away");
    rig.board.call("subscribe", "away", 1);
    await rig.until("subscribed", () => rig.board.call("subscription_state", 0) === 1);
    rig.board.call("client_stop");
    await rig.turn();
    const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await sender.publishAsync("away", "meanwhile", { qos: 1 });
    await sender.publishAsync("kept", "old", { qos: 1, retain: true });
    rig.board.call("client_start", 0);
    await rig.until("the queued message", () => rig.board.stats().inboxWaiting > 0);
    assert.equal(rig.board.receive()?.payload, "meanwhile");
    rig.board.call("subscribe", "kept", 1);
    await rig.until("the retained message", () => rig.board.stats().inboxWaiting > 0);
    const { payload, retain } = rig.board.receive()!;
    assert.deepEqual([payload, retain], ["old", 1]);
    await sender.publishAsync("kept", "", { qos: 1, retain: true });
    await sender.endAsync();
  });
});
