/** sdk/tendrl.ts from outside: what an app's options and calls become at the wall. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

/** An app with these options, that does this in setup. */
async function run(context: TestContext, options: string, setup: string): Promise<AppBoard> {
  const board = await boardFor(
    context,
    `import { Client, Options, QueueFull, TendrlMessage } from "wasmote/tendrl";
    const options = new Options();
    ${options}
    const client = new Client(options);
    function onMessage(message: TendrlMessage): i32 { return 0; }
    export function setup(): void { ${setup} }\n`,
  );
  board.answers["cloud_begin"] = () => 1;
  board.answers["cloud_commit"] = () => 1;
  board.setup();
  return board;
}

/** What cloud_set was called with: batch 0, heartbeat 1, watchdog 2, messages 3, full queue 4. */
const settings = (board: AppBoard): Record<number, number> =>
  Object.fromEntries(board.callsOf("cloud_set").map(({ args }) => [Number(args[0]), Number(args[1])]));
const starts = (board: AppBoard): number[] => board.callsOf("client_start").map(({ args }) => Number(args[0]));
/** Flags and TTL of each message. */
const messages = (board: AppBoard): number[][] => board.callsOf("cloud_begin").map(({ args }) => args.slice(3, 5).map(Number));

describe("assembly/sdk/tendrl.ts", () => {
  it("starts with the original's defaults, and links nothing of what they leave alone", async (context) => {
    const board = await run(context, "", "client.start();");
    assert.deepEqual(settings(board), { 0: 15, 1: 1, 3: 0, 4: 0 });
    assert.deepEqual(starts(board), [0]);
    assert.deepEqual([...new Set(board.calls.map(({ name }) => name))].sort(), ["client_start", "cloud_set"]);
  });

  it("sets the watchdog of the constructor, or the start's, at most a minute (D10)", async (context) => {
    for (const [constructed, started, expected] of [
      [30, "", 30],
      [30, "5", 5],
      [90, "", 60],
      [0, "1", 1],
      [0, "", undefined],
    ] as const) {
      const board = await run(context, `options.watchdog = ${constructed};`, `client.start(${started});`);
      assert.equal(settings(board)[2], expected, `${constructed}, ${started}`);
    }
  });

  it("turns off in unmanaged mode what only the managed one has", async (context) => {
    const unmanaged = await run(context, "options.managed = false; options.whenQueueFull = QueueFull.Spill;", "client.start();");
    assert.deepEqual([settings(unmanaged)[1], settings(unmanaged)[4], starts(unmanaged)], [0, 0, [1]]);
    const without = await run(context, "options.offlineStorage = false; options.whenQueueFull = QueueFull.Spill;", "client.start();");
    assert.deepEqual([settings(without)[1], settings(without)[4], starts(without)], [1, 0, [1]]);
    const spilling = await run(context, "options.whenQueueFull = QueueFull.Spill; options.maxBatchSize = 3;", "client.start();");
    assert.deepEqual([settings(spilling)[0], settings(spilling)[4]], [3, 2]);
  });

  it("says whether there is a callback, before or after the start", async (context) => {
    const before = await run(context, "", "client.setCallback(onMessage); client.start();");
    assert.equal(settings(before)[3], 1);
    const after = await run(context, "", "client.start(); client.setCallback(onMessage);");
    assert.deepEqual(
      after
        .callsOf("cloud_set")
        .filter(({ args }) => args[0] === 3)
        .map(({ args }) => args[1]),
      [0, 1],
    );
  });

  it("stores for a day, unless the call says for how long", async (context) => {
    const calls = [
      'client.publish("a", null, "", true);',
      'client.publish("a", null, "", true, 60);',
      'client.publish("a", null, "", true, 0);',
      'client.publish("a", null, "", false, 60);',
    ];
    const board = await run(context, "", `client.start(); ${calls.join(" ")}`);
    assert.deepEqual(messages(board), [
      [0x11, 86_400],
      [0x11, 60],
      [0x11, 0],
      [0x10, 0],
    ]);
  });

  it("empties a database in memory once, when it is used first", async (context) => {
    const twice = "client.start(); client.dbQuery(); client.dbQuery(); client.clientDb.put('k', '{}');";
    assert.equal((await run(context, "", twice)).callsOf("db_purge").length, 1);
    assert.equal((await run(context, "options.clientDbInMemory = false;", twice)).callsOf("db_purge").length, 0);
    assert.equal((await run(context, "options.clientDb = false;", twice)).callsOf("db_purge").length, 0);
  });

  it("does not start what its options do not allow, and says why in the original's words", async (context) => {
    const board = await run(context, "", 'options.mode = "async"; options.eventLoop = false; new Client(options).start();');
    assert.deepEqual(starts(board), []);
    assert.deepEqual(
      board.callsOf("log").map(({ spans }) => text(spans[0])),
      ["Asyncio module is required for async mode"],
    );
  });

  it("logs its starts and stops where debug asks for it, else nothing", async (context) => {
    const logs = async (options: string): Promise<string[]> =>
      (await run(context, options, "client.start(); client.stop();")).callsOf("log").map(({ spans }) => text(spans[0]));
    assert.deepEqual(await logs("options.debug = true;"), ["started", "stopped"]);
    assert.deepEqual(await logs(""), []);
  });
});
