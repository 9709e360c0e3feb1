/** kernel/client/publications, streams and packetStream: from a syscall to the bytes that the broker sees. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, QUEUED, STATUS, STORED } from "../../../fakes/kernelBoard.js";

const OFFLINE = FLAG.offline | FLAG.qos1;
const TYPE = { i32: 6, f32: 10, text: 12 };

/** A schema of scalars: [type, name]... */
function schema(...fields: [number, string][]): Uint8Array {
  return Buffer.concat(fields.map(([type, name]) => Buffer.concat([Buffer.from([type, name.length]), Buffer.from(name)])));
}

function reading(board: KernelBoard, stream: number, values: Uint8Array | string): { result: number; sequence: number } {
  const receipt = new Uint8Array(8);
  const result = board.call("stream_publish", stream, values, { out: receipt });
  return { result, sequence: Number(new DataView(receipt.buffer).getBigUint64(0, true)) };
}

function i32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** Topic and payload of everything the server saw. */
function arrived(board: KernelBoard): [string, string][] {
  board.run(500);
  return board.server.all("publish").map((packet) => [packet.topic, packet.payload.toString()]);
}

describe("kernel/client/publications", () => {
  it("sends a message as it was given without an envelope", async () => {
    const board = await KernelBoard.online();
    board.publish("raw/topic", Buffer.from([0, 255, 128]), OFFLINE);
    board.run(100);
    const [packet] = board.server.all("publish");
    assert.equal(packet!.topic, "raw/topic");
    assert.deepEqual([...(packet!.payload as Buffer)], [0, 255, 128]);
  });

  it("wraps data in the envelope: sequence, capture time, data", async () => {
    const board = await KernelBoard.online();
    const ts = board.wallMs;
    assert.deepEqual(board.publish("t", '{"x":1}', OFFLINE | FLAG.envelope), { result: STORED, sequence: 1 });
    assert.deepEqual(arrived(board), [["t", `{"seq":1,"ts":${ts},"data":{"x":1}}`]]);
  });

  it("quotes text inside the envelope, and refuses text that is none", async () => {
    const board = await KernelBoard.online();
    board.publish("t", 'say "hi"\n', OFFLINE | FLAG.envelope | FLAG.text);
    assert.equal(board.publish("t", Buffer.from([0xc3, 0x28]), OFFLINE | FLAG.envelope | FLAG.text).result, STATUS.Invalid);
    const [[, payload]] = arrived(board) as [[string, string]];
    assert.equal((JSON.parse(payload) as { data: string }).data, 'say "hi"\n');
  });

  it("refuses what cannot be published, and counts it", async () => {
    const board = await KernelBoard.online();
    for (const topic of ["", "a/+", "#", "x".repeat(256)]) {
      assert.equal(board.publish(topic, "x", OFFLINE).result, STATUS.Invalid, topic.slice(0, 8));
    }
    assert.equal(board.publish(Buffer.from("61e2", "hex").toString("latin1"), "x", OFFLINE).result, STORED, "latin1 is re-encoded");
    assert.equal(board.publish("t", "x", 0x80).result, STATUS.Invalid, "unknown flag");
    assert.equal(board.publish("t", "x", 0x06).result, STATUS.Invalid, "QoS 3");
    assert.equal(board.publish("t", "x", OFFLINE, -1).result, STATUS.Invalid, "TTL");
    assert.equal(board.stats().refusedTotal, 7);
    assert.equal(board.stats().storedTotal, 1);
  });

  it("queues only while the client is started; stores always", async () => {
    const board = await KernelBoard.make();
    board.power();
    assert.equal(board.publish("t", "x", FLAG.qos1).result, STATUS.Closed);
    assert.equal(board.publish("t", "x", OFFLINE).result, STORED);
    board.call("client_start", 0);
    assert.deepEqual(board.publish("t", "x", FLAG.qos1), { result: QUEUED, sequence: 1 });
    assert.equal(board.stats().queuedTotal, 1);
  });

  it("refuses the newest when the queue is full, and delivers all it took", async () => {
    const board = await KernelBoard.make();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    let taken = 0;
    while (board.publish("t", `${taken}`.padEnd(100), FLAG.qos1).result === QUEUED) taken++;
    assert.ok(taken > 5);
    assert.equal(board.publish("t", "y".repeat(100), 0).result, STATUS.NoSpace);
    board.link = 2;
    assert.deepEqual(
      arrived(board).map(([, payload]) => Number(payload)),
      Array.from({ length: taken }, (_, i) => i),
    );
    assert.equal(board.publish("t", "again", FLAG.qos1).result, QUEUED);
  });

  it("stamps with the time of capture, not of sending", async () => {
    const board = await KernelBoard.make();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    const captured = board.wallMs;
    board.publish("t", "1", OFFLINE | FLAG.envelope);
    board.run(3_600_000, 10_000);
    board.link = 2;
    assert.deepEqual(arrived(board), [["t", `{"seq":1,"ts":${captured},"data":1}`]]);
  });

  it("works the time out when the clock comes late in the same boot, and leaves it out after a reset", async () => {
    for (const isReset of [false, true]) {
      const board = await KernelBoard.make();
      board.link = 0;
      board.wallMs = -1;
      board.power();
      board.call("client_start", 0);
      board.publish("t", "1", OFFLINE | FLAG.envelope);
      board.run(60_000, 1000);
      board.wallMs = 1_800_000_000_000;
      if (isReset) board.power();
      board.link = 2;
      const ts = isReset ? "" : `"ts":${1_800_000_000_000 - 60_000},`;
      assert.deepEqual(arrived(board), [["t", `{"seq":1,${ts}"data":1}`]]);
    }
  });

  it("takes a message in parts, and one alone at a time into each place", async () => {
    const board = await KernelBoard.online();
    const stored = board.call("publish_begin", "big", 6, OFFLINE | FLAG.envelope, 0);
    const queued = board.call("publish_begin", "live", 4, FLAG.qos1, 0);
    assert.ok(stored > 0 && queued > 0 && stored !== queued);
    assert.equal(board.call("publish_begin", "other", 1, OFFLINE, 0), STATUS.NoSpace);
    assert.equal(board.publish("other", "x", FLAG.qos1).result, STATUS.NoSpace);
    for (const [handle, part] of [
      [stored, "[1,"],
      [queued, "ab"],
      [stored, "2] "],
      [queued, "cd"],
    ] as const) {
      assert.equal(board.call("publish_write", handle, part), STATUS.Ok);
    }
    const receipt = new Uint8Array(8);
    assert.equal(board.call("publish_commit", queued, { out: receipt }), QUEUED);
    assert.equal(board.call("publish_commit", stored, { out: receipt }), STORED);
    assert.equal(receipt[0], 1);
    const ts = board.wallMs;
    assert.deepEqual(arrived(board).sort(), [
      ["big", `{"seq":1,"ts":${ts},"data":[1,2] }`],
      ["live", "abcd"],
    ]);
  });

  it("refuses parts that do not add up, and handles of nothing", async () => {
    const board = await KernelBoard.online();
    const receipt = { out: new Uint8Array(8) };
    const handle = board.call("publish_begin", "t", 3, OFFLINE, 0);
    assert.equal(board.call("publish_write", handle, "abcd"), STATUS.Invalid);
    assert.equal(board.call("publish_write", handle, "ab"), STATUS.Ok);
    assert.equal(board.call("publish_commit", handle, receipt), STATUS.Invalid, "a byte is missing");
    assert.equal(board.call("publish_commit", handle, receipt), STATUS.Invalid, "it is over");
    for (const nobody of [0, 3, -1, 99]) {
      assert.equal(board.call("publish_write", nobody, "x"), STATUS.Invalid);
      assert.equal(board.call("publish_commit", nobody, receipt), STATUS.Invalid);
      assert.equal(board.call("publish_abort", nobody), STATUS.Invalid);
    }
    assert.equal(board.call("publish_begin", "t", -1, OFFLINE, 0), STATUS.Invalid);
    assert.deepEqual([board.publish("t", "next", OFFLINE).result, board.stats().waiting], [STORED, 1]);
  });

  it("forgets what an app had begun when it starts anew", async () => {
    const board = await KernelBoard.online();
    const stored = board.call("publish_begin", "t", 5, OFFLINE, 0);
    board.call("publish_begin", "t", 5, FLAG.qos1, 0);
    board.call("publish_write", stored, "half");
    board.kernel.app_started(1);
    assert.equal(board.call("publish_write", stored, "x"), STATUS.Invalid);
    board.publish("t", "stored", OFFLINE);
    board.publish("t", "queued", FLAG.qos1);
    assert.deepEqual(
      arrived(board)
        .map(([, payload]) => payload)
        .sort(),
      ["queued", "stored"],
    );
  });
});

describe("kernel/client/streams", () => {
  it("publishes typed rows below the configured topic, with context", async () => {
    const board = await KernelBoard.online("full-plain", { "mqtt.topic": "site/7" });
    const stream = board.call("stream_open", "air", '"tags":["a"]', schema([TYPE.f32, "t"], [TYPE.i32, "n"]), OFFLINE, 0);
    const values = Buffer.alloc(8);
    values.writeFloatLE(21.37);
    values.writeInt32LE(-5, 4);
    const ts = board.wallMs;
    assert.deepEqual(reading(board, stream, values), { result: STORED, sequence: 1 });
    assert.deepEqual(arrived(board), [["site/7/air", `{"seq":1,"ts":${ts},"tags":["a"],"data":{"t":21.37,"n":-5}}`]]);
  });

  it("takes devices/<client id> as topic where none is configured, and text where there is no schema", async () => {
    const board = await KernelBoard.online();
    const stream = board.call("stream_open", "log", "", "", OFFLINE, 0);
    reading(board, stream, "up");
    const [[topic, payload]] = arrived(board) as [[string, string]];
    assert.equal(topic, "devices/mote/log");
    assert.match(payload, /^\{"seq":1,"ts":\d+,"data":"up"\}$/);
  });

  it("replaces the row of a name, and keeps its number", async () => {
    const board = await KernelBoard.online();
    const first = board.call("stream_open", "a", "", schema([TYPE.i32, "x"]), OFFLINE, 0);
    const other = board.call("stream_open", "b", "", schema([TYPE.i32, "y"]), OFFLINE, 0);
    assert.equal(board.call("stream_open", "a", '"v":2', schema([TYPE.i32, "longer"]), OFFLINE, 0), first);
    reading(board, first, i32(1));
    reading(board, other, i32(2));
    assert.deepEqual(
      arrived(board).map(([, payload]) => payload.replace(/"ts":\d+,/, "")),
      ['{"seq":1,"v":2,"data":{"longer":1}}', '{"seq":2,"data":{"y":2}}'],
    );
  });

  it("refuses readings that do not fit, unknown streams, and bad registrations", async () => {
    const board = await KernelBoard.online();
    const stream = board.call("stream_open", "a", "", schema([TYPE.i32, "x"]), OFFLINE, 0);
    assert.equal(reading(board, stream, Buffer.alloc(3)).result, STATUS.Invalid);
    assert.equal(reading(board, stream, Buffer.alloc(5)).result, STATUS.Invalid);
    for (const nobody of [-1, 11, 12, 1000]) assert.equal(reading(board, nobody, i32(1)).result, STATUS.Invalid);
    assert.equal(board.call("stream_open", "a/+", "", "", OFFLINE, 0), STATUS.Invalid);
    assert.equal(board.call("stream_open", "", "", "", OFFLINE, 0), STATUS.Invalid);
    assert.equal(board.call("stream_open", "z", "", Buffer.from([99, 1, 97]), OFFLINE, 0), STATUS.Invalid);
    let opened = 1;
    while (board.call("stream_open", `s${opened}`, "", "", OFFLINE, 0) >= 0) opened++;
    assert.equal(opened, 12);
    assert.equal(board.call("stream_open", "one-more", "", "", OFFLINE, 0), STATUS.NoSpace);
    assert.equal(board.stats().storedTotal, 0);
  });

  it("refuses a reading whose JSON is longer than its buffer", async () => {
    const board = await KernelBoard.online();
    const stream = board.call("stream_open", "log", "", "", OFFLINE, 0);
    assert.equal(reading(board, stream, "\x01".repeat(400)).result, STATUS.TooLarge);
    assert.equal(reading(board, stream, "a".repeat(400)).result, STORED);
  });
});
