/**
 * A whole kernel with a durable session against mosquitto with persistence: links that break, and power that fails in its flash
 * programs and erases, on the sending and on the receiving side. WASMOTE_SEED repeats a run.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mqtt from "mqtt";
import { FLAG, STATE } from "../../../fakes/kernelBoard.js";
import { chance, listen, Rig } from "../../../fakes/kernelRig.js";
import { PlainMosquitto } from "../../../fakes/plainMosquitto.js";

const MESSAGES = process.env["WASMOTE_LONG"] ? 10_000 : 1_000;
const BREAKS = 50;
const CUTS = 20;
/** Programs and erases until an ordered cut: some in the same message, some in the next but one. */
const OPERATIONS_MAX = 8;
const SEED = Number(process.env["WASMOTE_SEED"] ?? 311);
const KERNELS = ["full-plain", "full-plain-v5"] as const;

let broker: PlainMosquitto;
before(async () => {
  broker = await PlainMosquitto.start();
});
after(() => broker.close());

const all = Array.from({ length: MESSAGES }, (_, i) => i);
const firsts = (got: readonly number[]): number[] => [...new Set(got)];

/** Breaks links and orders power cuts, spread over the messages, at turns that chance picks. */
class Faults {
  breaks = 0;
  cuts = 0;
  private readonly random: (limit: number) => number;

  constructor(
    private readonly rig: Rig,
    seed: number,
  ) {
    this.random = chance(seed);
    rig.onStart = () => this.cuts++;
  }

  get areOver(): boolean {
    return this.breaks === BREAKS && this.cuts === CUTS;
  }

  /** One turn; done: messages so far. */
  strike(done: number): void {
    const { board, server } = this.rig;
    if (board.stats().clientState !== STATE.Online || this.random(4) !== 0) return;
    if (this.breaks < BREAKS && done >= (this.breaks * MESSAGES) / BREAKS) {
      server.break();
      this.breaks++;
    } else if (this.cuts < CUTS && board.cutIn === 0 && done >= (this.cuts * MESSAGES) / CUTS) {
      board.isTorn = this.random(2) === 0;
      board.cutIn = 1 + this.random(OPERATIONS_MAX);
    } else if (this.cuts < CUTS && done === MESSAGES && board.cutIn > 0) {
      this.rig.restart(); // nothing is programmed any more
      board.cutIn = 0;
    }
  }
}

for (const kernel of KERNELS) {
  describe(`kernel/client over power cuts, ${kernel}, seed ${SEED}`, () => {
    for (const qos of [1, 2] as const) {
      const outcome = qos === 1 ? "none lost" : "each exactly once";

      it(`sends ${MESSAGES} STORED messages with QoS ${qos} over ${BREAKS} breaks and ${CUTS} cuts: ${outcome}, in order`, async () => {
        const topic = `out/${kernel}/${qos}`;
        const listener = await listen(broker, topic, `l-${kernel}-${qos}`);
        const rig = await Rig.make(broker, kernel, `s-${kernel}-${qos}`);
        const faults = new Faults(rig, SEED + qos);
        await rig.online();
        let sent = 0;
        await rig.until(
          "all delivered",
          () => faults.areOver && sent === MESSAGES && rig.board.stats().waiting === 0 && new Set(listener.got).size === MESSAGES,
          () => {
            if (sent < MESSAGES && rig.board.publish(topic, `${sent}`, FLAG.offline | (qos === 1 ? FLAG.qos1 : FLAG.qos2)).result > 0)
              sent++;
            faults.strike(sent);
          },
        );
        await listener.end();
        assert.deepEqual(firsts(listener.got), all);
        if (qos === 2) assert.deepEqual(listener.got, all);
        const { storedTotal, deliveredTotal, uncertain } = rig.board.stats();
        assert.deepEqual({ storedTotal, deliveredTotal, uncertain }, { storedTotal: MESSAGES, deliveredTotal: MESSAGES, uncertain: 0 });
      });

      it(`receives ${MESSAGES} messages with QoS ${qos} over ${BREAKS} breaks and ${CUTS} cuts: ${outcome}, in order`, async () => {
        const topic = `in/${kernel}/${qos}`;
        const rig = await Rig.make(broker, kernel, `r-${kernel}-${qos}`);
        const faults = new Faults(rig, SEED + 7 + qos);
        const count = rig.onStart;
        rig.onStart = (board) => {
          count(board);
          board.call("subscribe", topic, qos);
        };
        rig.board.call("subscribe", topic, qos);
        await rig.until("subscribed", () => rig.board.call("subscription_state", 0) === qos);
        const sender = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`);
        const got: number[] = [];
        let sent = 0;
        let acknowledged = 0;
        let dropped = 0;
        await rig.until(
          "all received",
          () => faults.areOver && new Set(got).size === MESSAGES,
          () => {
            if (sent < MESSAGES && sent - acknowledged < 4 && sent - new Set(got).size < 20) {
              sender.publish(topic, `${sent++}`, { qos }, () => acknowledged++);
            }
            for (let message = rig.board.receive(); message; message = rig.board.receive()) got.push(Number(message.payload));
            dropped = Math.max(dropped, rig.board.stats().inboxDropped);
            faults.strike(new Set(got).size);
          },
        );
        await sender.endAsync();
        assert.equal(dropped, 0);
        assert.deepEqual(firsts(got), all);
        if (qos === 2) assert.deepEqual(got, all);
      });
    }
  });
}
