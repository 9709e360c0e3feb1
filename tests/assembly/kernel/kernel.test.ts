/** The kernels as wholes: their memory, their builds, and the syscalls that are not somebody else's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KERNELS, parseKernelName } from "../../../toolchain/build/kernels.js";
import { globalsOf } from "../../fakes/kernelModule.js";
import { FLAG, KernelBoard, ROWS, STATE, STATS, STATUS, STORED } from "../../fakes/kernelBoard.js";
import { tendrlBoard } from "./tendrl/tendrlBoard.js";

/** Of a board's partition of 512 KB: the store takes 8 bytes of RAM for each. */
const SECTORS = 128;
const ALL = FLAG.offline | FLAG.qos1 | FLAG.envelope;

/** Everything a kernel does, a few hundred times, with breaks. */
function exercise(board: KernelBoard): void {
  const schema = Buffer.from([10, 1, 0x74]);
  const values = Buffer.alloc(4);
  board.call("subscribe", "cmd/#", 1);
  for (let i = 0; i < 300; i++) {
    const stream = board.call("stream_open", `s${i % 3}`, '"k":1', schema, i % 2 ? ALL : FLAG.qos1, 60);
    values.writeFloatLE(i / 7);
    board.call("stream_publish", stream, values, { out: new Uint8Array(8) });
    board.publish("t", `${i}`, i % 2 ? FLAG.qos1 : 0);
    board.server.send({ cmd: "publish", topic: "cmd/x", payload: `${i}`, qos: 1, messageId: i + 1, dup: false, retain: false });
    board.run(50);
    while (board.receive());
    if (i % 50 === 49) {
      board.server.close();
      board.kernel.app_started(i);
    }
    board.run(i % 50 === 49 ? 3_000 : 50, 100);
  }
}

/** A board at the cloud of its kernel. */
function boardOf(kernel: string): Promise<KernelBoard> {
  return parseKernelName(kernel)!.cloud === "tendrl" ? tendrlBoard(kernel, {}, SECTORS) : KernelBoard.make(kernel, SECTORS);
}

for (const { name, memoryBytes } of KERNELS) {
  describe(`kernel ${name}`, () => {
    it("fits its memory, and allocates nothing after set-up", async () => {
      const board = await boardOf(name);
      assert.equal(board.power(), STATUS.Ok);
      board.call("client_start", 0);
      board.run(1_000);
      const { heapUsed } = board.stats();
      assert.ok(heapUsed > 0 && heapUsed <= memoryBytes, `${heapUsed} of ${memoryBytes}`);
      const heapTops = (): number[] => globalsOf(board.kernel).filter((value) => value >= heapUsed && value <= memoryBytes);
      const before = heapTops();
      // The allocator's next address is a global, where there is an allocator: only the store is made on the board.
      assert.equal(before.length > 0, !name.startsWith("minimal-"));
      exercise(board);
      assert.deepEqual(heapTops(), before);
      assert.ok(board.stats().connects > 3);
    });

    it("touches nothing above its memory", async () => {
      const board = await boardOf(name);
      board.power();
      board.bytes(memoryBytes, 65536 - memoryBytes).fill(0xa5);
      board.call("client_start", 0);
      exercise(board);
      assert.ok(board.bytes(memoryBytes, 65536 - memoryBytes).every((byte) => byte === 0xa5));
    });

    it("speaks ABI 1 through an aligned exchange buffer", async () => {
      const board = await KernelBoard.make(name);
      board.power();
      assert.equal(board.kernel.abi_version(), 1);
      assert.equal(board.kernel.exchange() % 8, 0);
      assert.ok(board.kernel.exchange() + 512 <= memoryBytes);
    });
  });
}

describe("kernel/kernel", () => {
  it("does not run on a store of an unknown format, and leaves it as it is", async () => {
    const board = await KernelBoard.make();
    for (const byte of [0x00, 0x20, 0xa5]) {
      board.flash.fill(byte);
      assert.equal(board.power(), STATUS.Corrupt);
      board.run(1000); // a host must not step it; if one does, nothing is touched either
      assert.ok(board.flash.every((each) => each === byte));
    }
    assert.match(board.logs.join("\n"), /store: the partition holds something else; left as it is/);
  });

  it("does not run on a flash that cannot be read", async () => {
    const board = await KernelBoard.make();
    board.flashReadFails = STATUS.Io;
    assert.equal(board.power(), STATUS.Io);
    assert.match(board.logs.join("\n"), /store does not mount, status -4/);
  });

  it("starts with a bad configuration, and keeps what is stored", async () => {
    const board = await KernelBoard.make();
    board.power();
    assert.equal(board.publish("t", "x", ALL).result, STORED);
    board.config["mqtt.port"] = "none";
    assert.equal(board.power(), STATUS.Ok);
    assert.deepEqual([board.stats().waiting, board.stats().clientState], [1, STATE.Stopped]);
  });

  it("leaves offline storage out of the minimal kernel, and says so", async () => {
    const board = await KernelBoard.online("minimal-plain");
    const told = (): number => board.logs.filter((line) => /^publish refused: no store/.test(line)).length;
    assert.equal(told(), 0);
    assert.equal(board.publish("t", "x", ALL).result, STATUS.Unsupported);
    assert.equal(board.publish("t", "x", ALL).result, STATUS.Unsupported);
    assert.equal(told(), 1);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("sets the watchdog from the configuration: 8 s unless that says a number from 1 to 60", async () => {
    for (const [configured, expected] of [
      [undefined, 8],
      ["20", 20],
      ["0", 8],
      ["61", 8],
      ["soon", 8],
    ] as const) {
      const board = await KernelBoard.make();
      if (configured !== undefined) board.config["device.watchdogSeconds"] = configured;
      board.power();
      assert.equal(board.watchdogSeconds, expected);
    }
  });
});

describe("kernel/syscalls", () => {
  it("tells the time", async () => {
    const board = await KernelBoard.online();
    const time = new Uint8Array(16);
    assert.equal(board.call("time", { out: time }), STATUS.Ok);
    const view = new DataView(time.buffer);
    assert.deepEqual([Number(view.getBigInt64(0, true)), Number(view.getBigInt64(8, true))], [board.nowMs, board.wallMs]);
    assert.equal(board.call("time", { out: new Uint8Array(15) }), STATUS.TooLarge);
  });

  it("asks for the wall clock when it needs it, once a step or syscall", async () => {
    const board = await KernelBoard.online();
    const readsIn = (act: () => void): number => {
      const before = board.wallReads;
      act();
      return board.wallReads - before;
    };
    const time = new Uint8Array(16);
    const steps = readsIn(() => board.run(100));
    const state = readsIn(() => board.call("client_state"));
    const telling = readsIn(() => board.call("time", { out: time }));
    assert.deepEqual([steps, state, telling], [0, 0, 1]);
    board.wallMs += 5000;
    board.call("time", { out: time });
    assert.equal(Number(new DataView(time.buffer).getBigInt64(8, true)), board.wallMs, "asked anew in the next");
  });

  it("shows an app its own configuration, and nothing else", async () => {
    const board = await KernelBoard.online("full-plain", { "app.intervalMs": "100", "mqtt.password": "x", "mqtt.user": "u" });
    const value = new Uint8Array(8);
    assert.equal(board.call("config", "app.intervalMs", { out: value }), 3);
    assert.equal(Buffer.from(value.subarray(0, 3)).toString(), "100");
    assert.equal(board.call("config", "mqtt.password", { out: value }), STATUS.NotFound);
    assert.equal(board.call("config", "app", { out: value }), STATUS.NotFound);
    assert.equal(board.call("config", "app.missing", { out: value }), STATUS.NotFound);
  });

  it("says goodbye before it sleeps, and goes on when it cannot sleep", async () => {
    const board = await KernelBoard.online();
    board.sleepAnswer = STATUS.Unsupported;
    assert.equal(board.call("sleep", 1000), STATUS.Unsupported);
    assert.equal(board.stats().clientState, STATE.Online);
    board.sleepAnswer = STATUS.Ok;
    assert.equal(board.call("sleep", -1), STATUS.Invalid);
    assert.equal(board.call("sleep", 5000), STATUS.Ok);
    assert.deepEqual(board.sleptMs, [1000, 5000]);
    assert.equal(board.server.packets.at(-1)!.cmd, "disconnect");
  });

  it("refuses unknown rows and spans that are too short", async () => {
    const board = await KernelBoard.online();
    assert.equal(board.kernel.syscall(ROWS.length, 0n, 0, 0, 0, 0, 0, 0, 0, 0), STATUS.Unsupported);
    assert.equal(board.call("stats", { out: new Uint8Array(STATS.length * 4 - 1) }), STATUS.TooLarge);
    assert.equal(board.call("publish", "t", "x", ALL, 0, { out: new Uint8Array(7) }), STATUS.Invalid);
    assert.equal(board.call("event_next", { out: new Uint8Array(15) }), STATUS.Invalid);
    assert.equal(board.publish("t", "x", ALL).result, STORED);
  });
});
