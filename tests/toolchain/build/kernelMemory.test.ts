/** The memory that a kernel is granted (toolchain/build/kernels.ts), against what it uses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KERNELS } from "../../../toolchain/build/kernels.js";
import { KernelBoard, STATUS } from "../../fakes/kernelBoard.js";

/** Of a board's partition of 512 KB: the store takes 8 bytes of RAM for each. */
const SECTORS = 128;
/**
 * What is to stay free: a change of a few words, or two that meet in a merge, must not make every board of that kernel trap while it is
 * set up. More than the upper bound is RAM that each board gives away.
 */
const FREE_BYTES = 64;
const FREE_BYTES_MAX = 1024;

describe("toolchain/build/kernels: memory", () => {
  for (const { name, memoryBytes } of KERNELS) {
    it(`grants ${name} what it uses with a store of 512 KB, and a little more`, async () => {
      const board = await KernelBoard.make(name, SECTORS);
      assert.equal(board.power(), STATUS.Ok);
      const free = memoryBytes - board.stats().heapUsed;
      assert.ok(free >= FREE_BYTES && free <= FREE_BYTES_MAX, `${name}: uses ${board.stats().heapUsed} of ${memoryBytes} bytes, ${free} are free`);
    });
  }
});
