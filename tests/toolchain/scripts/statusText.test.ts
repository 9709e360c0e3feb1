import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stripVTControlCharacters } from "node:util";

import type { StatusEvent } from "../../../toolchain/board/events.js";
import type { Broker, Publication } from "../../../toolchain/devcloud/broker.js";
import { lostByCounters, statusBlock, statusLine } from "../../../toolchain/scripts/statusText.js";

const status = {
  event: "status",
  link: "down",
  client: "link-down",
  storedTotal: 11,
  deliveredTotal: 6,
  expiredTotal: 1,
  evictedTotal: 1,
  rejectedTotal: 1,
  waiting: 2,
  kernelRam: 20480,
  appRam: 5120,
  flashErases: 3,
  appRestarts: 0,
  lastAppStop: "",
} as unknown as StatusEvent;

const publication = { topic: "devices/x/readings", payload: Buffer.from("x".repeat(100)) } as Publication;
const broker = { name: "aedes", host: "localhost", port: 8883, isRunning: true, publications: () => [publication] } as unknown as Broker;

describe("toolchain/scripts/statusText", () => {
  it("calls lost what was stored and is nowhere, never less than nothing", () => {
    assert.equal(lostByCounters(status), 0);
    assert.equal(lostByCounters({ ...status, waiting: 0 } as StatusEvent), 2);
    assert.equal(lostByCounters({ ...status, waiting: 9 } as StatusEvent), 0);
  });

  it("says everything in one line", () => {
    assert.equal(
      statusLine(status, broker),
      "link down · broker up · client link-down · stored 11 · acknowledged 6 · waiting 2 · lost 0 · arrived 1 · RAM on this PC: kernel 20.0 KB, app 5.0 KB · flash erases 3",
    );
  });

  it("says why the app was started again, once it was", () => {
    const restarted = { ...status, appRestarts: 2, lastAppStop: "unreachable" } as StatusEvent;
    assert.match(statusLine(restarted, broker), /app restarts 2 \(unreachable\)$/);
    assert.match(statusBlock(restarted, broker, true), /app restarts.*2 {2}unreachable/);
  });

  it("leaves the broker out where only the board is known, and says what was queued instead", () => {
    assert.match(statusLine({ ...status, queuedTotal: 7 } as StatusEvent, null), /^link down · client.* · lost 0 · queued 7 · RAM/);
  });

  it("shows the last message and the keys", () => {
    const block = statusBlock(status, broker, true);
    assert.match(block, /devices\/x\/readings/);
    assert.match(block, /x{100}/);
    assert.match(block, /Wi-Fi.*broker.*power.*quit$/);
  });

  it("cuts its rows off at the terminal's edge", () => {
    const rows = stripVTControlCharacters(statusBlock(status, broker, true, 40)).split("\n");
    assert.equal(Math.max(...rows.slice(0, -1).map((row) => row.length)), 40);
    assert.equal(
      rows.find((row) => row.includes("xx")),
      `${" ".repeat(16)}${"x".repeat(24)}`,
    );
  });

  it("says nothing of the connections of a board without power", () => {
    const rows = stripVTControlCharacters(statusBlock(status, broker, false)).split("\n");
    assert.deepEqual(
      rows.filter((row) => /^(board|Wi-Fi|client|stored)/.test(row)).map((row) => row.replace(/ +/, ": ")),
      ["board: no power", "Wi-Fi: -", "client: -", "stored: 11"],
    );
  });

  it("can be drawn before the board has said anything", () => {
    assert.match(statusBlock(null, broker, true), /board.*on/);
  });
});
