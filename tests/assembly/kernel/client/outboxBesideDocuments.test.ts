/** kernel/client/outbox in a store that documents share: quota, order, time to live, cap and counters. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { askDatabase } from "../../../fakes/databaseRows.js";
import { FLAG, KernelBoard, STATUS, STORED } from "../../../fakes/kernelBoard.js";

const SECTORS = 16;
const SECTOR_BYTES = 4096;
const OFFLINE = FLAG.offline | FLAG.qos1;
/** A record: header, checksum, key and what is charged beside; a message has a head of 20 bytes and its topic. */
const RECORD_BYTES = 16;
const MESSAGE_HEAD_BYTES = 21;
/** Refusals in a row, each followed by all work that waits. */
const FULL_AFTER = 20;

let board: KernelBoard;

async function start(config: Record<string, string> = {}): Promise<void> {
  board = await KernelBoard.make("database-plain", SECTORS);
  Object.assign(board.config, config);
  board.link = 0;
  reset();
}

function reset(): void {
  assert.equal(board.power(), STATUS.Ok);
  board.run(200);
}

function put(key: string, bytes: number): number {
  const status = board.call("db_put", key, `{"t":"${"x".repeat(bytes)}"}`, "", 0);
  board.run(20);
  return status;
}

function store(payload: string, ttl = 0): number {
  const { result } = board.publish("t", payload, OFFLINE, ttl);
  board.run(20);
  return result;
}

/** Does it until it is refused for good. Returns how often it was not. */
function untilFull(act: (n: number) => boolean): number {
  let done = 0;
  for (let refused = 0; refused < FULL_AFTER; refused++) {
    if (!act(done)) continue;
    done++;
    refused = -1;
  }
  return done;
}

function fillWithDocuments(): number {
  const count = untilFull((n) => put(`d${n}`, 200) === STATUS.Ok);
  assert.ok(count > 30, `${count} documents`);
  return count;
}

function drain(): string[] {
  board.link = 2;
  board.call("client_start", 0);
  board.run(20_000);
  return board.server.all("publish").map((packet) => packet.payload.toString());
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe("kernel/client/outbox beside documents", () => {
  beforeEach(() => start());

  for (const bytes of [30, 100, 900]) {
    it(`has a quarter of the partition that documents cannot eat, and delivers all of it in order: messages of ${bytes} bytes`, () => {
      const documents = fillWithDocuments();
      const messages = untilFull((n) => store(String(n).padEnd(bytes, "-")) === STORED);
      const charged = Math.ceil((RECORD_BYTES + MESSAGE_HEAD_BYTES + bytes) / 16) * 16;
      assert.ok(messages * charged >= (SECTORS * SECTOR_BYTES) / 4 - charged, `${messages} messages of ${charged} bytes`);
      reset();
      assert.equal((askDatabase(board, "{}") as unknown[]).length, documents);
      const arrived = drain();
      assert.deepEqual(
        arrived.map((text) => text.replace(/-+$/, "")),
        numbers(messages),
      );
      assert.equal(put("one more", 200), STATUS.NoSpace, "what messages leave is theirs");
    });
  }

  it("leaves to documents what its cap does not give it", async () => {
    const cap = 8192;
    await start({ "store.capBytes": String(cap) });
    const messages = untilFull((n) => store(String(n).padEnd(100, "-")) === STORED);
    assert.ok(messages > 20 && messages * 100 <= cap, `${messages} messages`);
    fillWithDocuments();
    assert.equal(store("one more".padEnd(100, "-")), STATUS.NoSpace);
    assert.equal(drain().length, messages);
    assert.equal(store("there is room again"), STORED);
  });

  it("keeps messages in order, and documents as they were changed last, whatever is written between them and over resets", () => {
    const count = 120;
    const last = new Map<string, number>();
    for (let n = 0; n < count; n++) {
      assert.equal(store(String(n)), STORED);
      last.set(`d${n % 7}`, n);
      assert.equal(board.call("db_put", `d${n % 7}`, `{"n":${n}}`, '["a"]', 0), STATUS.Ok);
      if (n % 11 === 0) assert.equal(board.call("db_delete", `d${(n + 3) % 7}`), Number(last.delete(`d${(n + 3) % 7}`)));
      board.run(20);
      if (n % 29 === 28) reset();
    }
    assert.deepEqual(drain(), numbers(count));
    const found = askDatabase(board, '{"tags":"a"}');
    assert.ok(Array.isArray(found));
    assert.deepEqual(new Map(found.map(({ key, text }) => [key, (JSON.parse(text) as { n: number }).n])), new Map([...last].sort()));
  });

  it("lets messages expire, not documents, and documents, not messages", () => {
    for (let n = 0; n < 5; n++) assert.equal(store(`brief ${n}`, 60), STORED);
    assert.equal(store("kept"), STORED);
    assert.equal(board.call("db_put", "brief", "{}", "", 60), STATUS.Ok);
    assert.equal(board.call("db_put", "kept", "{}", "", 0), STATUS.Ok);
    board.run(61_000, 1000);
    reset();
    assert.deepEqual(drain(), ["kept"]);
    assert.deepEqual(
      (askDatabase(board, "{}") as { key: string }[]).map(({ key }) => key),
      ["kept"],
    );
    const { expiredTotal, deliveredTotal, waiting } = board.stats();
    assert.deepEqual([expiredTotal, deliveredTotal, waiting], [5, 1, 0]);
  });

  it("stores no message that would go with a batch of documents: it is refused until that has ended, however it ends", () => {
    const endings: [string, () => unknown][] = [
      ["committed", () => board.call("db_batch_commit")],
      ["aborted", () => board.call("db_abort")],
      ["refused", () => board.call("db_put", "b", "{", "", 0)],
      ["the app starts anew", () => board.kernel.app_started(1)],
      ["power", () => reset()],
    ];
    for (const [name, end] of endings) {
      const { waiting } = board.stats();
      assert.equal(board.call("db_batch_begin"), STATUS.Ok, name);
      assert.equal(put("a", 10), STATUS.Ok);
      assert.equal(store("not now"), STATUS.Busy, name);
      end();
      assert.equal(store(name), STORED, name);
      reset();
      assert.equal(board.stats().waiting, waiting + 1, name);
      assert.equal(board.call("db_delete", "a"), Number(name === "committed"), name);
    }
    assert.deepEqual(
      drain(),
      endings.map(([name]) => name),
    );
  });

  it("removes what arrived while a batch is begun when that has ended, and counts it once", () => {
    assert.equal(store("1"), STORED);
    assert.equal(board.call("db_batch_begin"), STATUS.Ok);
    assert.equal(put("a", 10), STATUS.Ok);
    assert.deepEqual(drain(), ["1"]);
    assert.equal(board.call("db_abort"), STATUS.Ok);
    board.run(100);
    for (let round = 0; round < 2; round++) {
      const { waiting, deliveredTotal, storedTotal } = board.stats();
      assert.deepEqual([waiting, deliveredTotal, storedTotal], [0, 1, 1]);
      reset();
    }
  });

  it("takes no batch and no change while a message is begun, and none is left begun when nothing was begun in it", () => {
    assert.equal(put("b", 10), STATUS.Ok);
    const handle = board.call("publish_begin", "t", 1, OFFLINE, 0);
    assert.ok(handle >= 0, `${handle}`);
    assert.equal(board.call("db_batch_begin"), STATUS.Busy);
    assert.equal(put("a", 10), STATUS.Busy);
    for (const row of ["db_delete", "db_touch", "db_update"] as const)
      assert.equal(board.call(row, "b", row === "db_touch" ? 5 : "{}", ""), STATUS.Busy, row);
    assert.equal(board.call("db_purge"), STATUS.Busy);
    assert.equal(board.call("publish_write", handle, "1"), STATUS.Ok);
    assert.equal(board.call("publish_commit", handle, { out: new Uint8Array(8) }), STORED);
    board.run(20);
    assert.equal(board.call("db_batch_begin"), STATUS.Ok);
    assert.equal(board.call("db_abort"), STATUS.Ok);
    assert.equal(put("a", 10), STATUS.Ok);
    reset();
    assert.equal(board.call("db_delete", "a"), 1);
    assert.deepEqual(drain(), ["1"]);
  });

  it("counts messages and not documents, over a reset, a purge of the documents, and a checkpoint between", () => {
    const counted = (): number[] => {
      const { storedTotal, deliveredTotal, expiredTotal, evictedTotal, waiting } = board.stats();
      return [storedTotal, deliveredTotal, expiredTotal, evictedTotal, waiting];
    };
    for (let n = 0; n < 10; n++) store(String(n));
    for (let n = 0; n < 300; n++) assert.equal(put(`d${n % 20}`, 50), STATUS.Ok);
    assert.deepEqual(counted(), [10, 0, 0, 0, 10]);
    assert.equal(board.call("db_purge"), STATUS.Ok);
    reset();
    assert.deepEqual(counted(), [10, 0, 0, 0, 10]);
    assert.equal(drain().length, 10);
    for (let n = 0; n < 300; n++) assert.equal(put(`d${n % 20}`, 50), STATUS.Ok);
    reset();
    assert.deepEqual(counted(), [10, 10, 0, 0, 0]);
  });
});
