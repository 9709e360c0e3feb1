/** Damaged images: the reader never fails, and what it then reads differently, verify tells. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { dump, statsOf, statsText, verify } from "../../../toolchain/store/index.js";
import { Log } from "../../../toolchain/store/log.js";
import { recover } from "../../../toolchain/store/recovery.js";
import { regionOf, StoreImageError } from "../../../toolchain/store/region.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { NorFlash } from "../../fakes/norFlash.js";
import { Engine, engineModule } from "./engine.js";

const SECTOR_BYTES = 512;
const SECTORS = 8;
const WALL_MS = 1_700_000_000_000;

describe("toolchain/store, damaged images", () => {
  let image: Buffer;
  before(async () => void (image = smallStore(await engineModule())));

  it("reads every image with one damaged byte, and tells of each record that is not what it was", () => {
    const random = seededRandom(7);
    const sound = readAll(image);
    assert.deepEqual(sound.faults, []);
    let told = 0;
    for (let offset = 0; offset < image.length; offset++) {
      const damaged = Buffer.from(image);
      damaged[offset]! ^= 1 + Math.floor(random() * 255);
      const found = readAll(damaged, SECTOR_BYTES);
      if (found.faults.length > 0) told++;
      // Of the last batch nobody can tell damage from a power cut: a note, and no fault.
      else if (found.notes.length === 0) assert.deepEqual(found.lines, sound.lines, `byte ${offset}: other records, and not a word`);
    }
    assert.ok(told > 500, `${told} bytes told of`);
  });

  it("reads images of which any part is something else", () => {
    const random = seededRandom(11);
    for (let round = 0; round < 400; round++) {
      const damaged = Buffer.from(image);
      const start = Math.floor(random() * image.length);
      const length = Math.floor(random() * 1000);
      const kind = round % 3;
      for (let i = start; i < Math.min(start + length, image.length); i++) {
        damaged[i] = kind === 0 ? 0 : kind === 1 ? 0xff : Math.floor(random() * 256);
      }
      try {
        readAll(damaged, SECTOR_BYTES);
      } catch (error) {
        assert.ok(error instanceof StoreImageError, `round ${round}: ${(error as Error).stack}`);
      }
    }
  });
});

/** Both spaces, expiry, entries, a value over sectors, a removal, a batch, a checkpoint, and records behind it. */
function smallStore(module: WebAssembly.Module): Buffer {
  const flash = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(1));
  const engine = new Engine(module, flash);
  engine.driver.setTime(5000n, BigInt(WALL_MS));
  assert.equal(engine.driver.mount(), 0);
  const steps = (): void => {
    for (let i = 0; i < 3; i++) engine.driver.step();
  };
  steps();
  for (let n = 0; n < 40; n++) {
    const entries = n % 2 === 0 ? [{ index: 2, value: Buffer.from(`t${n % 3}\0`) }] : [];
    engine.put(Buffer.from(`k${n % 7}`), Buffer.from(`{"n":${n}}`), entries, n % 3 === 0 ? 100 + n : 0);
    steps();
  }
  engine.put(Buffer.from("large"), Buffer.alloc(300, "x"), [], 0);
  engine.publish("a/b", "{}", Buffer.from("[1,2]"), 0x101, WALL_MS, 60);
  engine.remove(Buffer.from("k3"), 0);
  engine.driver.beginBatch();
  for (const key of ["b1", "b2"]) engine.put(Buffer.from(key), Buffer.from("1"), [], 0);
  assert.equal(engine.driver.commitBatch(), 0);
  return Buffer.from(flash.bytes);
}

function readAll(image: Buffer, sectorBytes?: number): { lines: string[]; faults: readonly string[]; notes: readonly string[] } {
  const state = recover(new Log(regionOf(image, "image", sectorBytes)));
  const lines = [...dump(state)];
  for (const line of lines) JSON.parse(line);
  assert.ok([...statsText(statsOf(state))].length > 0);
  const { faults, notes } = verify(state);
  return { lines, faults, notes };
}
