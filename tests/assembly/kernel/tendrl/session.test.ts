/** kernel/tendrl: a whole session against its golden payloads. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../../toolchain/build/paths.js";
import { messageProblem } from "../../../../toolchain/devcloud/tendrl/messages.js";
import { STEPS } from "../../../vectors/tendrlSession.js";
import { ENVELOPE, MESSAGES_TOPIC, OFFLINE, send, tendrlBoard } from "./tendrlBoard.js";

const GOLDEN = join(ROOT, "tests/vectors/tendrl-session.jsonl");

/** What is free of the flash is the store's affair: heartbeat.test.ts. */
function withoutFlash(payload: string): string {
  return payload.replace(/"disk_(free|size)":\d+/g, '"disk_$1":0');
}

describe("kernel/tendrl, a session", () => {
  it("sends 20 publications and 3 heartbeats as the golden file has them, and gives the app 5 messages", async () => {
    const board = await tendrlBoard();
    board.wallMs = Date.UTC(2026, 0, 1, 12);
    board.power();
    board.call("client_start", 0);
    let received = 0;
    for (let second = 0; second < 61; second++) {
      for (const { atSecond, publish, incoming } of STEPS) {
        if (atSecond !== second) continue;
        if (publish) {
          const flags = publish.isStored ? OFFLINE : ENVELOPE;
          assert.ok(send(board, publish.data, { context: publish.context!, flags, ttl: publish.ttl! }) > 0);
        } else {
          const message = { topic: MESSAGES_TOPIC, payload: JSON.stringify(incoming), qos: 1, messageId: second + 1 } as const;
          board.server.send({ cmd: "publish", ...message, dup: false, retain: false });
        }
      }
      board.run(1000);
      while (board.receive() !== null) received++;
    }
    const payloads = board.server.all("publish").map(({ payload }) => payload.toString());
    for (const payload of payloads) assert.equal(messageProblem(Buffer.from(payload)), "", payload);
    assert.deepEqual(payloads.map(withoutFlash), readFileSync(GOLDEN, "utf8").trimEnd().split("\n"));
    assert.equal(received, 5);
    assert.equal(payloads.filter((payload) => payload.includes('"heartbeat"')).length, 3);
    assert.equal(board.stats().deliveredTotal, 7);
  });
});
