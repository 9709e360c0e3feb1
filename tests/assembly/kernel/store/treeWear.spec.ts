import { ANY_VERSION } from "../../../../assembly/kernel/store/item";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

const key = memory.data(64);
const value = memory.data(512);
const VALUE_BYTES: i32 = 100;
let seed: u32 = 12345;

function random(below: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>below);
}

/** Four bytes of key. */
function keyOf(n: i32): i32 {
  store<u8>(key, 107);
  store<u8>(key, 48 + n / 100, 1);
  store<u8>(key, 48 + ((n / 10) % 10), 2);
  store<u8>(key, 48 + (n % 10), 3);
  return 4;
}

function put(db: TreeStore, n: i32, round: i32, isRich: bool, bytes: i32): i32 {
  let status = db.begin(key, keyOf(n), bytes, isRich ? 3600 : 0, ANY_VERSION);
  for (let i = 0; i < bytes; i++) store<u8>(value + i, round + i);
  if (status >= 0) status = db.write(value, bytes);
  if (status >= 0 && isRich) {
    store<u32>(value, bswap(round * 7919));
    status = db.addEntry(3, value, 4);
  }
  if (status >= 0) status = db.commit();
  return status;
}

/** What the writes of one run cost, per byte of value in hundredths; erase counts of the sectors; bytes read per put. */
class Cost {
  programmed: i32 = 0;
  erased: i32 = 0;
  least: i32 = i32.MAX_VALUE;
  most: i32 = 0;
  readPerPut: i32 = 0;
}

/** Puts all keys once, then `writes` values more; all steps that are wanted between the puts. "" or what went wrong. */
function run(sectors: i32, keys: i32, writes: i32, isRich: bool, isRandom: bool, bytes: i32, cost: Cost): string {
  const device = new NorDevice(4096, sectors);
  const db = new TreeStore(device);
  db.setTime(1000, 1700000000000);
  db.mount();
  let programmed = 0;
  let erased = 0;
  let read = 0;
  for (let i = -keys; i < writes; i++) {
    if (i == 0) {
      programmed = device.programmedBytes;
      erased = device.eraseTotal;
      read = device.readBytes;
    }
    for (let s = 0; s < 50 && db.step(); s++) {}
    db.setTime(1000 + (i + keys) * 1000, 1700000000000 + i * 1000);
    const n = i < 0 ? i + keys : isRandom ? random(keys) : i % keys;
    const status = put(db, n, i, isRich, bytes);
    if (status != Status.Ok) return "put " + i.toString() + ": " + status.toString();
  }
  const total = <i64>writes * bytes;
  cost.programmed = <i32>((<i64>(device.programmedBytes - programmed) * 100) / total);
  cost.erased = <i32>((<i64>(device.eraseTotal - erased) * 4096 * 100) / total);
  cost.readPerPut = (device.readBytes - read) / writes;
  for (let sector = 0; sector < sectors; sector++) {
    cost.least = min(cost.least, device.erases[sector]);
    cost.most = max(cost.most, device.erases[sector]);
  }
  const kind = (isRich ? "TTL and index, " : "plain, ") + (isRandom ? "random, " : "in turn, ");
  trace(
    kind + sectors.toString() + " sectors, " + writes.toString() + " writes: programmed %, erased %, read per put, erases",
    5,
    cost.programmed,
    cost.erased,
    cost.readPerPut,
    cost.least,
    cost.most,
  );
  return device.violation;
}

describe("kernel/store/treeStore, wear and cost", () => {
  it("programs and erases at most 1.30 bytes per byte of value as a plain map", () => {
    for (let way = 0; way < 4; way++) {
      const cost = new Cost();
      expect(run(16, 100, way < 2 ? 1000 : 10000, false, (way & 1) == 1, VALUE_BYTES, cost)).toBe("");
      expect(cost.programmed).toBeLessThan(130);
      expect(cost.erased).toBeLessThan(130);
      expect(cost.readPerPut).toBeLessThan(4096);
    }
  });

  it("at most 1.60 with TTL and one secondary index, keys in turn and at random", () => {
    for (let way = 0; way < 4; way++) {
      const cost = new Cost();
      const isRandom = (way & 1) == 1;
      expect(run(16, 100, way < 2 ? 1000 : 10000, true, isRandom, VALUE_BYTES, cost)).toBe("");
      expect(cost.programmed).toBeLessThan(160);
      expect(cost.erased).toBeLessThan(160);
      expect(cost.readPerPut).toBeLessThan(4096);
    }
  });

  it("wears all sectors alike: 10,000 overwrites of 200 bytes in 64 KB differ by at most 2x", () => {
    const cost = new Cost();
    expect(run(16, 100, 10000, false, true, 200, cost)).toBe("");
    expect(cost.least).toBeGreaterThan(10);
    expect(cost.most).toBeLessThan(2 * cost.least + 1);
  });

  it("works on half as many sectors", () => {
    const cost = new Cost();
    expect(run(8, 100, 10000, false, true, VALUE_BYTES, cost)).toBe("");
    expect(cost.programmed).toBeLessThan(270);
  });
});
