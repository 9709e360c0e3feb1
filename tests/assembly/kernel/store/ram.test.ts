/** RAM of the store by itself, with the memtable that kernels with documents have: tests/bench/assembly/records.ts on flash of this process. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "../../../../toolchain/config/crc32.js";
import { globalsOf, kernelModule, type KernelExports } from "../../../fakes/kernelModule.js";
import { NorFlash } from "../../../fakes/norFlash.js";

const FIXED_BYTES = 6144;
const BYTES_PER_SECTOR = 8;
const SECTOR_BYTES = 4096;
/** Of records.ts. */
const ROW = { make: 1, mount: 2, step: 4, put: 5, putRich: 6, get: 7, remove: 8 } as const;
const RECORDS = 60;

class Board {
  #kernel!: KernelExports;
  #flash: NorFlash;

  private constructor(sectors: number) {
    this.#flash = new NorFlash(SECTOR_BYTES, sectors, () => 0);
  }

  static async make(sectors: number): Promise<Board> {
    const board = new Board(sectors);
    const module = await kernelModule({ name: "records", entry: "tests/bench/assembly/records.ts", memoryBytes: 32 * 1024 });
    board.#kernel = (await WebAssembly.instantiate(module, { host: board.#rows() })).exports as unknown as KernelExports;
    assert.equal(board.#kernel.setup(), 0);
    return board;
  }

  row(row: number, a0 = 0, a1 = 0): number {
    return this.#kernel.syscall(row, 0n, a0, a1, 0, 0, 0, 0, 0, 0);
  }

  /** Where the next object would be, and what else changes beside the memory. */
  get globals(): number[] {
    return globalsOf(this.#kernel);
  }

  #bytes(at: number, len: number): Uint8Array {
    return new Uint8Array(this.#kernel.memory.buffer, at, len);
  }

  #rows(): Record<string, (...args: number[]) => number> {
    const flash = this.#flash;
    return {
      flash_geometry: (_partition, dst) => {
        new Uint32Array(this.#kernel.memory.buffer, dst!, 3).set([SECTOR_BYTES, flash.sectorCount, 16]);
        return 0;
      },
      flash_read: (_partition, offset, dst, len) => flash.read(offset!, this.#bytes(dst!, len!)),
      flash_program: (_partition, offset, src, len) => flash.program(offset!, this.#bytes(src!, len!)),
      flash_erase: (_partition, sector) => flash.erase(sector!),
      flash_sync: () => flash.sync(),
      sys_crc32: (crc, src, len) => crc32(this.#bytes(src!, len!), crc),
    };
  }
}

/** Puts, overwrites, reads and removes until the log has gone round several times. */
function work(board: Board): void {
  for (let round = 0; round < 25; round++) {
    for (let n = 0; n < RECORDS; n++) {
      for (let steps = 0; steps < 50 && board.row(ROW.step) > 0; steps++);
      assert.equal(board.row(n % 2 ? ROW.put : ROW.putRich, n, round), 0, `put ${n} of round ${round}`);
    }
    for (let n = 0; n < RECORDS; n++) assert.equal(board.row(ROW.get, n), 0);
    assert.equal(board.row(ROW.remove, round), 0);
  }
}

describe("store: RAM", () => {
  it("takes at most 6,144 bytes and 8 for each sector, whatever their number from 4 to 1,024", async () => {
    for (const sectors of [4, 16, 128, 1024]) {
      const bytes = (await Board.make(sectors)).row(ROW.make);
      const most = FIXED_BYTES + BYTES_PER_SECTOR * sectors;
      assert.ok(bytes > FIXED_BYTES / 2 && bytes <= most, `${bytes} of ${most} with ${sectors} sectors`);
    }
  });

  it("allocates nothing after it was made and measured, whatever is done with it", async () => {
    const board = await Board.make(16);
    const bytes = board.row(ROW.make);
    const before = board.globals;
    assert.ok(
      before.some((global) => global > bytes),
      "none tells where the next object would be",
    );
    assert.equal(board.row(ROW.mount), 0);
    work(board);
    assert.deepEqual(board.globals, before);
  });
});
