import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

const app = (setup: string, more = ""): string =>
  `import { after, cancel, every, log } from "wasmote";\n${more}\nexport function setup(): void { ${setup} }\n`;
const say = (word: string): string => `() => { log("${word}"); }`;

function run(board: AppBoard, times: number[]): [number, string, number][] {
  return times.map((now) => {
    const before = board.callsOf("log").length;
    const next = board.step(now);
    const said = board
      .callsOf("log")
      .slice(before)
      .map((call) => text(call.spans[0]));
    return [now, said.join(" "), next];
  });
}

describe("assembly/sdk/timer.ts", () => {
  it("runs every and after when they are due, and tells when to come back", async (context) => {
    const board = await boardFor(context, app(`every(100, ${say("e")}); after(250, ${say("a")}); after(0, ${say("now")});`));
    board.setup();
    assert.deepEqual(run(board, [5000, 5099, 5100, 5200, 5250, 5300]), [
      [5000, "now", 100],
      [5099, "", 1],
      [5100, "e", 100],
      [5200, "e", 50],
      [5250, "a", 50],
      [5300, "e", 100],
    ]);
  });

  it("does not make up for missed turns, and keeps its beat when only a little late", async (context) => {
    const board = await boardFor(context, app(`every(100, ${say("e")});`));
    board.setup();
    assert.deepEqual(run(board, [0, 130, 200, 950, 1050]), [
      [0, "", 100],
      [130, "e", 70],
      [200, "e", 100],
      [950, "e", 100],
      [1050, "e", 100],
    ]);
  });

  it("lets callbacks set and cancel timers, their own included", async (context) => {
    const more = `let own: i32 = 0; let turns: i32 = 0;
      function turn(): void { log("turn"); if (++turns == 2) log("cancel " + cancel(own).toString()); else after(30, ${say("later")}); }`;
    const board = await boardFor(context, app("own = every(50, turn);", more));
    board.setup();
    assert.deepEqual(run(board, [0, 50, 80, 100, 150]), [
      [0, "", 50],
      [50, "turn", 30],
      [80, "later", 20],
      [100, "turn cancel 0", 60_000],
      [150, "", 60_000],
    ]);
  });

  it("knows a handle of a timer that has ended from one of its successor", async (context) => {
    const more = "let first: i32 = 0;";
    const board = await boardFor(
      context,
      app(`first = after(5, () => { every(10, ${say("second")}); log(cancel(first).toString()); });`, more),
    );
    board.setup();
    assert.deepEqual(run(board, [0, 5, 15]), [
      [0, "", 5],
      [5, "-6", 10],
      [15, "second", 10],
    ]);
  });

  it("has eight, and says when there is no ninth", async (context) => {
    const board = await boardFor(
      context,
      app(
        `for (let i = 0; i < 9; i++) log((every(10, ${say("x")}) < 0).toString()); log(every(0, ${say("y")}).toString()); log(after(-1, ${say("z")}).toString()); log(cancel(-1).toString());`,
      ),
    );
    board.setup();
    const said = board.callsOf("log").map((call) => text(call.spans[0]));
    assert.deepEqual(said, [...Array<string>(8).fill("false"), "true", "-1", "-1", "-6"]);
  });

  it("is exact over the whole range of the clock", async (context) => {
    const board = await boardFor(context, app(`every(2147483647, ${say("e")});`));
    board.setup();
    assert.deepEqual(run(board, [2 ** 33, 2 ** 33 + 2147483646, 2 ** 33 + 2147483647]), [
      [2 ** 33, "", 60_000],
      [2 ** 33 + 2147483646, "", 1],
      [2 ** 33 + 2147483647, "e", 60_000],
    ]);
  });
});
