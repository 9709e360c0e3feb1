/** kernel/client/will: what the broker is told to publish when the board goes without a goodbye. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATUS } from "../../../fakes/kernelBoard.js";

async function connected(kernel: string, set: (board: KernelBoard) => void): Promise<KernelBoard> {
  const board = await KernelBoard.make(kernel);
  Object.assign(board.config, { "mqtt.user": "ada", "mqtt.password": "pw", "mqtt.willDelaySeconds": "30" });
  board.power();
  set(board);
  board.call("client_start", 0);
  board.run(500);
  return board;
}

describe("kernel/client/will", () => {
  it("goes with CONNECT: topic, payload, QoS and RETAIN, in front of user and password", async () => {
    const board = await connected("full-plain", (each) => {
      assert.equal(each.call("will_set", "state", "göne", FLAG.qos2 | FLAG.retain), STATUS.Ok);
    });
    const [connect] = board.server.all("connect");
    const { topic, payload, qos, retain } = connect!.will!;
    assert.deepEqual([topic, payload.toString(), qos, retain], ["state", "göne", 2, true]);
    assert.deepEqual([connect!.username, connect!.password?.toString()], ["ada", "pw"]);
  });

  it("has its delay in version 5", async () => {
    const board = await connected("full-plain-v5", (each) => each.call("will_set", "state", "", FLAG.qos1));
    const { will } = board.server.all("connect")[0]!;
    assert.deepEqual([will!.payload.length, will!.qos, will!.properties?.willDelayInterval], [0, 1, 30]);
  });

  it("leaves no trace in CONNECT while there is none, or when it was taken back", async () => {
    const board = await connected("full-plain", (each) => {
      each.call("will_set", "state", "gone", 0);
      each.call("will_set", "", "", 0);
    });
    assert.equal(board.server.all("connect")[0]!.will, undefined);
  });

  it("refuses wildcards, QoS 3, flags that mean nothing here, and what is too long, and keeps what it had", async () => {
    const board = await connected("full-plain", (each) => {
      each.call("will_set", "state", "gone", FLAG.qos1);
      assert.equal(each.call("will_set", "a/+", "x", 0), STATUS.Invalid);
      assert.equal(each.call("will_set", "a", "x", 6), STATUS.Invalid);
      assert.equal(each.call("will_set", "a", "x", FLAG.offline), STATUS.Invalid);
      assert.equal(each.call("will_set", "a", "x".repeat(192), 0), STATUS.TooLarge);
    });
    assert.equal(board.server.all("connect")[0]!.will!.topic, "state");
  });
});

describe("kernel/client/client start", () => {
  it("begins a clean session or resumes one as the call asks, whatever is configured", async () => {
    for (const [flags, configured, clean] of [
      [0, "false", false],
      [0, "true", true],
      [1, "false", true],
      [2, "true", false],
    ] as const) {
      const board = await KernelBoard.make();
      board.config["mqtt.cleanSession"] = configured;
      board.power();
      board.call("client_start", flags);
      board.run(500);
      assert.equal(board.server.all("connect")[0]!.clean, clean);
    }
  });

  it("tells whether the server had kept the session", async () => {
    for (const sessionPresent of [false, true]) {
      const board = await KernelBoard.online();
      assert.equal(board.stats().sessionPresent, 0);
      board.server.onPacket = (packet) => board.server.oblige(packet, sessionPresent);
      board.power();
      board.call("client_start", 0);
      board.run(500);
      assert.equal(board.stats().sessionPresent, Number(sessionPresent));
    }
  });
});

describe("kernel/client/publications state", () => {
  it("tells whether a message still waits, until its handshake is over", async () => {
    const board = await KernelBoard.online();
    board.server.onPacket = () => {};
    for (const flags of [FLAG.qos1, FLAG.qos1 | FLAG.offline]) {
      const { result, sequence } = board.publish("a", "x", flags);
      board.run(100);
      assert.equal(board.call("publish_state", result, sequence, 0), 1);
      board.server.send({ cmd: "puback", messageId: board.server.all("publish").at(-1)!.messageId! });
      board.run(100);
      assert.equal(board.call("publish_state", result, sequence, 0), 0);
    }
    assert.equal(board.call("publish_state", 3, 1, 0), STATUS.Invalid);
  });
});

describe("kernel/client/session one step", () => {
  it("asks the socket four times at most, however slowly or fast a broker sends", async () => {
    const board = await KernelBoard.online();
    board.call("subscribe", "cmd/#", 1);
    board.run(50);
    for (const limit of [1, Infinity]) {
      board.server.receiveLimit = limit;
      let asked = 0;
      const give = board.server.give.bind(board.server);
      board.server.give = (dst) => {
        asked++;
        return give(dst);
      };
      for (let i = 0; i < 40; i++) {
        board.server.send({ cmd: "publish", topic: "cmd/x", payload: Buffer.alloc(2_000), qos: 0, dup: false, retain: false });
      }
      for (let i = 0; i < 100; i++) {
        asked = 0;
        board.kernel.step(BigInt(board.nowMs));
        assert.ok(asked >= 1 && asked <= 4, `${asked} calls`);
      }
      board.server.give = give;
    }
  });
});
