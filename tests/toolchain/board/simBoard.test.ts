import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { SimBoard, type SimBoardOptions, SimulatorRefused } from "../../../toolchain/board/simBoard.js";

const FAKE = fileURLToPath(new URL("../../fakes/fakeSimulator.mjs", import.meta.url));

describe("toolchain/board/simBoard", () => {
  let folder: string;
  let board: SimBoard | null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-board-"));
    board = null;
  });
  afterEach(async () => {
    await board?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(changes: Partial<SimBoardOptions> = {}): Promise<SimBoard> {
    board = await SimBoard.start({ simulator: FAKE, kernel: "k.wasm", app: "a.wasm", flash: join(folder, "flash.img"), ...changes });
    return board;
  }

  /** Makes the fake print a line, and waits for the event of it. */
  async function told(text: string, name: Parameters<SimBoard["waitFor"]>[0]): Promise<unknown> {
    const awaited = board!.waitFor(name);
    board!.swapApp(`say ${text}`);
    return awaited;
  }

  async function commandsOf(act: (board: SimBoard) => void, last: string): Promise<string[]> {
    const one = await start();
    const awaited = one.waitFor("error", ({ message }) => message === `command ${last}`);
    act(one);
    await awaited;
    return one.events.flatMap((event) => (event.event === "error" && event.message.startsWith("command ") ? [event.message.slice(8)] : []));
  }

  it("starts the simulator with what it was given, traced", async () => {
    const one = await start({ statusMs: 250, seed: 7, clock: "stepped", replay: "r.csv", logLevel: "debug", resetFlash: true });
    const told = one.events.find((event) => event.event === "error");
    assert.equal(
      told?.message,
      `arguments --kernel k.wasm --app a.wasm --flash ${join(folder, "flash.img")} --trace --reset-flash --status-ms 250 --replay r.csv --log-level debug --clock stepped --seed 7`,
    );
  });

  it("writes the configuration into the flash before it starts", async () => {
    await start({ config: { mqtt: { host: "example" } } });
    const flash = readFileSync(join(folder, "flash.img"));
    assert.equal(flash.subarray(0x360000, 0x360004).toString(), "WMCF");
    assert.equal(flash[0], 0xff);
    assert.equal(flash[0x364000], 0xff);
  });

  it("sends each command as one line", async () => {
    const commands = await commandsOf((one) => {
      one.link("down");
      one.powerCut("torn", 200);
      one.powerCutAfter(3, "clean");
      one.power("off");
      one.gpio(4, 1);
      one.adc(0, 1650);
      one.advanceClock(500);
      one.setWallClock(1732374523123);
      one.setWallClock("unset");
    }, "clock wall unset");
    assert.deepEqual(commands, [
      "link down",
      "power-cut torn 200",
      "power-cut-after 3 clean 0",
      "power off",
      "gpio 4 1",
      "adc 0 1650",
      "clock +500",
      "clock wall 1732374523123",
      "clock wall unset",
    ]);
  });

  it("collects accepted readings and counts resets", async () => {
    const one = await start();
    assert.equal(one.resets, 0);
    await told('{"event":"accepted","sequence":"17"}', "accepted");
    await told('{"event":"boot","reason":"watchdog","boots":3}', "boot");
    assert.deepEqual(
      one.accepted.map(({ sequence }) => sequence),
      [17],
    );
    assert.equal(one.resets, 2);
  });

  it("waits for a status that fits, and takes one that it has", async () => {
    const one = await start();
    await told('{"event":"status","waiting":5}', "status");
    assert.equal((await one.waitForStatus((status) => status.waiting === 5)).waiting, 5);
    assert.equal((await one.waitForStatus((status) => status.waiting === 0)).client, "connected");
    assert.equal((await one.freshStatus()).uptimeMs, 5);
  });

  it("turns lines that are no events into errors that show them", async () => {
    const one = await start();
    for (const line of ["not json", '{"event":"unheard"}', "[]", "null"]) {
      const event = (await told(line, "error")) as { message: string };
      assert.match(event.message, /^simulator: found .*, expected one/);
    }
    assert.equal(one.isRunning, true);
  });

  it("says what was awaited, and what was seen, when nothing comes in time", async () => {
    const one = await start();
    await assert.rejects(one.waitFor("gpio", undefined, 20), /no fitting "gpio" event within 20 ms; last events: .*boot/);
  });

  it("rejects those who wait when the simulator ends, and those who come later", async () => {
    const one = await start();
    const awaited = assert.rejects(one.waitFor("gpio"), /simulator ended with 3 while "gpio" was awaited/);
    one.swapApp("end 3");
    await awaited;
    assert.equal(await one.exited, 3);
    await assert.rejects(one.waitFor("gpio"), /simulator has ended/);
    one.link("up");
  });

  it("does not start when the simulator does not: with its log", async () => {
    await assert.rejects(start({ logLevel: "error" }), /simulator ended with 69 while "boot" was awaited[\s\S]*no kernel here/);
    await assert.rejects(start({ simulator: join(folder, "none") }), /none: spawn .*ENOENT/);
  });

  it("passes on in the simulator's words what it refuses", async () => {
    await assert.rejects(
      start({ replay: "refused.csv" }),
      (error) => error instanceof SimulatorRefused && error.message === "no such recording",
    );
  });

  it("quits with the simulator's exit code, twice if asked twice", async () => {
    const one = await start();
    assert.equal(await one.quit(), 0);
    assert.equal(await one.quit(), 0);
    assert.equal(one.isRunning, false);
  });

  it("kills a simulator that does not hear", async () => {
    const one = await start();
    one.swapApp("deaf");
    await one.kill();
    assert.equal(await one.exited, null);
  });
});
