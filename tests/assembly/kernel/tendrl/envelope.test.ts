/** kernel/tendrl: what goes out, byte for byte. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messageProblem } from "../../../../toolchain/devcloud/tendrl/messages.js";
import { QUEUED, STATE, STATUS, STORED } from "../../../fakes/kernelBoard.js";
import { httpAnswer, KIND_SHIFT, OFFLINE, onlineBoard, PUBLISH_TOPIC, published, send, tendrlBoard } from "./tendrlBoard.js";

const ENVELOPE = 0x10;
const AT = Date.UTC(2025, 10, 30, 10, 0, 16, 999);
const STAMP = '"timestamp":"2025-11-30T10:00:16Z"}';

describe("kernel/tendrl/envelope", () => {
  const cases: [string, string, string, string][] = [
    [
      "an object with tags and entity",
      '{"t":23.5}',
      '"tags":["a","b"],"entity":"d-1"',
      '"data":{"t":23.5},"context":{"tags":["a","b"]},"dest":"d-1",',
    ],
    ["an object alone", '{"t":1}', "", '"data":{"t":1},'],
    ["text as data", '"hot"', '"tags":["a"]', '"data":"hot","context":{"tags":["a"]},'],
    ["an empty object: no data", "{}", '"tags":["a"]', '"context":{"tags":["a"]},'],
    ["an empty text: no data", '""', "", ""],
    ["empty tags and entity: no context, no dest", '{"t":1}', '"tags":[],"entity":""', '"data":{"t":1},'],
    ["an entity alone", '{"t":1}', '"entity":"d-1"', '"data":{"t":1},"dest":"d-1",'],
    [
      "characters beyond ASCII, and escapes",
      '{"t":"\u00e9\\n\ud83d\ude00"}',
      '"tags":["\\u00e9\\""]',
      '"data":{"t":"\u00e9\\n\ud83d\ude00"},"context":{"tags":["\\u00e9\\""]},',
    ],
  ];
  it("has the members that the protocol says, and no empty ones", async () => {
    const board = await onlineBoard();
    board.wallMs = AT;
    for (const [, data, context] of cases) assert.equal(send(board, data, { context }), QUEUED);
    board.run(0);
    const expected = cases.map(([, , , members]) => `{"msg_type":"publish",${members}${STAMP}`);
    assert.deepEqual(published(board), expected);
    for (const payload of published(board)) assert.equal(messageProblem(Buffer.from(payload)), "", payload);
  });

  it("tells the kinds of messages apart", async () => {
    const board = await onlineBoard();
    const output = '{"output":"o","error":"","exitCode":0,"request_id":"r"}';
    for (const kind of [2, 3, 4, 5]) send(board, output, { flags: ENVELOPE | (kind << KIND_SHIFT) });
    board.run(100);
    assert.deepEqual(
      published(board).map((payload) => JSON.parse(payload).msg_type),
      ["fs_cmd_resp", "terminal_cmd_resp", "client_cmd_resp", "file"],
    );
    for (const payload of published(board)) assert.equal(messageProblem(Buffer.from(payload)), "", payload);
  });

  it("sends data alone when it is asked to, on the same topic", async () => {
    const board = await onlineBoard();
    send(board, '{"output":"o"}', { flags: 0 });
    board.run(100);
    assert.deepEqual(published(board), ['{"output":"o"}']);
    assert.equal(board.server.all("publish").at(-1)!.topic, PUBLISH_TOPIC);
  });

  it("refuses what would break the envelope, and stays connected", async () => {
    const board = await onlineBoard();
    for (const data of ["{", '{"a":1', "{'a':1}", '{"a":NaN}', '{"a":1}}', "\u0001", "1 2", ""]) {
      assert.equal(send(board, data), STATUS.Invalid, data);
    }
    for (const context of ['"tags":[1]', '"tags":"a"', '"entity":1', '"other":1', '"tags":[', "}{"]) {
      assert.equal(send(board, '{"a":1}', { context }), STATUS.Invalid, context);
    }
    assert.equal(send(board, '{"a":1}', { flags: 0x40 }), STATUS.Invalid);
    board.run(1000);
    assert.deepEqual([published(board), board.stats().clientState, board.server.opened], [[], STATE.Online, 1]);
    assert.equal(send(board, '{"a":1}'), QUEUED, "nothing is left open");
  });

  it("gives a stream's readings the same envelope", async () => {
    const board = await onlineBoard();
    board.wallMs = AT;
    const schema = Buffer.from([10, 1, 0x74]);
    const stream = board.call("stream_open", "climate", '"tags":["s"],"entity":"e"', schema, ENVELOPE | 2, 0);
    board.call("stream_publish", stream, Buffer.from(new Float32Array([1.5]).buffer), { out: new Uint8Array(8) });
    const text = board.call("stream_open", "text", "", "", ENVELOPE | 2, 0);
    board.call("stream_publish", text, 'say "hi"', { out: new Uint8Array(8) });
    board.run(0);
    assert.deepEqual(published(board), [
      `{"msg_type":"publish","data":{"t":1.5},"context":{"tags":["s"]},"dest":"e",${STAMP}`,
      `{"msg_type":"publish","data":"say \\"hi\\"",${STAMP}`,
    ]);
    assert.equal(board.call("stream_open", "bad", '"k":1', schema, ENVELOPE, 0), STATUS.Invalid);
  });

  it("sends what was stored before the first discovery where the key is valid then", async () => {
    const board = await tendrlBoard();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    assert.equal(send(board, '{"n":1}', { flags: OFFLINE, ttl: 86_400 }), STORED);
    board.run(1000);
    board.web!.answer = () => httpAnswer("200 OK", JSON.stringify({ jti: "j", sub: "a:r" }));
    board.link = 2;
    board.run(2000);
    const mine = board.server.all("publish").filter(({ payload }) => payload.includes('"n":1'));
    assert.deepEqual(
      mine.map(({ topic }) => topic),
      ["a/r/j/publish"],
    );
    assert.ok(!mine[0]!.payload.includes("ttl"), "no _offline_ttl on the wire (D4)");
  });

  it("carries a message larger than any buffer", async () => {
    const board = await onlineBoard();
    const data = JSON.stringify({ text: "x".repeat(6000) });
    assert.equal(send(board, data, { flags: OFFLINE }), STORED);
    board.run(500);
    assert.deepEqual(JSON.parse(published(board)[0]!).data, JSON.parse(data));
  });

  it("dates a record of an earlier boot that never knew the time with the boot after it, and counts it", async () => {
    const board = await tendrlBoard();
    board.wallMs = -1;
    board.power();
    board.call("client_start", 0);
    assert.equal(send(board, '{"n":1}', { flags: OFFLINE }), STORED);
    board.wallMs = AT;
    board.power();
    board.run(3000);
    const [payload] = published(board);
    assert.ok(Math.abs(Date.parse(JSON.parse(payload!).timestamp) - AT) <= 1000, payload);
  });
});
