/** A tree whose branches are searched from their middle: the reader on the PC finds each of them so, and tells of one that is not. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { crc32 } from "../../../toolchain/config/crc32.js";
import { verify } from "../../../toolchain/store/index.js";
import { Log } from "../../../toolchain/store/log.js";
import { placeOf, type StoreRecord, System } from "../../../toolchain/store/record.js";
import { recover } from "../../../toolchain/store/recovery.js";
import { regionOf } from "../../../toolchain/store/region.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { NorFlash } from "../../fakes/norFlash.js";
import { Engine, engineModule } from "./engine.js";

const SECTOR_BYTES = 4096;
const SECTORS = 256;
const KEYS = 2500;
const UNIT = 16;
const HALVED = 128;

describe("toolchain/store, branches", () => {
  let image: Buffer;
  before(async () => void (image = storeOf(await engineModule(), KEYS)));

  it("finds all keys under branches that have a middle entry", () => {
    const state = recover(new Log(regionOf(image, "image")));
    assert.deepEqual(verify(state).faults, []);
    assert.equal(state.index.size, KEYS);
    assert.ok(halved(image).length > 0);
  });

  it("tells of a branch whose middle is none", () => {
    const branch = halved(image).at(-1)!;
    const middle = branch.value.at(-1)!;
    for (const [other, isFault] of [
      [middle, false],
      [0, true],
      [middle - 1, true],
      [1, true],
      [255, true],
    ] as const) {
      const { faults } = verify(recover(new Log(regionOf(withMiddle(image, branch, other), "image"))));
      assert.deepEqual(
        [faults.length > 0, faults.every((fault) => fault.includes("begins in its middle"))],
        [isFault, true],
        `${other}: ${faults.join()}`,
      );
    }
  });
});

/** So many keys, in their order, all but the last of them in the tree. */
function storeOf(module: WebAssembly.Module, keys: number): Buffer {
  const flash = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(1));
  const engine = new Engine(module, flash);
  assert.equal(engine.driver.mount(), 0);
  while (engine.driver.step() !== 0);
  for (let n = 0; n < keys; n++) {
    engine.put(Buffer.from(String(n).padStart(6, "0")), Buffer.from("value"), [], 0);
    while (engine.driver.step() !== 0);
  }
  return Buffer.from(flash.bytes);
}

/** Branches of the tree of the last checkpoint that have a middle entry. */
function halved(image: Buffer): StoreRecord[] {
  const log = new Log(regionOf(image, "image"));
  const { checkpoint } = recover(log);
  const found: StoreRecord[] = [];
  const visit = (unit: number): void => {
    const page = log.recordAtUnit(unit)!;
    assert.equal(page.system, System.Page);
    const level = page.value[0]!;
    if (level === 0) return;
    if (level >= HALVED) found.push(page);
    for (const child of childrenOf(page.value)) visit(child);
  };
  visit(checkpoint!.root % 2 ** 19);
  return found;
}

/** Units of a branch's children, whose composites are short. */
function childrenOf(value: Buffer): number[] {
  const units: number[] = [];
  const end = value.length - (value[0]! >> 7);
  for (let at = 1; at < end; at += 4 + (value[at]! & 15)) {
    units.push(value.readUIntLE(at + 1 + (value[at]! & 15), 3) % 2 ** 19);
  }
  return units;
}

/** The image with another middle in a branch, whose checksum agrees. */
function withMiddle(image: Buffer, { unit, address, value }: StoreRecord, middle: number): Buffer {
  const other = Buffer.from(image);
  const at = unit * UNIT;
  const end = at + 4 + value.length;
  other[end - 1] = middle;
  other.writeUInt32LE(crc32(other.subarray(at, end), placeOf(address)), end);
  return other;
}
