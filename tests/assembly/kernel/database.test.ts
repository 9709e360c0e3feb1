/** The rows of the database, as an app calls them, on the full kernel. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { askDatabase, type FoundDocument, getDocument, inParts } from "../../fakes/databaseRows.js";
import { KernelBoard, STATUS } from "../../fakes/kernelBoard.js";
import { globalsOf } from "../../fakes/kernelModule.js";

let board: KernelBoard;

beforeEach(async () => {
  board = await KernelBoard.make("database-plain", 16);
  assert.equal(board.power(), STATUS.Ok);
  board.run(100);
});

function put(key: string, document: string, ttl = 0, tags = ""): number {
  const status = board.call("db_put", key, document, tags, ttl);
  board.run(20);
  return status;
}

function text(row: "db_key" | "db_error"): string {
  const out = new Uint8Array(128);
  const length = board.call(row, { out });
  return Buffer.from(out.subarray(0, length)).toString();
}

const get = (key: string, part?: number): string | number => getDocument(board, key, part);
const ask = (condition: string): FoundDocument[] | number => askDatabase(board, condition);

describe("kernel/database", () => {
  it("puts, reads in parts, changes, removes", () => {
    const long = `{"text":"${"é".repeat(100)}"}`;
    assert.equal(put("k", long, 60, '["t"]'), STATUS.Ok);
    assert.equal(get("k"), long.replace("{", '{"_tags":["t"],'));
    assert.equal(board.call("db_update", "k", '{"$set":{"text":1},"$inc":{"n":2}}', ""), STATUS.Ok);
    assert.equal(get("k"), '{"n":2,"_tags":["t"],"text":1}');
    const info = new Uint8Array(16);
    assert.equal(board.call("db_info", "k", { out: info }), STATUS.Ok);
    assert.equal(new DataView(info.buffer).getUint32(0, true), 30);
    assert.ok(Math.abs(new DataView(info.buffer).getInt32(4, true) - 60) <= 1);
    const version = info.slice(8);
    assert.equal(board.call("db_update", "k", '{"$inc":{"n":1}}', version), STATUS.Ok);
    assert.equal(board.call("db_update", "k", '{"$inc":{"n":1}}', version), STATUS.Refused);
    assert.equal(board.call("db_delete", "k"), 1);
    assert.equal(board.call("db_delete", "k"), 0);
    assert.equal(get("k"), STATUS.NotFound);
  });

  it("M13: generated keys carry the time of day, and go on behind a restart", () => {
    assert.equal(put("", "{}", 5), STATUS.Ok);
    const [seconds, ttl, counter] = text("db_key").split(":");
    assert.ok(Math.abs(Number(seconds) - board.wallMs / 1000) < 2);
    assert.equal(ttl, "5");
    assert.equal(counter, "00000");
    board.power();
    board.run(20);
    put("", "{}", 5);
    assert.ok(text("db_key") > `${seconds}:5:${counter}`);
  });

  it("takes a document of 8 KB in parts", () => {
    const document = `{"t":"${"x".repeat(8184)}"}`;
    assert.equal(board.call("db_begin", "k", 8192, 0), STATUS.Ok);
    assert.equal(board.call("db_put", "l", "{}", "", 0), STATUS.Busy);
    for (let at = 0; at < 8192; at += 500) assert.equal(board.call("db_write", document.slice(at, at + 500)), STATUS.Ok);
    assert.equal(board.call("db_commit"), STATUS.Ok);
    board.run(50);
    assert.equal(get("k", 440), document);
    assert.equal(board.call("db_begin", "k", 8193, 0), STATUS.TooLarge);
    assert.equal(text("db_error"), "Data too large: maximum size is 8KB after JSON serialization (limit 8192, size 8193)");
  });

  it("asks, and gives results with keys, TTL and fields, 16 records a call", () => {
    for (let i = 0; i < 40; i++)
      assert.equal(put(`k${String(i).padStart(2, "0")}`, `{"n":${i},"o":{"p":"${i}"}}`, 1000, i % 20 === 0 ? '["t"]' : ""), STATUS.Ok);
    const tagged = ask('{"tags":"t","$fields":["o.p"]}');
    assert.ok(Array.isArray(tagged));
    assert.deepEqual(
      tagged.map(({ key, text: each }) => [key, each]),
      [
        ["k00", '{"o.p":"0"}'],
        ["k20", '{"o.p":"20"}'],
      ],
    );
    assert.ok(tagged.every(({ ttl }) => ttl > 990 && ttl <= 1000));
    const last = ask('{"n":39}');
    assert.ok(Array.isArray(last) && last.length === 1 && last[0]!.pauses === 2, "one of 40, without an index");
    assert.deepEqual(ask('{"n":{"$gt":100}}'), []);
    assert.equal(ask('{"n":{"$foo":1}}'), STATUS.BadQuery);
    assert.equal(text("db_error"), 'BAD_QUERY: not understood from "$foo" at 6');
  });

  it("sums up a path", () => {
    for (let i = 0; i < 20; i++) put(`k${i}`, `{"n":${i}}`);
    assert.equal(board.call("db_aggregate", '{"n":{"$lt":10}}', "n"), STATUS.Ok);
    const out = new Uint8Array(40);
    let status;
    do status = board.call("db_aggregate_next", { out });
    while (status === STATUS.Busy);
    const sums = new DataView(out.buffer);
    assert.equal(status, STATUS.Ok);
    assert.deepEqual([sums.getUint32(0, true), sums.getUint32(4, true)], [10, 10]);
    assert.deepEqual(
      [8, 16, 24].map((at) => sums.getFloat64(at, true)),
      [0, 9, 45],
    );
    assert.equal(sums.getBigInt64(32, true), 45n);
  });

  it("batches are whole or not at all", () => {
    assert.equal(board.call("db_batch_begin"), STATUS.Ok);
    assert.equal(put("a", "{}"), STATUS.Ok);
    assert.equal(put("b", "{"), STATUS.Invalid);
    assert.equal(board.call("db_batch_commit"), STATUS.Invalid);
    assert.equal(get("a"), STATUS.NotFound);
    const keys = new Uint8Array(100);
    assert.equal(board.call("db_put_list", "[{},{}]", "[1]", { out: keys }), STATUS.Invalid);
    assert.equal(text("db_error"), "TTL list must match the number of items");
    assert.equal(board.call("db_put_list", '[{"a":1},{"b":2}]', "", { out: keys }), 2);
    const first = Buffer.from(keys.subarray(1, 1 + keys[0]!)).toString();
    assert.equal(get(first), '{"a":1}');
    assert.equal(board.call("db_delete_list", keys.subarray(0, 2 * (1 + keys[0]!))), 2);
    assert.equal(get(first), STATUS.NotFound);
  });

  it("lines of an export come back", () => {
    put("k", '{"a":[1]}', 100);
    ask("{}");
    board.call("db_query", "{}");
    board.call("db_next", { out: new Uint8Array(88) });
    const line = String(inParts(30, (offset, out) => board.call("db_line", offset, { out })));
    assert.match(line, /^\{"key":"k","expiry":\d+,"document":\{"a":\[1\]\}\}\n$/);
    assert.equal(board.call("db_purge"), STATUS.Ok);
    assert.equal(get("k"), STATUS.NotFound);
    assert.equal(board.call("db_import", line), STATUS.Ok);
    assert.equal(get("k"), '{"a":[1]}');
  });

  it("documents leave when their time is up, and survive a restart until then", () => {
    put("k", "{}", 10);
    board.run(5000);
    board.power();
    board.run(20);
    assert.equal(get("k"), "{}");
    assert.equal(board.call("db_touch", "k", 2), STATUS.Ok);
    board.run(2000);
    assert.equal(get("k"), STATUS.NotFound);
    assert.equal(board.call("db_cleanup", 100), 1);
  });

  it("M4: documents whose time is up leave by themselves, as often as the configuration says", async () => {
    for (const seconds of [60, 300]) {
      board = await KernelBoard.make("database-plain", 16);
      if (seconds !== 60) board.config["store.sweepSeconds"] = String(seconds);
      board.power();
      board.run(1000);
      for (let i = 0; i < 10; i++) put(`k${i}`, "{}", 5);
      put("for ever", "{}");
      // Nobody can see them any more, but their flash is only free when they were swept: then nothing is left to clean up.
      board.run((seconds - 5) * 1000, 60_000);
      assert.equal(get("k1"), STATUS.NotFound);
      assert.equal(board.call("db_cleanup", 1), 1);
      board.run(10_000);
      assert.equal(board.call("db_cleanup", 100), 0);
      assert.equal(get("for ever"), "{}");
    }
  });

  it("S11: a TTL from before the clock was known goes on by it, though no app asks", () => {
    board.wallMs = -1;
    board.power();
    board.run(20);
    put("k", "{}", 100);
    board.run(40_000);
    board.wallMs = 1_800_000_000_000;
    board.run(1000);
    assert.equal(
      inParts(100, (offset, out) => board.call("db_get", "k", offset, { out })),
      "{}",
    );
    board.power();
    board.run(20);
    const info = new Uint8Array(16);
    assert.equal(board.call("db_info", "k", { out: info }), STATUS.Ok);
    const left = new DataView(info.buffer).getInt32(4, true);
    assert.ok(left >= 55 && left <= 60, `${left} s`);
  });

  it("S11: a change while the time of day is not known keeps a TTL by it, and so does an index that is declared then", () => {
    put("k", '{"n":1}', 1000);
    put("l", '{"n":2}', 1000);
    board.wallMs = -1;
    board.nowMs = 10_000;
    board.power();
    board.run(20);
    board.call("db_index", "n");
    assert.equal(board.call("db_update", "k", '{"$inc":{"n":5}}', ""), STATUS.Ok);
    board.run(500);
    assert.deepEqual(
      (ask('{"n":2}') as FoundDocument[]).map(({ key, ttl }) => [key, ttl]),
      [["l", 2 ** 31 - 1]],
    );
    board.wallMs = 1_700_000_000_000 + 400_000;
    board.run(1000);
    const found = ask("{}") as FoundDocument[];
    assert.deepEqual(
      found.map(({ key, text: each }) => [key, each]),
      [
        ["k", '{"n":6}'],
        ["l", '{"n":2}'],
      ],
    );
    for (const { key, ttl } of found) assert.ok(ttl >= 598 && ttl <= 600, `${key}: ${ttl} s`);
    board.run(600_000, 60_000);
    assert.deepEqual(ask("{}"), []);
  });

  it("tells of each refusal its own reason, and none of those before", () => {
    const out = new Uint8Array(100);
    board.call("db_put_list", "[{},{}]", "[1]", { out });
    assert.equal(text("db_error"), "TTL list must match the number of items");
    assert.equal(put("k", "{"), STATUS.Invalid);
    assert.equal(text("db_error"), `status ${STATUS.Invalid}`);
    assert.equal(board.call("db_begin", "k", 9000, 0), STATUS.TooLarge);
    assert.match(text("db_error"), /^Data too large/);
    assert.equal(put("k", `{"a":${"[".repeat(16)}${"]".repeat(16)}}`, 0, '["t"]'), STATUS.TooLarge);
    assert.equal(text("db_error"), `status ${STATUS.TooLarge}`);
    assert.equal(board.call("db_aggregate", "{}", 'a"b'), STATUS.Invalid);
    assert.equal(board.call("db_aggregate", "{}", "a\\u0062"), STATUS.Invalid);
  });

  it("RAM: as much for a question among 400 documents as among 4, and nothing above the heap is ever touched", async () => {
    board = await KernelBoard.make("database-plain", 64);
    board.power();
    board.run(100);
    const { heapUsed } = board.stats();
    const memory = board.kernel.memory.buffer.byteLength;
    board.bytes(heapUsed, memory - heapUsed).fill(0xa5);
    const globals = (): number[] => globalsOf(board.kernel).filter((value) => value >= heapUsed);
    const before = globals();
    board.call("db_index", "n");
    for (const documents of [4, 400]) {
      for (let i = 0; i < documents; i++) assert.equal(put(`k${i}`, `{"n":${i % 40},"t":"${"x".repeat(i % 60)}"}`, 0, `["t${i % 3}"]`), 0);
      const found = ['{"n":{"$lt":3}}', '{"tags":"t1"}', '{"$sort":{"t":-1,"n":1}}', '{"$or":[{"t":{"$contains":"xxx"}},{"n":1}]}'].map(
        (condition) => (ask(condition) as FoundDocument[]).length,
      );
      assert.deepEqual(found, documents === 4 ? [3, 1, 4, 2] : [30, 133, 400, 383]);
      assert.ok(board.bytes(heapUsed, memory - heapUsed).every((byte) => byte === 0xa5));
      assert.deepEqual(globals(), before);
    }
  });

  /** The words of an answer. */
  function words(row: "store_stats" | "store_verify", count: number, ...args: number[]): { status: number; words: number[] } {
    const out = new Uint8Array(count * 4);
    const status = board.call(row, ...args, { out });
    return { status, words: [...new Int32Array(out.buffer)] };
  }

  /** A verify to its end: records, damaged ones, entries astray; and how often it paused. */
  function verifyAll(): { found: number[]; pauses: number } {
    let { status, words: found } = words("store_verify", 3, 1);
    let pauses = 0;
    for (; status === STATUS.Busy; pauses++) {
      assert.ok(pauses < 100);
      ({ status, words: found } = words("store_verify", 3, 0));
    }
    assert.equal(status, STATUS.Ok);
    return { found, pauses };
  }

  it("B14, B12: tells records, used, free and reclaimable bytes, and the erases of its sectors", () => {
    board.call("db_index", "n");
    const told = (): number[] => {
      const { status, words: found } = words("store_stats", 8);
      assert.equal(status, STATUS.Ok);
      return found;
    };
    const before = told();
    for (let i = 0; i < 40; i++) put(`k${i}`, `{"n":${i},"t":"${"x".repeat(100)}"}`);
    const full = told();
    for (let i = 0; i < 20; i++) assert.equal(board.call("db_delete", `k${i}`), 1);
    board.run(50);
    const half = told();
    assert.equal(full[0]! - before[0]!, 40 + 1, "and the list of what is indexed");
    assert.equal(half[0], full[0]! - 20);
    assert.ok(full[1]! - before[1]! > 40 * 120 && full[2]! < before[2]! && half[1]! < full[1]! && half[2]! > full[2]!, `${full}`);
    assert.ok(half[3]! > full[3]!, `${half}`);
    assert.ok(half[4]! >= 0 && half[4]! <= half[5]! && half[6] === 0 && half[7] === 0, `${half}`);
    assert.equal(words("store_stats", 7).status, STATUS.TooLarge);
  });

  it("B11: verify finds nothing wrong, and one damaged document where there is one, some records a call", () => {
    board.call("db_index", "n");
    for (let i = 0; i < 40; i++) put(`k${i}`, `{"n":${i},"t":"number ${i}, with a text"}`, 0, '["t"]');
    board.run(100);
    const sound = verifyAll();
    assert.deepEqual(sound.found.slice(1), [0, 0]);
    assert.ok(sound.found[0]! >= 40 && sound.pauses >= 5, JSON.stringify(sound));
    const at = Buffer.from(board.flash).lastIndexOf("number 17, with");
    assert.ok(at > 0);
    board.flash[at]! ^= 4;
    assert.deepEqual(verifyAll().found, [sound.found[0]!, 1, 0]);
    assert.equal(get("k17"), STATUS.Corrupt);
    assert.ok(words("store_stats", 8).words[7]! > 0);
    assert.equal(get("k18"), '{"_tags":["t"],"n":18,"t":"number 18, with a text"}');
    assert.equal(words("store_verify", 2, 1).status, STATUS.TooLarge);
  });

  it("S24: an idle board wakes up once a minute", () => {
    put("k", "{}", 3000);
    board.run(1000);
    const { step } = board.kernel;
    let steps = 0;
    board.kernel = { ...board.kernel, step: (nowMs) => (steps++, step(nowMs)) };
    board.run(3_600_000, 60_000);
    assert.ok(steps >= 60 && steps < 70, `${steps} steps in an hour`);
  });

  it("an app that starts anew leaves nothing begun behind", () => {
    assert.equal(board.call("db_begin", "k", 10, 0), STATUS.Ok);
    board.kernel.app_started(1);
    assert.equal(put("k", "1"), STATUS.Ok);
    assert.equal(board.call("db_next", { out: new Uint8Array(88) }), STATUS.Closed);
  });

  it("a kernel without a store says so, once", async () => {
    const minimal = await KernelBoard.make("minimal-plain");
    minimal.power();
    assert.equal(minimal.call("db_put", "k", "{}", "", 0), STATUS.Unsupported);
    assert.equal(minimal.call("db_query", "{}"), STATUS.Unsupported);
    assert.deepEqual(minimal.logs.filter((line) => /database: not in this kernel/.test(line)).length, 1);
  });
});
