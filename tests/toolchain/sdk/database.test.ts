/** assembly/sdk/database.ts: an app whose database rows are answered by the kernel. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it, type TestContext } from "node:test";
import { ROOT } from "../../../toolchain/build/paths.js";
import { KernelBoard, type Row } from "../../fakes/kernelBoard.js";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor, refusal } from "../build/temporaryApp.js";

/** Signatures of the database's rows: `<i` is a span to read, `>i` one to write, `i` a number. */
const SIGNATURES = new Map(
  [...readFileSync(join(ROOT, "host/include/app_imports.def"), "utf8").matchAll(/^KERNEL_CALL\(((?:db|store)_\w+), "i\((.*)\)"\)/gm)].map(
    ([, name, signature]) => [name as Row, signature!.match(/[<>]?i/g) ?? []] as const,
  ),
);

function connect(app: AppBoard, kernel: KernelBoard): void {
  app.answers["time"] = ([at], memory) => {
    const view = new DataView(memory.buffer, memory.byteOffset + at!, 16);
    view.setBigInt64(0, BigInt(kernel.nowMs), true);
    view.setBigInt64(8, BigInt(kernel.wallMs), true);
    return 0;
  };
  for (const [row, parts] of SIGNATURES) {
    app.answers[row] = (args, memory) => {
      const given: (number | Uint8Array | { out: Uint8Array })[] = [];
      for (let at = 0, part = 0; part < parts.length; part++) {
        const span = parts[part] === "i" ? null : memory.subarray(args[at]!, args[at]! + args[at + 1]!);
        given.push(span === null ? args[at]! : parts[part] === ">i" ? { out: span } : span);
        at += span === null ? 1 : 2;
      }
      const result = kernel.call(row, ...given);
      kernel.run(5);
      return result;
    };
  }
}

const app = (setup: string, more = ""): string =>
  `import { Database, KEYS_PREFIX, KEYS_REVERSE, KEYS_UP_TO, log } from "wasmote";\nconst db = new Database();\n${more}
function results(): string { let all = ""; while (db.next()) all += db.resultKey() + "=" + db.text() + " "; return all; }
export function setup(): void { ${setup} }\n`;

describe("assembly/sdk/database.ts", () => {
  let kernel: KernelBoard;
  before(async () => {
    kernel = await KernelBoard.make("database-plain", 32);
  });

  /** What the app logged, its setup run on an empty store. */
  async function run(context: TestContext, setup: string, more = ""): Promise<string[]> {
    kernel.flash.fill(0xff);
    kernel.power();
    kernel.run(100);
    const board = await boardFor(context, {
      "app.ts": app(setup, more),
      "asconfig.json": '{"options":{"runtime":"minimal"},"wasmote":{"memoryBytes":61440}}',
    });
    connect(board, kernel);
    board.setup();
    return board.callsOf("log").map((call) => text(call.spans[0]));
  }

  it("B2, 5.8: lists keys by prefix and range, both ways", async (context) => {
    const said = await run(
      context,
      `db.put("a/1", "1"); db.put("a/2", "2"); db.put("b", "3");
       db.list("a/"); log(results());
       db.list(); log(results());
       db.keys("a/2", "b", KEYS_UP_TO); log(results());
       db.keys("a/", "", KEYS_PREFIX | KEYS_REVERSE); log(results());`,
    );
    assert.deepEqual(said, ["a/1=1 a/2=2 ", "a/1=1 a/2=2 b=3 ", "a/2=2 b=3 ", "a/2=2 a/1=1 "]);
  });

  it("B7, 5.8: counts and sums up", async (context) => {
    const said = await run(
      context,
      `for (let i = 0; i < 40; i++) db.put("k" + i.toString(), '{"n":' + i.toString() + "}");
       log(db.count().toString()); log(db.count('{"n":{"$gte":35}}').toString());
       log(db.aggregate('{"n":{"$lt":4}}', "n").toString());
       log(db.numbers.toString() + " " + db.least.toString() + " " + db.greatest.toString() + " " + db.sum.toString() + " " + db.integerSum.toString() + " " + db.average.toString());
       db.aggregate('{"$sort":{"n":-1},"$limit":2}', "n"); log(db.integerSum.toString());
       log(db.count('{"n":{"$foo":1}}').toString() + " " + db.error());`,
    );
    assert.deepEqual(said, ["40", "5", "true", "4 0.0 3.0 6.0 6 1.5", "77", '-14 BAD_QUERY: not understood from "$foo" at 6']);
  });

  it("B8: changes the version that was read, and no other", async (context) => {
    const said = await run(
      context,
      `db.put("k", '{"n":1}'); const seen = db.version("k");
       log(db.update("k", '{"$inc":{"n":1}}', seen).toString()); log(db.update("k", '{"$inc":{"n":1}}', seen).toString());
       db.get("k"); log(db.text()); log((db.version("k") > seen).toString());
       db.query("{}"); db.next(); log((db.resultVersion == db.version("k")).toString()); log(db.version("none").toString());`,
    );
    assert.deepEqual(said, ["0", "-10", '{"n":2}', "true", "true", "-6"]);
  });

  it("B1: an index that is declared is used", async (context) => {
    const said = await run(
      context,
      `log(db.index("n").toString()); for (let i = 0; i < 60; i++) db.put("k" + i.toString(), '{"n":' + i.toString() + "}");
       db.query('{"n":44}'); log(results());`,
    );
    assert.deepEqual(said, ["0", 'k44={"n":44} ']);
  });

  it("B11, B14: tells how full the store is, and whether all of it is sound", async (context) => {
    const said = await run(
      context,
      `for (let i = 0; i < 40; i++) db.put("k" + i.toString(), '{"n":' + i.toString() + "}");
       log(db.measure().toString() + " " + db.records.toString() + " " + (db.usedBytes > 1000 && db.freeBytes > 10000).toString());
       const free = db.freeBytes; for (let i = 0; i < 30; i++) db.remove("k" + i.toString());
       db.measure(); log((db.freeBytes > free && db.reclaimableBytes > 0).toString());
       log((db.eraseMin <= db.eraseMax).toString() + " " + db.badSectors.toString() + " " + db.damaged.toString() + " " + db.verify().toString());`,
    );
    assert.deepEqual(said, ["0 40 true", "true", "true 0 0 0"]);
  });

  it("B17: tells changes since a version, removals too", async (context) => {
    const more = `function changes(): string { let all = ""; while (db.nextChange()) all += (db.isRemoved ? "-" : "+") + db.resultKey() + " "; return all; }`;
    const said = await run(
      context,
      `db.put("a", "1"); db.put("b", "2"); db.remove("a"); log(changes()); log(changes());
       db.update("b", "{}"); db.put("c", "3", 60); log(changes()); log(db.status.toString());`,
      more,
    );
    assert.deepEqual(said, ["+a +b -a ", "", "+b +c ", "0"]);
  });

  it("B18: exports lines and takes them back", async (context) => {
    const said = await run(
      context,
      `db.put("a", '{"n":1}', 100); db.put("b", "[2]");
       let lines: string[] = []; db.query("{}"); while (db.next()) { db.readLine(0); lines.push(db.text()); }
       db.purge(); log(db.count().toString());
       for (let i = 0; i < lines.length; i++) log(db.importLine(lines[i]).toString());
       db.list(); log(results()); log((db.ttl("a") > 90).toString() + " " + db.ttl("b").toString()); log(db.importLine("no line").toString());`,
    );
    assert.deepEqual(said, ["0", "0", "0", 'a={"n":1} b=[2] ', "true -1", "-1"]);
  });

  it("B18: takes lines back that are longer than one call takes, and refuses those that are cut off or expired", async (context) => {
    const long = `{"t":"${"é".repeat(600)}","n":[1,{"document":2}]}`;
    const said = await run(
      context,
      `const long = ${JSON.stringify(long)}; const keys = ["plain", 'q"\\\\', "tab\\tin", "é😀"];
       for (let i = 0; i < keys.length; i++) log(db.put(keys[i], long, i == 1 ? 500 : 0).toString());
       let lines: string[] = []; db.query("{}");
       while (db.next()) { let at = 0; while (db.readLine(at) > 0) at = append(at); lines.push(String.UTF8.decodeUnsafe(changetype<usize>(bytes), at)); }
       db.purge();
       for (let i = 0; i < lines.length; i++) log(db.importLine(lines[i]).toString());
       for (let i = 0; i < keys.length; i++) { let at = 0; while (db.get(keys[i], at) > 0) at = append(at); log((String.UTF8.decodeUnsafe(changetype<usize>(bytes), at) == long).toString() + " " + (db.ttl(keys[i]) > 450).toString()); }
       const line = lines[0];
       log(db.importLine(line.substring(0, line.length - 3)).toString() + " " + db.importLine(line.replace("null", "1000")).toString());
       log(db.importLine(line.replace("null", "-5")).toString() + " " + db.importLine(line.replace('"plain"', '""')).toString() + " " + db.importLine(" " + line).toString());`,
      // A character may lie across two parts.
      `const bytes = new StaticArray<u8>(4096);
       function append(at: i32): i32 { memory.copy(changetype<usize>(bytes) + at, db.foundStart, db.foundLength); return at + db.foundLength; }`,
    );
    const times = (text: string, count: number): string[] => Array<string>(count).fill(text);
    assert.deepEqual(said, [...times("0", 8), "true false", "true true", ...times("true false", 2), "-1 -11", "-1 -12 -12"]);
  });

  it("M7: puts and removes lists, whole or not at all", async (context) => {
    const said = await run(
      context,
      `log(db.putAll('[{"a":1},{"a":2}]', "[60,0]").toString()); const first = db.keyOf(0); const second = db.keyOf(1);
       log((first < second).toString() + " " + db.ttl(second).toString());
       log(db.putAll('[{"a":1},{"a":2}]', "[60]").toString() + " " + db.error());
       log(db.count().toString()); log(db.removeAll([first, second, "none"]).toString()); log(db.count().toString());`,
    );
    // Keys of one second begin alike but for their TTL: "…:60:…" is behind "…:0:…".
    assert.deepEqual(said, ["2", "false -1", "-1 TTL list must match the number of items", "2", "2", "0"]);
  });

  it("S4: takes TTLs from 0 to 2^31 - 1, fractions rounded up, and nothing else", async (context) => {
    const said = await run(
      context,
      `const ttls: f64[] = [0.5, 0, 2147483647, -0.5, -1, 2147483647.5, NaN, Infinity];
       for (let i = 0; i < ttls.length; i++) { const status = db.put("k", "{}", ttls[i]); log(status.toString() + " " + db.ttl("k").toString()); db.remove("k"); }`,
    );
    assert.deepEqual(said, ["0 1", "0 -1", "0 2147483647", ...Array<string>(5).fill("-1 -6")]);
  });

  it("S1, S18: cleanup removes all whose time is up, or as many as asked; has tells why it did not find", async (context) => {
    const said = await run(
      context,
      `for (let i = 0; i < 40; i++) db.put("k" + i.toString(), "{}", 1);
       db.put("kept", "{}"); // Each call takes 5 ms here.
       for (let i = 0; i < 250; i++) db.has("kept");
       log(db.cleanup(3).toString()); log(db.cleanup().toString() + " " + db.cleanup().toString() + " " + db.count().toString());
       log(db.has("kept").toString() + " " + db.status.toString()); log(db.has("k1").toString() + " " + db.status.toString());
       log(db.has("").toString() + " " + db.status.toString());`,
    );
    assert.deepEqual(said, ["3", "37 0 1", "true 0", "false -6", "false -1"]);
  });

  it("S17: calls with arguments missing, of other types or too many do not compile", async (context) => {
    const wrong = [
      `db.put("k")`,
      `db.put("k", 5)`,
      `db.put()`,
      `db.remove()`,
      `db.put("k", "{}", 5, "[]", 1)`,
      `db.get(5)`,
      `db.update("k")`,
    ];
    for (const call of wrong) assert.match(await refusal(context, app(`${call};`)), /app\.ts/, call);
  });
});
