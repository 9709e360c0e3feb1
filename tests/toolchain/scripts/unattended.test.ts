import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";

import type { StatusEvent } from "../../../toolchain/board/events.js";
import type { SimBoard } from "../../../toolchain/board/simBoard.js";
import { playUnattended, readStartOptions } from "../../../toolchain/commands/start.js";
import { type Broker, type Publication, PublicationLog } from "../../../toolchain/devcloud/broker.js";
import { readArrivals, runUnattended } from "../../../toolchain/scripts/unattended.js";
import type { Stage } from "../../../toolchain/scripts/stage.js";

const STATUS = {
  event: "status",
  link: "up",
  client: "online",
  connects: 1,
  appRestarts: 0,
  expiredTotal: 0,
  evictedTotal: 0,
} as unknown as StatusEvent;

interface Plan {
  /** Sequences whose delivery fails. */
  readonly loses?: readonly number[];
  readonly reorders?: boolean;
  readonly breaksJson?: boolean;
  readonly ends?: boolean;
}

/** A stage whose board stores two readings before the link goes, two while it is away, and delivers them afterwards. */
class FakeStage {
  readonly topicPrefix = "devices/x";
  readonly config = { mqtt: { host: "localhost", window: 4 } };
  readonly log = new PublicationLog();
  readonly accepted: Array<{ sequence: number; atMs: number }> = [];
  readonly events = new EventEmitter();
  readonly plan: Plan;
  readonly exited: Promise<number | null>;
  end = (): void => {};

  constructor(plan: Plan) {
    this.plan = plan;
    this.exited = new Promise((resolve) => (this.end = () => resolve(70)));
  }

  store(...sequences: number[]): void {
    for (const sequence of sequences) this.accepted.push({ sequence, atMs: Date.now() });
  }

  deliver(...sequences: number[]): void {
    for (const sequence of sequences) {
      if (this.plan.loses?.includes(sequence)) continue;
      const text = `{"seq":${sequence},"ts":${sequence},"data":{"n":${sequence}}${this.plan.breaksJson ? "" : "}"}`;
      this.log.add({ topic: "devices/x/readings", payload: Buffer.from(text) } as Publication);
    }
  }

  link(state: "up" | "down"): void {
    if (this.plan.ends) return this.end();
    if (state === "down") {
      this.store(1, 2);
      this.deliver(1, 2);
      this.store(3, 4);
    } else this.deliver(...(this.plan.reorders ? [4, 3] : [3, 4]));
  }

  asStage(): Stage {
    const { log, accepted, exited } = this;
    const waitForStatus = async (fits: (status: StatusEvent) => boolean): Promise<StatusEvent> => {
      if (fits(STATUS)) return STATUS;
      throw new Error("deadline");
    };
    const board = {
      accepted,
      exited,
      resets: 0,
      logText: "the log",
      waitForStatus,
      freshStatus: async () => STATUS,
      on: () => () => {},
      link: this.link.bind(this),
    };
    const broker = { publications: () => log.all(), settle: async () => {} };
    return {
      ...this,
      cloud: "plain",
      board: board as unknown as SimBoard,
      broker: broker as unknown as Broker,
      close: async () => {},
      app: "app.wasm",
      flash: "flash.img",
    };
  }
}

const SCRIPT = { script: "outage", seconds: 0.05, seed: 1, say: () => {} } as const;

describe("toolchain/scripts/unattended", () => {
  it("sums up a run that kept the promise", async () => {
    const outcome = await runUnattended(new FakeStage({}).asStage(), SCRIPT);
    assert.deepEqual(outcome.objections, []);
    const { accepted, delivered, lost, storedDuringFault, faults, window } = outcome;
    assert.deepEqual({ accepted, delivered, lost, faults, window }, { accepted: 4, delivered: 4, lost: 0, faults: 1, window: 4 });
    assert.ok(storedDuringFault >= 2);
  });

  it("objects to a planted loss", async () => {
    const outcome = await runUnattended(new FakeStage({ loses: [3] }).asStage(), SCRIPT);
    assert.equal(outcome.lost, 1);
    assert.deepEqual(outcome.objections, ["1 of 4 stored readings were lost"]);
  });

  it("objects to readings out of order and to messages it cannot read", async () => {
    assert.deepEqual((await runUnattended(new FakeStage({ reorders: true }).asStage(), SCRIPT)).objections, [
      "1 readings arrived out of order",
    ]);
    const broken = await runUnattended(new FakeStage({ breaksJson: true }).asStage(), SCRIPT);
    assert.equal(broken.unreadable, 4);
    assert.ok(broken.objections.includes("4 messages of a stream could not be read"));
  });

  it("fails with the board's log when the simulator ends", async () => {
    await assert.rejects(runUnattended(new FakeStage({ ends: true }).asStage(), SCRIPT), /the simulator ended with 70\nthe log/);
  });

  it("reads only what lies below the prefix", () => {
    const publication = (topic: string): Publication => ({ topic, payload: Buffer.from('{"seq":1,"data":1}') }) as Publication;
    assert.equal(
      readArrivals([publication("devices/x/a"), publication("devices/xy/a"), publication("devices/x")], "devices/x").arrivals.length,
      1,
    );
  });
});

describe("toolchain/commands/start: the last line and the exit code", () => {
  async function play(plan: Plan): Promise<{ code: number; last: Record<string, unknown> }> {
    const lines: string[] = [];
    const options = { ...readStartOptions(["--script", "outage", "--seed", "9"]), script: "outage", seconds: 0.05 } as const;
    const code = await playUnattended(new FakeStage(plan).asStage(), options, (text) => void lines.push(text));
    return { code, last: JSON.parse(lines.at(-1) ?? "") as Record<string, unknown> };
  }

  it("is 0 with a summary of every promised figure", async () => {
    const { code, last } = await play({});
    assert.equal(code, 0);
    for (const name of ["accepted", "delivered", "lost", "duplicates", "outOfOrder", "resets", "storedDuringFault", "expired", "evicted"]) {
      assert.equal(typeof last[name], "number", name);
    }
    assert.deepEqual([last.script, last.rate, last.broker, last.seed], ["outage", 10, "aedes", 9]);
  });

  it("is 1 for a planted loss", async () => {
    const { code, last } = await play({ loses: [4] });
    assert.equal(code, 1);
    assert.equal(last.lost, 1);
  });
});
