/** kernel/tendrl: who the device is, kept in the partition `state` over resets (2.3, D18), and what is asked with the claims. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { type KernelBoard, PowerCut, STATE } from "../../../fakes/kernelBoard.js";
import { counters, ENTITY, httpAnswer, KEY, tendrlBoard } from "./tendrlBoard.js";

/** Starts the board and lets it come online. How often it asked for its claims. */
function boot(board: KernelBoard): number {
  const before = board.web!.requests.length;
  board.power();
  board.call("client_start", 0);
  board.run(3000);
  assert.equal(board.stats().clientState, STATE.Online);
  return board.web!.requests.length - before;
}

/** What lies in the partition. */
const remembered = (board: KernelBoard): string => Buffer.from(board.stateFlash).toString("latin1");

describe("kernel/tendrl/cache", () => {
  it("asks once in a device's life, and keeps what the original keeps, bound to the key", async () => {
    const board = await tendrlBoard();
    assert.deepEqual([boot(board), boot(board), boot(board)], [1, 0, 0]);
    const mark = createHash("sha256").update(KEY).digest("hex").slice(0, 16);
    const cachedAt = Math.floor(1_700_000_000_000 / 1000);
    assert.ok(
      remembered(board).includes(`{"api_key_id":"${ENTITY.jti}","subject":"${ENTITY.sub}","cached_at":${cachedAt},"key":"${mark}"}`),
    );
    assert.ok(!remembered(board).includes(KEY));
    assert.equal(board.server.all("connect").at(-1)!.clientId, ENTITY.sub);
  });

  it("asks anew for another key, and takes nobody's word for the one before", async () => {
    const board = await tendrlBoard();
    boot(board);
    board.config["tendrl.apiKey"] = "another-key";
    board.web!.answer = () => httpAnswer("200 OK", JSON.stringify({ jti: "entity:other", sub: "1001:us-east:other" }));
    assert.deepEqual([boot(board), boot(board)], [1, 0]);
    const connect = board.server.all("connect").at(-1)!;
    assert.deepEqual(
      [connect.clientId, connect.username, connect.password!.toString()],
      ["1001:us-east:other", "entity:other", "another-key"],
    );
  });

  it("honours reset once, until the configuration said otherwise in between (D18)", async () => {
    const board = await tendrlBoard();
    boot(board);
    board.config["tendrl.reset"] = "true";
    assert.deepEqual([boot(board), boot(board), boot(board)], [1, 0, 0]);
    board.config["tendrl.reset"] = "false";
    assert.equal(boot(board), 0);
    board.config["tendrl.reset"] = "true";
    assert.deepEqual([boot(board), boot(board)], [1, 0]);
    assert.equal(board.logs.filter((line) => line === "entity cache cleared: reset").length, 2);
  });

  it("is cleared by a refused CONNECT: after a reset it asks (2.3)", async () => {
    const board = await tendrlBoard();
    boot(board);
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") board.server.send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    };
    board.web!.answer = () => null;
    board.server.close();
    board.run(6000);
    assert.equal(board.stats().clientState, STATE.Discovering);
    board.web!.answer = () => httpAnswer("200 OK", JSON.stringify(ENTITY));
    board.server.onPacket = (packet) => board.server.oblige(packet);
    assert.equal(boot(board), 1);
  });

  it("is cleared by 401 and 403", async () => {
    for (const status of ["401 Unauthorized", "403 Forbidden"]) {
      const board = await tendrlBoard("full-tendrl", { "tendrl.cacheHours": "1" });
      boot(board);
      board.web!.answer = () => httpAnswer(status, "{}");
      board.wallMs += 3_700_000;
      board.power();
      board.call("client_start", 0);
      board.run(3000);
      assert.equal(board.stats().clientState, STATE.AuthFailed);
      // Young again by the clock: only that it is gone makes the device ask.
      board.wallMs -= 3_700_000;
      board.web!.answer = () => httpAnswer("200 OK", JSON.stringify(ENTITY));
      assert.equal(boot(board), 1, status);
    }
  });

  it("takes a damaged one for none, and writes it anew", async () => {
    const board = await tendrlBoard();
    boot(board);
    for (let at = remembered(board).indexOf('"subject"'); at >= 0; at = remembered(board).indexOf('"subject"', at + 1)) {
      board.stateFlash[at + 3]! ^= 0x20;
    }
    assert.deepEqual([boot(board), boot(board)], [1, 0]);
  });

  it("grows old only where the owner says so, by a clock that is set", async () => {
    const board = await tendrlBoard("full-tendrl", { "tendrl.cacheHours": "24" });
    boot(board);
    board.wallMs += 23 * 3_600_000;
    assert.equal(boot(board), 0);
    board.wallMs += 2 * 3_600_000;
    const wallMs = board.wallMs;
    board.wallMs = -1;
    board.power();
    board.call("client_start", 0);
    board.run(8000);
    assert.deepEqual([board.stats().clientState, board.web!.requests.length], [STATE.Online, 1], "nobody knows how old it is");
    board.wallMs = wallMs;
    assert.deepEqual([boot(board), boot(board)], [1, 0]);
    delete board.config["tendrl.cacheHours"];
    board.wallMs += 10_000 * 3_600_000;
    assert.equal(boot(board), 0);
  });

  it("sends e_type where the configuration has one, and no query else", async () => {
    const board = await tendrlBoard("full-tendrl", { "tendrl.eType": "wasmote/0.1.0" });
    boot(board);
    assert.match(board.web!.requests[0]!, /^GET \/api\/claims\?e_type=wasmote\/0\.1\.0 HTTP\/1\.1\r\nHost: app\.test:8443\r\n/);
  });

  for (const isTorn of [false, true]) {
    it(`survives a power cut in each of its writes, ${isTorn ? "torn" : "clean"}: at worst it asks once more`, async () => {
      let cuts = 0;
      for (let cutIn = 1; ; cutIn++) {
        const board = await tendrlBoard();
        board.isTorn = isTorn;
        board.power();
        board.call("client_start", 0);
        board.cutIn = cutIn;
        try {
          board.run(3000);
        } catch (error) {
          assert.ok(error instanceof PowerCut, String(error));
          cuts++;
        }
        board.cutIn = 0;
        const again = boot(board);
        assert.ok(again <= 1, `cut ${cutIn}: asked ${again} times`);
        assert.deepEqual([boot(board), board.server.all("connect").at(-1)!.clientId], [0, ENTITY.sub], `cut ${cutIn}`);
        if (cuts < cutIn) break;
      }
      assert.ok(cuts >= 2, `${cuts} cuts`);
    });

    it(`honours a reset although the power goes in the middle of it, ${isTorn ? "torn" : "clean"}, and then no more`, async () => {
      let cuts = 0;
      for (let cutIn = 1; ; cutIn++) {
        const board = await tendrlBoard();
        boot(board);
        board.config["tendrl.reset"] = "true";
        board.isTorn = isTorn;
        board.cutIn = cutIn;
        const before = board.web!.requests.length;
        try {
          boot(board);
        } catch (error) {
          assert.ok(error instanceof PowerCut, String(error));
          cuts++;
        }
        board.cutIn = 0;
        boot(board);
        assert.ok(board.web!.requests.length > before, `cut ${cutIn}: the reset was forgotten`);
        assert.equal(boot(board), 0, `cut ${cutIn}: it was honoured again`);
        if (cuts < cutIn) break;
      }
      assert.ok(cuts >= 3, `${cuts} cuts`);
    });
  }

  it("has none in a kernel without a store, which asks at each start", async () => {
    const board = await tendrlBoard("minimal-tendrl");
    assert.deepEqual([boot(board), boot(board)], [1, 1]);
    assert.equal(counters(board).discoveries, 1);
  });
});
