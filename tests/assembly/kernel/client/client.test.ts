/** kernel/client/client: link, socket, back-off, start and stop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATE, STATUS } from "../../../fakes/kernelBoard.js";

const OFFLINE = FLAG.offline | FLAG.qos1;

describe("kernel/client/client", () => {
  it("does nothing before client_start", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.run(60_000, 1000);
    assert.equal(board.server.opened, 0);
    assert.equal(board.stats().clientState, STATE.Stopped);
    assert.equal(board.wait, 60_000);
  });

  it("starts once, however often it is asked", async () => {
    const board = await KernelBoard.online();
    assert.equal(board.call("client_start", 0), STATUS.Ok);
    board.run(1_000);
    assert.equal(board.server.opened, 1);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("names the key of a bad configuration, and what it expects", async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ "mqtt.host": "" }, /mqtt\.host: expected a host name/],
      [{ "mqtt.host": "h".repeat(129) }, /mqtt\.host: too long/],
      [{ "mqtt.port": "65536" }, /mqtt\.port: expected 1\.\.65535/],
      [{ "mqtt.port": "0" }, /mqtt\.port: expected 1\.\.65535/],
      [{ "mqtt.port": "eighty" }, /mqtt\.port: expected 1\.\.65535/],
      [{ "mqtt.tls": "yes" }, /mqtt\.tls: expected true or false/],
      [{ "mqtt.keepAliveSeconds": "65536" }, /mqtt\.keepAliveSeconds: expected 0\.\.65535/],
      [{ "mqtt.window": "17" }, /mqtt\.window: expected 1\.\.16/],
      [{ "mqtt.window": "0" }, /mqtt\.window: expected 1\.\.16/],
      [{ "mqtt.clientId": "" }, /mqtt\.clientId: expected a name/],
      [{ "mqtt.topic": "a/#" }, /mqtt\.topic: expected no \+ and #/],
      [{ "mqtt.password": "alone" }, /mqtt\.user: a password needs one/],
    ];
    for (const [change, expected] of cases) {
      const board = await KernelBoard.make();
      Object.assign(board.config, change);
      board.power();
      assert.equal(board.call("client_start", 0), STATUS.Invalid, JSON.stringify(change));
      assert.match(board.logs.join("\n"), expected);
      assert.ok(!board.logs.join("\n").includes("alone"));
      board.run(1_000);
      assert.equal(board.server.opened, 0);
    }
  });

  it("takes an empty client id with a clean session alone", async () => {
    const board = await KernelBoard.make();
    Object.assign(board.config, { "mqtt.clientId": "", "mqtt.cleanSession": "true", "mqtt.topic": "t" });
    board.power();
    assert.equal(board.call("client_start", 0), STATUS.Ok);
  });

  it("waits for the link, and connects at once when it comes", async () => {
    const board = await KernelBoard.make();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    board.run(30_000);
    assert.equal(board.server.opened, 0);
    assert.equal(board.stats().clientState, STATE.LinkDown);
    board.link = 2;
    board.run(500);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("closes its socket when the link goes, and comes back with it", async () => {
    const board = await KernelBoard.online();
    board.link = 0;
    board.run(300);
    assert.deepEqual([board.closes, board.stats().clientState, board.stats().lastCause], [1, STATE.LinkDown, STATUS.Closed]);
    board.link = 2;
    board.run(500);
    assert.equal(board.stats().connects, 2);
  });

  it("backs off from 1 s to 2 min, a quarter more or less", async () => {
    const board = await KernelBoard.make();
    board.server.state = STATUS.Refused;
    board.power();
    board.call("client_start", 0);
    const attempts: number[] = [];
    for (let i = 0, opened = 0; i < 6000; i++) {
      board.run(100, 100);
      if (board.server.opened > opened) attempts.push(board.nowMs);
      opened = board.server.opened;
    }
    const waits = attempts.slice(1).map((at, i) => at - attempts[i]!);
    const bases = [1, 2, 4, 8, 16, 32, 64, 120, 120].map((seconds) => seconds * 1000);
    for (const [i, wait] of waits.slice(0, bases.length).entries()) {
      assert.ok(wait >= bases[i]! * 0.75 && wait <= bases[i]! * 1.25 + 400, `attempt ${i}: ${wait} ms`);
    }
    assert.ok(waits.length >= 8);
    assert.equal(board.stats().lastCause, STATUS.Refused);
  });

  it("starts over with its back-off once a connection has held for a minute, not before", async () => {
    for (const [held, isFresh] of [
      [30_000, false],
      [70_000, true],
    ] as const) {
      const board = await KernelBoard.make();
      board.server.state = STATUS.Refused;
      board.power();
      board.call("client_start", 0);
      board.run(40_000);
      board.server.state = 1;
      board.run(40_000);
      assert.equal(board.stats().clientState, STATE.Online);
      board.run(held);
      const before = board.server.opened;
      board.server.close();
      board.run(2_000);
      assert.equal(board.server.opened > before, isFresh, `held ${held} ms`);
    }
  });

  it("waits a quarter of an hour after a refusal that only a new configuration ends", async () => {
    const board = await KernelBoard.make();
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") board.server.send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    };
    board.power();
    board.call("client_start", 0);
    board.run(600_000, 1000);
    assert.equal(board.server.opened, 1);
    board.run(600_000, 1000);
    assert.equal(board.server.opened, 2);
    assert.ok(board.logs.some((line) => line.includes("code 5")));
  });

  it("goes back to the usual pace when the next attempt fails for another reason", async () => {
    const board = await KernelBoard.make();
    board.server.onPacket = () => board.server.send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    board.power();
    board.call("client_start", 0);
    board.run(500);
    board.server.state = STATUS.Refused; // nobody listens, which is not the broker's refusal
    board.run(1_150_000, 1000);
    assert.ok(board.server.opened > 3, `${board.server.opened} attempts`);
  });

  it("gives up a socket that never opens", async () => {
    const board = await KernelBoard.make();
    board.server.state = 0;
    board.power();
    board.call("client_start", 0);
    board.run(39_000);
    assert.equal(board.stats().clientState, STATE.Opening);
    board.run(1_500);
    assert.deepEqual([board.stats().lastCause, board.closes], [STATUS.Timeout, 1]);
  });

  it("says goodbye, closes, takes the link down, and starts again when asked", async () => {
    const board = await KernelBoard.online();
    assert.equal(board.call("client_stop"), STATUS.Ok);
    assert.equal(board.server.packets.at(-1)!.cmd, "disconnect");
    assert.deepEqual([board.closes, board.linkStops, board.stats().clientState], [1, 1, STATE.Stopped]);
    board.run(60_000, 1000);
    assert.equal(board.server.opened, 1);
    board.call("client_start", 0);
    board.run(500);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("leaves without a goodbye when its will is to be published", async () => {
    const board = await KernelBoard.online();
    assert.equal(board.call("client_disconnect", 2, -1), STATUS.Invalid);
    assert.equal(board.stats().clientState, STATE.Online);
    assert.equal(board.call("client_disconnect", 1, -1), STATUS.Ok);
    assert.equal(board.server.all("disconnect").length, 0);
    assert.deepEqual([board.closes, board.linkStops, board.stats().clientState], [1, 1, STATE.Stopped]);
    board.call("client_start", 0);
    board.run(500);
    assert.equal(board.call("client_disconnect", 0, -1), STATUS.Ok);
    assert.equal(board.server.packets.at(-1)!.cmd, "disconnect");
  });

  it("starts by itself after a reset when the store holds something", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.publish("a", "1", OFFLINE);
    board.power();
    board.run(1_000);
    assert.equal(board.stats().deliveredTotal, 1);
  });

  it("lives with a bad configuration after a reset, and keeps what is stored", async () => {
    const board = await KernelBoard.make();
    board.power();
    board.publish("a", "1", OFFLINE);
    board.config["mqtt.port"] = "none";
    assert.equal(board.power(), STATUS.Ok);
    board.run(1_000);
    assert.deepEqual([board.stats().clientState, board.stats().waiting], [STATE.Stopped, 1]);
  });
});
