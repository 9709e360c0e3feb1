/**
 * Documents with an index and messages that wait, in one store of the kernel as it ships, through its rows: the power is cut in every
 * program and erase of a workload, clean and torn, and once more while it recovers; what is left is read by the second reader, too. A
 * failure names its case; WASMOTE_CASE plays it alone. The engines of a board play such a workload in tests/faults/database.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KernelBuild } from "../../../toolchain/build/kernels.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { Log } from "../../../toolchain/store/log.js";
import { verify } from "../../../toolchain/store/index.js";
import { recover } from "../../../toolchain/store/recovery.js";
import { regionOf } from "../../../toolchain/store/region.js";
import { BROKEN_DATABASE } from "../../faults/database/databasePrograms.js";
import { askDatabase } from "../../fakes/databaseRows.js";
import { FLAG, KernelBoard, PowerCut, STATUS, STORED } from "../../fakes/kernelBoard.js";
import { NorFlash } from "../../fakes/norFlash.js";

const SECTOR_BYTES = 4096;
const SECTORS = 9;
/** Overwrites before the workload: the log has gone round by then, and the workload meets checkpoints and erases. */
const WARM_UP = 960;
/** Ways in which one program or erase is cut: what is left of it is drawn anew. */
const FORMS = process.env["WASMOTE_LONG"] ? 8 : 4;
const ONLY = process.env["WASMOTE_CASE"];
const TRIES = 60;

type Document = Record<string, unknown>;

/** What an app was told: documents by key, texts of messages. */
interface State {
  documents: Map<string, Document>;
  messages: string[];
}

interface Operation {
  name: string;
  /** Calls the rows; a status. */
  run(board: KernelBoard): number;
  apply(state: State): void;
}

const document = (n: number, tag: string): Document => ({ n, i: n % 3, _tags: [tag], text: "x".repeat(n % 50) });

function put(key: string, n: number, tag: string, ttl = 0): Operation {
  const { _tags, ...rest } = document(n, tag);
  return {
    name: `put ${key}`,
    run: (board) => board.call("db_put", key, JSON.stringify(rest), JSON.stringify(_tags), ttl),
    apply: ({ documents }) => documents.set(key, document(n, tag)),
  };
}

function add(key: string, by: number): Operation {
  return {
    name: `update ${key}`,
    run: (board) => board.call("db_update", key, `{"$inc":{"n":${by}},"$set":{"_tags":["changed"]}}`, ""),
    apply: ({ documents }) => {
      const old = documents.get(key)!;
      documents.set(key, { ...old, n: (old["n"] as number) + by, _tags: ["changed"] });
    },
  };
}

function remove(key: string): Operation {
  return { name: `delete ${key}`, run: (board) => board.call("db_delete", key), apply: ({ documents }) => documents.delete(key) };
}

function publish(text: string): Operation {
  return {
    name: `publish ${text}`,
    run: (board) => {
      const { result } = board.publish("t", text, FLAG.offline | FLAG.qos1);
      return result === STORED ? STATUS.Ok : result;
    },
    apply: ({ messages }) => messages.push(text),
  };
}

/** All of it, or nothing. */
function batch(...parts: Operation[]): Operation {
  return {
    name: `batch of ${parts.map(({ name }) => name).join(", ")}`,
    run: (board) => {
      board.call("db_abort");
      let status = board.call("db_batch_begin");
      for (const part of parts) if (status >= 0) status = part.run(board);
      return status < 0 ? status : board.call("db_batch_commit");
    },
    apply: (state) => parts.forEach((part) => part.apply(state)),
  };
}

/** Time passes until what was put for 20 seconds is gone, and is swept. */
const expire: Operation = {
  name: "expire",
  run: (board) => {
    board.nowMs += 25_000;
    board.wallMs += 25_000;
    return board.call("db_cleanup", 100);
  },
  apply: ({ documents }) => void documents.delete("brief"),
};

const purge: Operation = { name: "purge", run: (board) => board.call("db_purge"), apply: ({ documents }) => documents.clear() };

const key = (n: number): string => `key/${String(n).padStart(2, "0")}`;

const WORKLOAD: Operation[] = [
  put(key(1), 11, "a"),
  publish("first"),
  add(key(2), 5),
  remove(key(3)),
  batch(put(key(4), 4, "b"), put("new/1", 40, "a"), add(key(5), 100), remove(key(6)), put("new/2", 41, "b")),
  publish("second"),
  put("brief", 7, "a", 20),
  add(key(2), 1),
  expire,
  batch(...Array.from({ length: 20 }, (_, n) => put(key(n), 60 + n, n % 2 === 0 ? "a" : "b"))),
  put(key(7), 200, "long"),
  publish("third"),
  remove(key(8)),
  add("new/1", -39),
  batch(remove("new/1"), remove("new/2")),
  ...Array.from({ length: 12 }, (_, n) => put(key(n), 90 + n, "late")),
  purge,
  put(key(1), 1, "a"),
  publish("fourth"),
];

/** Starts the kernel and what an app does first. */
function boot(board: KernelBoard): void {
  assert.equal(board.power(), STATUS.Ok);
  board.call("db_index", "n");
  board.run(50);
}

/** Plays one operation to its end. Returns its status. */
function perform(board: KernelBoard, operation: Operation): void {
  let status = operation.run(board);
  for (let i = 0; i < TRIES && status === STATUS.NoSpace; i++) {
    board.run(50);
    status = operation.run(board);
  }
  assert.ok(status >= 0, `${operation.name}: ${status}`);
}

const copyOf = ({ documents, messages }: State): State => ({ documents: new Map(documents), messages: [...messages] });

/** Text of all documents, members in order. */
function told(documents: Iterable<[string, Document]>): string {
  const inOrder = (each: Document): string => JSON.stringify(Object.fromEntries(Object.entries(each).sort()));
  return [...documents]
    .map(([name, each]) => `${name}=${inOrder(each)}`)
    .sort()
    .join("\n");
}

const keysOf = (board: KernelBoard, condition: string): string[] => {
  const found = askDatabase(board, condition);
  assert.ok(Array.isArray(found), `${condition}: ${String(found)}`);
  return found.map((each) => each.key).sort();
};

/** An index brings what looking at every document brings. */
function checkIndexes(board: KernelBoard): void {
  for (const condition of ['{"n":{"$gte":60}}', '{"n":{"$lt":12}}', '{"n":91}', '{"tags":"a"}', '{"tags":"changed"}']) {
    const looked = keysOf(board, `{"$or":[{"$and":[${condition},{"i":{"$gte":0}}]},{"i":"never"}]}`);
    assert.deepEqual(keysOf(board, condition), looked, condition);
  }
}

/** The second reader finds nothing wrong. */
function checkImage(flash: NorFlash): void {
  const { faults } = verify(recover(new Log(regionOf(Buffer.from(flash.bytes), "image", SECTOR_BYTES))));
  assert.deepEqual(faults, []);
}

/** Messages arrive in their order, none is missing, and the counters say so. Returns what arrived. */
function drain(board: KernelBoard): string[] {
  const { waiting } = board.stats();
  board.link = 2;
  board.call("client_start", 0);
  board.run(3000);
  const { waiting: left, deliveredTotal } = board.stats();
  const arrived = board.server.all("publish").map((packet) => packet.payload.toString());
  assert.deepEqual([left, deliveredTotal, arrived.length], [0, waiting, waiting]);
  return arrived;
}

/** The kernel on its flash after the power came back, which fails once more. */
function recoverFrom(board: KernelBoard, flash: NorFlash, secondCut: number): void {
  flash.powerOn();
  flash.cutAfter(secondCut);
  try {
    boot(board);
    perform(board, put("beside", secondCut, "a"));
    board.run(100);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  flash.powerOn();
  boot(board);
}

class Sweep {
  cuts = 0;
  cutErases = 0;
  private readonly start: State = { documents: new Map(), messages: [] };
  private readonly base = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(1));

  private constructor(
    private readonly kernel: string | KernelBuild,
    private readonly config: Record<string, string>,
  ) {}

  static async of(kernel: string | KernelBuild, config: Record<string, string> = {}): Promise<Sweep> {
    const sweep = new Sweep(kernel, config);
    const board = await sweep.boardOn(sweep.base);
    boot(board);
    for (let i = 0; i < WARM_UP; i++) {
      const operation = put(key(i % 20), i % 37, i % 3 === 0 ? "a" : "b");
      perform(board, operation);
      operation.apply(sweep.start);
      board.run(20);
    }
    return sweep;
  }

  private async boardOn(flash: NorFlash): Promise<KernelBoard> {
    const board = await KernelBoard.make(this.kernel, SECTORS);
    board.nor = flash;
    board.link = 0;
    Object.assign(board.config, this.config);
    return board;
  }

  /** Plays every cut there is. */
  async run(): Promise<void> {
    for (let at = 1, isOver = false; !isOver; at++) {
      for (let form = 0; form < FORMS && !isOver; form++) {
        const id = `${at}:${form}`;
        if (ONLY !== undefined && ONLY !== id) {
          isOver = at > Number(ONLY.split(":")[0]);
          continue;
        }
        try {
          isOver = !(await this.play(at, form));
        } catch (error) {
          throw new Error(`WASMOTE_CASE=${id}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
        this.cuts += Number(!isOver);
      }
    }
  }

  /** Plays the workload with a cut in its `at`-th program or erase. Returns whether there is one. */
  private async play(at: number, form: number): Promise<boolean> {
    const flash = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(at * 31 + form));
    flash.copyFrom(this.base);
    const board = await this.boardOn(flash);
    flash.cutAfter(at);
    let before = copyOf(this.start);
    let after = before;
    try {
      boot(board);
      for (const operation of WORKLOAD) {
        after = copyOf(before);
        operation.apply(after);
        perform(board, operation);
        before = after;
        board.run(20);
      }
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    if (!flash.isOff) return false;
    this.cutErases += Number(flash.isEraseCut);
    recoverFrom(board, flash, 1 + ((at * 7 + form) % 11));
    this.check(board, flash, before, after);
    return true;
  }

  private check(board: KernelBoard, flash: NorFlash, before: State, after: State): void {
    const found = askDatabase(board, "{}");
    assert.ok(Array.isArray(found), String(found));
    const content = told(found.filter((each) => each.key !== "beside").map((each) => [each.key, JSON.parse(each.text) as Document]));
    const state = content === told(after.documents) ? after : before;
    assert.equal(content, told(state.documents));
    checkIndexes(board);
    checkImage(flash);
    const arrived = drain(board).join();
    assert.ok(arrived === before.messages.join() || arrived === after.messages.join(), `arrived: ${arrived}`);
    perform(board, put("onward", 1, "a"));
    assert.ok(keysOf(board, '{"n":1}').includes("onward"));
  }
}

describe("kernel/database, power cuts", () => {
  it("keep documents, their index entries and messages whole, in order and counted, two cuts deep", async (test) => {
    const sweep = await Sweep.of("database-plain");
    await sweep.run();
    test.diagnostic(`${sweep.cuts} power cuts, ${sweep.cutErases} of them in an erase`);
    assert.ok(ONLY !== undefined || (sweep.cuts > 300 && sweep.cutErases > 0), `${sweep.cuts} cuts, ${sweep.cutErases} in an erase`);
  });

  for (const [broken, what] of [
    ["lazy", "does not wait for the flash"],
    ["eager", "commits a batch record by record"],
  ] as const) {
    it(`find a store that ${what}`, async (test) => {
      const sweep = await Sweep.of(BROKEN_DATABASE, { "test.broken": broken });
      await assert.rejects(sweep.run(), (error: Error) => {
        test.diagnostic(error.message);
        return /WASMOTE_CASE=\d+:\d+: /.test(error.message);
      });
    });
  }
});
