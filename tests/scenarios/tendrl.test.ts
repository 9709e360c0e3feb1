/** Tendrl's examples and acceptance checks, on simulated boards against the dev cloud, over TLS. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { type Publication, waitForPublication } from "../../toolchain/devcloud/broker.js";
import { Refusal } from "../../toolchain/devcloud/aedesBroker.js";
import { makeCertificates } from "../../toolchain/devcloud/certificates.js";
import { readMessage } from "../../toolchain/devcloud/tendrl/messages.js";
import { checkNumbers, command, dataOf, fits, ONLINE_MS, onStage } from "./tendrlStage.js";

/** Of the peer's certificate: not signed by our CA (kernel/host/imports.ts, netState). */
const STATUS_CORRUPT = -5;

describe("scenarios/tendrl", { concurrency: 2 }, () => {
  it("tendrl greets, tells of itself and sends its readings", () =>
    onStage("examples/tendrl", async ({ broker, board }) => {
      const hello = await waitForPublication(
        broker,
        "greeting",
        fits((message) => dataOf(message)["data"] === "hello"),
        ONLINE_MS,
      );
      assert.deepEqual(readMessage(hello.payload), {
        msg_type: "publish",
        data: { data: "hello" },
        context: { tags: ["greetings"] },
        timestamp: JSON.parse(hello.payload.toString()).timestamp,
      });
      assert.equal(hello.topic, "1001/us-east/entity:sim-board/publish");
      assert.equal(hello.clientId, "1001:us-east:sim-board");
      const isHeartbeat = fits(({ msg_type }) => msg_type === "heartbeat");
      const heartbeat = readMessage((await waitForPublication(broker, "heartbeat", isHeartbeat, ONLINE_MS)).payload);
      assert.ok(Number(dataOf(heartbeat)["disk_size"]) > 0 && Number(dataOf(heartbeat)["mem_free"]) > 0);
      await waitForPublication(
        broker,
        "reading",
        fits((message) => "uptime" in dataOf(message)),
        ONLINE_MS,
      );
      assert.equal(broker.claims.requests.length, 1);
      assert.equal((await board.freshStatus()).client, "online");
    }));

  it("tendrl-commands switches the lamp and answers with the request's id", () =>
    onStage("examples/tendrl-commands", async ({ broker, board }) => {
      await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
      const isOn = board.waitFor("gpio", ({ pin, level }) => pin === 2 && level === 1);
      await broker.send(command({ lamp: true }, "r-1"));
      await isOn;
      const answer = await waitForPublication(
        broker,
        "answer",
        fits((message) => dataOf(message)["request_id"] === "r-1"),
        ONLINE_MS,
      );
      assert.deepEqual(dataOf(readMessage(answer.payload)), { output: "lamp on", error: "", exitCode: 0, request_id: "r-1" });
      await broker.send(command({ dance: true }, "r-2"));
      await waitForPublication(
        broker,
        "refusal",
        fits((message) => dataOf(message)["request_id"] === "r-2" && dataOf(message)["exitCode"] === 1),
        ONLINE_MS,
      );
    }));

  it("reads every member of a message by its accessors, where it lies", () =>
    onStage("tests/scenarios/apps/tendrl-accessors", async ({ broker, board }) => {
      await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
      const data = { text: "abcdef", whole: -42, big: 3e10, half: -2.5, flag: true, list: [1, "x"], nothing: null };
      await broker.send({
        ...command(data, "r-9"),
        dest: "device-1",
        tags: ["top"],
        context: { tags: ["a", 'quote"b'], dynamicActions: {} },
      });
      const isAnswer = fits((message) => dataOf(message)["request"] === "r-9");
      assert.deepEqual(dataOf(readMessage((await waitForPublication(broker, "answer", isAnswer, ONLINE_MS)).payload)), {
        msg: "command",
        source: "1001:us-east:console",
        dest: "device-1",
        request: "r-9",
        text: "abcdef",
        part: "cde",
        list: [1, "x"],
        flag: "true,true",
        is: "true,false",
        tags: "true,false,false,true",
        numbers: "-42,7,-2,-2.5",
        kinds: "5,4,0,-1",
        missing: "-",
      });
    }));

  it("tendrl-loop samples in the background and reports", () =>
    onStage("examples/tendrl-loop", async ({ broker }) => {
      await waitForPublication(
        broker,
        "all samples",
        fits((message) => dataOf(message)["samples"] === 30),
        ONLINE_MS,
      );
    }));

  it("tendrl-database finds by tag what it put, again and again (D12)", () =>
    onStage("examples/tendrl-database", async ({ broker, board }) => {
      for (const starts of [2, 5, 1]) {
        await waitForPublication(
          broker,
          `${starts} starts`,
          fits((message) => dataOf(message)["starts"] === starts),
          ONLINE_MS,
        );
      }
      assert.equal((await board.freshStatus()).appRestarts, 0);
    }));

  it("tendrl-database says in a minimal kernel that there is none", () =>
    onStage(
      "examples/tendrl-database",
      async ({ broker }) => {
        const text = "Client database not available - install full package with MicroTetherDB";
        await waitForPublication(
          broker,
          "the original's text",
          fits((message) => dataOf(message)["data"] === text),
          ONLINE_MS,
        );
      },
      { kernel: "minimal-tendrl" },
    ));

  for (const kernel of ["full-tendrl", "minimal-tendrl"]) {
    it(`gives each text of the gating table exactly, ${kernel} (check 8)`, () =>
      onStage(
        "tests/scenarios/apps/tendrl-texts",
        async ({ board }) => {
          await board.waitForStatus(({ client }) => client === "online", ONLINE_MS);
          const query = kernel === "full-tendrl" ? "" : "Client database not available - install full package with MicroTetherDB";
          for (const line of [
            "mode: Mode must be either 'sync' or 'async'",
            "async: Asyncio module is required for async mode",
            "sync: Machine module is required for sync mode",
            "off: Client database disabled - set client_db=True in constructor",
            "unmanaged: Client database disabled - set client_db=True in constructor",
            `query: ${query}`,
            "callback: callback must be a function accepting dict",
            "types: Allowed types: ['str', 'dict']",
            "closed: not started",
          ]) {
            assert.ok(
              board.logText.split("\n").some((each) => each.trimEnd().endsWith(line.trimEnd())),
              `${line} in\n${board.logText}`,
            );
          }
        },
        { kernel },
      ));
  }

  it("unmanaged: starts with the first publish, in the envelope, without heartbeats and without the store (D14)", () =>
    onStage("tests/scenarios/apps/tendrl-unmanaged", async ({ broker, board }) => {
      const isRaw = ({ payload }: Publication): boolean => payload.toString() === '{"raw":true}';
      await waitForPublication(broker, "raw message", isRaw, ONLINE_MS);
      const messages = broker.publications().filter(({ payload }) => payload.includes("msg_type"));
      assert.deepEqual(
        messages.map(({ payload }) => ({ ...readMessage(payload), timestamp: "" })),
        [0, 1, 2].map((count) => ({
          msg_type: "publish",
          data: { count },
          context: { tags: ["a"] },
          dest: "device-1",
          timestamp: "",
        })),
      );
      assert.equal((await board.freshStatus()).storedTotal, 0);
      assert.ok(board.logText.includes("write_offline is not supported in unmanaged mode"));
    }));

  it("does not speak to a cloud whose certificate is another's (D19)", async () =>
    onStage(
      "examples/tendrl",
      async ({ broker, board }) => {
        await board.waitFor("status", ({ client, lastCause }) => client === "waiting" && lastCause === STATUS_CORRUPT, ONLINE_MS);
        assert.deepEqual(broker.claims.requests, []);
        assert.equal(broker.connects, 0);
      },
      { tlsConfig: { ca: (await makeCertificates()).caPem } },
    ));

  it("keeps order and time when the broker dies in the middle of a batch (check 2, D1)", () =>
    onStage("examples/tendrl-offline", async ({ broker, board }) => {
      await board.waitFor("status", ({ client, deliveredTotal }) => client === "online" && deliveredTotal > 3, ONLINE_MS);
      broker.acknowledgements({ kind: "hold" });
      await board.waitFor("status", ({ inFlight }) => inFlight >= 15, 10_000);
      await broker.stop();
      broker.acknowledgements({ kind: "pass" });
      await broker.restart();
      await board.waitFor("status", ({ client, waiting }) => client === "online" && waiting <= 2, ONLINE_MS);
      checkNumbers(broker);
    }));

  it("delivers after a power cut what was stored before it (check 3, D3, D4)", () =>
    onStage("examples/tendrl-offline", async ({ broker, board }) => {
      await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
      board.link("down");
      const { storedTotal } = await board.waitFor("status", ({ waiting }) => waiting >= 10);
      board.powerCut("clean", 100);
      await board.waitFor("boot");
      board.link("up");
      await board.waitFor("status", ({ client, deliveredTotal }) => client === "online" && deliveredTotal >= storedTotal, ONLINE_MS);
      checkNumbers(broker);
    }));

  it("asks once more after a refused CONNECT, then is silent (check 5, D17)", () =>
    onStage("examples/tendrl", async ({ broker, board }) => {
      await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
      broker.refuse(Refusal.NotAuthorized);
      broker.dropConnections();
      await board.waitFor("status", ({ client }) => client === "auth-failed", ONLINE_MS);
      assert.deepEqual([broker.refusals, broker.claims.requests.length], [2, 2]);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      assert.deepEqual([broker.refusals, broker.claims.requests.length], [2, 2]);
    }));

  it("takes 1000 messages at 50 a second and more without a reconnect (check 4, D11, D23)", () =>
    onStage("examples/tendrl-commands", async ({ broker, board }) => {
      await board.waitFor("status", ({ client }) => client === "online", ONLINE_MS);
      for (let i = 0; i < 1000; i++) {
        await broker.send(command({ lamp: i % 2 === 0 }, `n-${i}`));
        // The pace is the check's subject: at most what it says between two, so that it is never below it.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await waitForPublication(
        broker,
        "the last answer",
        fits((message) => dataOf(message)["request_id"] === "n-999"),
        20_000,
      );
      const ids = new Set(broker.publications().map(({ payload }) => /"request_id":"(n-\d+)"/.exec(payload.toString())?.[1]));
      ids.delete(undefined);
      assert.equal(ids.size, 1000);
      assert.equal(broker.connects, 1);
    }));
});
