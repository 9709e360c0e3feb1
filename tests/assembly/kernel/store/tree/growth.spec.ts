import { ANY_VERSION, Item } from "../../../../../assembly/kernel/store/item";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { verifyDifference } from "../../../../fakes/storeModel";

/* How a look-up grows with the records, counted in what it asks of the device; `npm run bench:target` counts instructions. */

const FEW: i32 = 100;
const MANY: i32 = 10000;
const SPREAD: i32 = 7919;
const FILLERS: i32 = 400;
const SAMPLES: i32 = 200;
const VALUE_BYTES: i32 = 100;
const key = memory.data(8, 8);
const value = memory.data(VALUE_BYTES);

/** It counts the bytes that checksums are taken over, too. */
class CountingDevice extends NorDevice {
  summedBytes: i32 = 0;

  crc32(crc: u32, src: usize, len: i32): u32 {
    this.summedBytes += len;
    return super.crc32(crc, src, len);
  }
}

/** On average over SAMPLES, of reads hundredths. */
class Cost {
  reads: i32 = 0;
  readBytes: i32 = 0;
  summedBytes: i32 = 0;
}

function keyOf(n: i32): usize {
  store<u8>(key, 107);
  store<u8>(key, 48 + (n >> 12), 1);
  store<u8>(key, 48 + ((n >> 6) & 63), 2);
  store<u8>(key, 48 + (n & 63), 3);
  return key;
}

function settle(db: TreeStore): void {
  for (let i = 0; i < 2000 && db.step(); i++) {}
}

/** Returns whether it was taken. */
function put(db: TreeStore, n: i32): bool {
  const status = db.begin(keyOf(n), 4, VALUE_BYTES, 0, ANY_VERSION);
  if (status < 0 || db.write(value, VALUE_BYTES) < 0 || db.commit() < 0) return false;
  settle(db);
  return true;
}

/** What a look-up costs among so many records in 2 MB, all of them in the tree. */
function costAmong(records: i32): Cost {
  const device = new CountingDevice(4096, 512);
  const db = new TreeStore(device, 256);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  // One key again and again, at the end, fills the log, not the memtable: until there was a checkpoint.
  let taken = 0;
  while (taken < records + FILLERS && put(db, min(taken, records))) taken++;
  expect(taken).toBe(records + FILLERS);
  const item = new Item();
  device.reads = device.readBytes = device.summedBytes = 0;
  for (let i = 0; i < SAMPLES; i++) {
    expect(db.find(keyOf((i * SPREAD) % records), 4, item)).toBe(Status.Ok);
  }
  const cost = new Cost();
  cost.reads = (device.reads * 100) / SAMPLES;
  cost.readBytes = device.readBytes / SAMPLES;
  cost.summedBytes = device.summedBytes / SAMPLES;
  expect(verifyDifference(db)).toBe("");
  return cost;
}

describe("kernel/store/tree, growth", () => {
  it("reads two pages more among 10,000 records than among 100, takes the checksum of a leaf alone, and that is a small one", () => {
    const few = costAmong(FEW);
    const many = costAmong(MANY);
    // Two of the record, and a page if the leaf is not that of the look-up before.
    expect(few.reads).toBeLessThan(295);
    expect(many.reads).toBeLessThan(520);
    expect(few.readBytes).toBeLessThan(265);
    expect(many.readBytes).toBeLessThan(600);
    // 108 of the record.
    expect(few.summedBytes).toBeLessThan(212);
    expect(many.summedBytes).toBeLessThan(250);
  });
});
