/** kernel/tendrl: a message says where a package lies; what becomes of it is told as data. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FakeUpdates } from "../../../fakes/fakeUpdates.js";
import type { KernelBoard } from "../../../fakes/kernelBoard.js";
import { fileOf } from "../../../fakes/packageCloud.js";
import { PackageWeb } from "../../../fakes/packageWeb.js";
import { MESSAGES_TOPIC, onlineBoard, published, send } from "./tendrlBoard.js";

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];
const HEAD = 192;

async function online(): Promise<{ board: KernelBoard; web: PackageWeb; file: Buffer }> {
  const board = await onlineBoard();
  board.updates = new FakeUpdates();
  board.server.close();
  board.run(10_000);
  const file = fileOf(3000);
  const web = new PackageWeb(file);
  board.web = web;
  board.webPort = 443;
  return { board, web, file };
}

function tell(board: KernelBoard, message: object): void {
  const full = { source: "1001:us-east:console", timestamp: "2025-11-30T10:00:16Z", ...message };
  board.server.send({
    cmd: "publish",
    topic: MESSAGES_TOPIC,
    payload: JSON.stringify(full),
    qos: 1,
    messageId: 9,
    dup: false,
    retain: false,
  });
}

const update = (url: string): object => ({ msg_type: "update", data: { url } });

interface Told {
  readonly msg_type: string;
  readonly data: { readonly update?: Record<string, string> };
  readonly context?: unknown;
}

function told(board: KernelBoard): Told[] {
  return published(board)
    .map((text) => JSON.parse(text) as Told)
    .filter(({ data }) => data.update !== undefined);
}

describe("kernel/tendrl, updates", () => {
  it("fetches what a message names, tells each state as data with a tag, and gives the app nothing of it", async () => {
    const { board, web, file } = await online();
    tell(board, update("https://files.test/mote.wmpk"));
    board.run(20_000);
    assert.deepEqual(
      told(board).map(({ data }) => data.update!["state"]),
      DONE,
    );
    const [first] = told(board);
    assert.deepEqual(first!.data, { update: { kind: "app", state: "DOWNLOADING", version: "2.0", running: "1.0" } });
    assert.deepEqual([first!.msg_type, first!.context], ["publish", { tags: ["update"] }]);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(web.from, [0, HEAD]);
    assert.equal(board.stats().inboxWaiting, 0);
    assert.ok(board.server.all("puback").some(({ messageId }) => messageId === 9));
  });

  it("confirms the new app by what it sends, and tells it", async () => {
    const { board } = await online();
    tell(board, update("https://files.test/mote.wmpk"));
    board.run(20_000);
    board.kernel.app_started(1);
    board.run(5_000);
    assert.equal(board.updates!.confirmed, 0);
    assert.ok(send(board, '{"t":1}') > 0);
    board.run(5_000);
    assert.equal(board.updates!.confirmed, 1);
    assert.equal(told(board).at(-1)!.data.update!["state"], "UPDATED");
  });

  it("tells why a package is not taken", async () => {
    const { board, web } = await online();
    web.statuses.push("404 Not Found");
    tell(board, update("https://files.test/none"));
    board.run(10_000);
    assert.deepEqual(told(board).at(-1)!.data.update, { kind: "app", state: "FAILED", running: "1.0", error: "http: status 404" });
  });

  it("leaves every other message to the app", async () => {
    const { board, web } = await online();
    for (const message of [
      { msg_type: "command", data: { url: "https://files.test/mote.wmpk" } },
      { msg_type: "update", data: { link: "x" } },
      { msg_type: "update", data: "x" },
      { msg_type: "updates", data: { url: "https://files.test/mote.wmpk" } },
    ]) {
      tell(board, message);
    }
    board.run(5_000);
    assert.deepEqual([web.from, told(board)], [[], []]);
  });
});
