/** ThingsBoard's acceptance tests (the contract, 13) on simulated boards over TLS, with links that go, power that is cut and a server that restarts in between. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import mqtt from "mqtt";

import type { Publication } from "../../toolchain/devcloud/broker.js";
import { onStage, type Play, isUp, shake, SOON_MS, until } from "./thingsboardStage.js";

const APP = "tests/scenarios/apps/thingsboard";
const STATUS = { Invalid: -1, Closed: -7, Timeout: -8 } as const;
const STORED = 1;
/** Pin that the app holds high while another device has its name. */
const TAKEN_OVER = 3;

const call = ({ broker }: Play, method: string, params?: unknown): Promise<unknown> => broker.cloud.call(broker.device, method, params);

async function online(play: Play): Promise<void> {
  await until(play, "session", () => isUp(play));
}

const asked = (publications: readonly Publication[]): boolean => publications.some(({ topic }) => topic.includes("/attributes/request/"));

/** Values of telemetry that has a key, in the order of arrival. */
const having = ({ broker }: Play, key: string): { ts: number; value: unknown }[] =>
  broker.device.telemetry.filter(({ values }) => key in values).map(({ ts, values }) => ({ ts, value: values[key] }));

describe("scenarios/thingsboardAcceptance", { concurrency: 2 }, () => {
  it("1: telemetry in all four shapes arrives with its time; null and what is no number are refused", () =>
    onStage(APP, async (play) => {
      await online(play);
      for (const round of [1, 2]) {
        const from = Date.now();
        const { Invalid } = STATUS;
        assert.deepEqual(await call(play, "shapes"), [STORED, STORED, STORED, STORED, Invalid, Invalid, Invalid]);
        if (round === 1) await shake(play);
        const shapes = (): (string | undefined)[] => having(play, "shape").map(({ value }) => String(value));
        await until(play, "five shapes", () =>
          ["1", "2", "3", "4", "5"].every((shape) => shapes().filter((each) => each === shape).length >= round),
        );
        for (const { ts, value } of having(play, "shape")) {
          const fixed = 1451649600509 + Number(value);
          if (Number(value) >= 3) assert.equal(ts, fixed);
        }
        const own = having(play, "shape").filter(({ value }) => Number(value) < 3 && value !== undefined);
        assert.ok(
          own.slice(-2).every(({ ts }) => ts >= from - 1000 && ts <= Date.now() + 1000),
          "the time of capture",
        );
      }
      assert.deepEqual(play.broker.cloud.notices, []);
    }));

  it("2: attribute requests: both scopes, one, an unknown key, timeout, two in reverse order, and the end of the connection", () =>
    onStage(APP, async (play) => {
      const { broker } = play;
      const { cloud, device } = broker;
      device.client.set("a", 1);
      device.shared.set("c", "x");
      device.shared.set("d", 2);
      await online(play);
      const ask = (params: object): Promise<unknown> => call(play, "ask", params);
      assert.deepEqual(await ask({ client: "a", shared: "c" }), { client: { a: 1 }, shared: { c: "x" } });
      assert.deepEqual(await ask({ shared: "c" }), { shared: { c: "x" } });
      await shake(play);
      assert.deepEqual(await ask({ client: "none" }), {});
      cloud.holdAnswers();
      assert.deepEqual(await ask({ shared: "c", ms: 300 }), { status: STATUS.Timeout });
      cloud.releaseAnswers();
      cloud.holdAnswers();
      const pending = [ask({ shared: "c" }), ask({ shared: "d" })];
      await until(play, "two requests", () => cloud.heldAnswers === 2);
      cloud.releaseAnswers("reversed");
      assert.deepEqual(await Promise.all(pending), [{ shared: { c: "x" } }, { shared: { d: 2 } }]);
      cloud.holdAnswers();
      const cut = ask({ shared: "c" });
      await until(play, "a request", () => cloud.heldAnswers === 1);
      broker.dropConnections();
      assert.deepEqual(await cut, { status: STATUS.Closed });
    }));

  it("3: shared updates: one key, all keys, two registrations of one key, deletion, the end of one of two", () =>
    onStage(APP, async (play) => {
      const { broker } = play;
      const { cloud, device } = broker;
      await online(play);
      for (const round of ["before", "after"]) {
        const ids: unknown[] = [];
        for (const params of [{ key: "f", who: "a" }, { key: "f", who: "b" }, { who: "all" }]) ids.push(await call(play, "watch", params));
        assert.deepEqual(ids, [1, 2, 3]);
        await call(play, "tell");
        cloud.setShared(device, { f: round, g: 1 });
        const whole = { f: round, g: 1 };
        assert.deepEqual(await call(play, "tell"), [
          ["all", whole],
          ["a", round],
          ["b", round],
        ]);
        assert.equal(await call(play, "unwatch", 1), 0);
        cloud.deleteShared(device, ["f"]);
        assert.deepEqual(await call(play, "tell"), [
          ["all", { deleted: ["f"] }],
          ["b", "gone"],
        ]);
        await broker.stop();
        cloud.setShared(device, { f: "missed" });
        const from = broker.publications().length;
        await broker.restart();
        await until(play, "question for what was missed", () => asked(broker.publications().slice(from)));
        const missed = (await call(play, "tell")) as unknown[];
        assert.deepEqual(missed, [
          ["all", { f: "missed" }],
          ["b", "missed"],
        ]);
        cloud.deleteShared(device, ["f", "g"]);
        if (round === "before") await shake(play);
      }
    }));

  it("4: calls: a repetition runs nothing again, over link loss, power cut and restart", () =>
    onStage(APP, async (play) => {
      const { broker, stage } = play;
      const { cloud, device } = broker;
      await online(play);
      const twice = (): Promise<unknown> => cloud.callRaw(device, '{"method":"count"}', 10_000, 2);
      assert.equal(await twice(), 1);
      assert.equal(await twice(), 2);
      stage.board.link("down");
      await stage.board.waitFor("status", ({ link }) => link === "down", SOON_MS);
      const { connects } = broker;
      stage.board.link("up");
      await until(play, "session after the link", () => broker.connects > connects && isUp(play));
      assert.equal(await twice(), 3);
      await shake(play);
      assert.equal(await twice(), 1, "the app began anew");
      assert.equal(await twice(), 2);
    }));

  it("5: calls to the server: answer, timeout, answer after the timeout, and over a restart", () =>
    onStage(APP, async (play) => {
      const { cloud } = play.broker;
      cloud.methods.set("add", () => 42);
      await online(play);
      for (const round of [1, 2]) {
        assert.equal(await call(play, "callServer", { method: "add" }), 42);
        assert.deepEqual(await call(play, "callServer", { method: "nobody", ms: 300 }), { status: STATUS.Timeout });
        cloud.holdAnswers();
        assert.deepEqual(await call(play, "callServer", { method: "add", ms: 300 }), { status: STATUS.Timeout });
        cloud.releaseAnswers();
        assert.equal(await call(play, "callServer", { method: "add" }), 42, `after a late answer, round ${round}`);
        if (round === 1) await shake(play);
      }
    }));

  it("8: a list of 100 kB, given row by row, arrives whole within a limit, over link loss, power cut and restart", () =>
    onStage(
      APP,
      async (play) => {
        const { broker } = play;
        const rows = 1000;
        await online(play);
        assert.equal(await broker.cloud.call(broker.device, "list", rows, SOON_MS), rows);
        await shake(play);
        await until(play, "all rows", () => new Set(having(play, "row").map(({ value }) => value)).size === rows, 40_000);
        assert.ok(having(play, "row").every(({ ts, value }) => ts === 1451649600000 + Number(value)));
        const lists = broker.publications().filter(({ payload }) => payload.includes('"row"'));
        const bytes = lists.reduce((sum, { payload }) => sum + payload.length, 0);
        assert.ok(bytes >= 100_000 && lists.every(({ payload }) => payload.length <= 1024), `${bytes} bytes in ${lists.length} messages`);
        assert.deepEqual(broker.cloud.notices, []);
      },
      {},
      { limits: { messages: "40:1", telemetryMessages: "40:1" } },
    ));

  it("8: readings of an outage leave in few messages, none lost over a power cut and a server that restarts", () =>
    onStage(
      APP,
      async (play) => {
        const { broker, stage } = play;
        const { board } = stage;
        await online(play);
        board.link("down");
        await board.waitFor("status", ({ link, waiting }) => link === "down" && waiting >= 60, SOON_MS);
        const boots = board.waitFor("boot", undefined, SOON_MS);
        board.powerCutAfter(3, "torn", 50);
        await boots;
        await board.waitFor("status", ({ waiting }) => waiting >= 100, SOON_MS);
        const stored = board.accepted.map(({ sequence }) => sequence);
        const from = broker.publications().length;
        board.link("up");
        await until(play, "first message", () => broker.publications().length > from + 1);
        await broker.restart();
        const seen = (): Set<unknown> => new Set(broker.device.telemetry.map(({ metadata }) => metadata?.["seq"]));
        await until(play, "all that was stored", () => stored.every((sequence) => seen().has(sequence)));
        const lists = broker
          .publications()
          .slice(from)
          .filter(({ payload }) => payload[0] === 0x5b);
        assert.ok(lists.length > 0 && lists.length < 40, `${lists.length} lists`);
        assert.deepEqual(broker.cloud.notices, []);
      },
      { appConfig: { intervalMs: 20 } },
    ));

  it("10: two clients of one name: the board tells of it, and does not fight", () =>
    onStage(APP, async (play) => {
      const { broker, stage } = play;
      const { board } = stage;
      await online(play);
      const { clientId } = stage.config.mqtt;
      const tells = board.waitFor("gpio", ({ pin, level }) => pin === TAKEN_OVER && level === 1, 40_000);
      // The other one comes back at once, each time.
      const twin = mqtt.connect(`mqtts://${broker.host}:${broker.port}`, {
        ca: broker.caPem,
        clientId: clientId!,
        username: broker.user,
        protocolVersion: 4,
        reconnectPeriod: 10,
      });
      twin.on("error", () => {});
      try {
        await tells;
        assert.match(board.logText, /another device with this client id/);
        const { connects } = broker;
        for (let i = 0; i < 20; i++) await board.waitFor("status", undefined, SOON_MS);
        assert.equal(broker.connects, connects, "neither comes back: the other one stays");
        assert.ok(twin.connected);
      } finally {
        await twin.endAsync(true);
      }
    }));
});
