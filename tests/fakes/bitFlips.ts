import { ANY_VERSION, Item } from "../../assembly/kernel/store/item";
import { TreeStore } from "../../assembly/kernel/store/treeStore";
import { Status } from "../../assembly/lib/status";
import { NorDevice } from "./norDevice";

const KEYS: i32 = 20;
const ROUNDS: i32 = 3;
const VALUE_BYTES: i32 = 60;
const key = memory.data(8);
const value = memory.data(VALUE_BYTES);

function keyOf(n: i32): void {
  store<u32>(key, 0x6b6b6b00 + n);
}

function put(db: TreeStore, n: i32, round: i32): i32 {
  keyOf(n);
  let status = db.begin(key, 4, VALUE_BYTES, 0, ANY_VERSION);
  memory.fill(value, <u8>(n * ROUNDS + round), VALUE_BYTES);
  if (status >= 0) status = db.write(value, VALUE_BYTES);
  return status < 0 ? status : db.commit();
}

function settle(db: TreeStore): void {
  for (let i = 0; i < 500 && db.step(); i++) {}
}

function image(): NorDevice {
  const device = new NorDevice(4096, 4);
  const db = new TreeStore(device);
  db.mount();
  settle(db);
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < KEYS; n++) {
      put(db, n, round);
      settle(db);
    }
  }
  return device;
}

/** Keys that do not hold their last value. -1: one holds bytes that were never stored under it. */
function deviations(db: TreeStore): i32 {
  const item = new Item();
  let wrong = 0;
  for (let n = 0; n < KEYS; n++) {
    keyOf(n);
    if (db.find(key, 4, item) != Status.Ok || db.read(item, 0, value, VALUE_BYTES) != VALUE_BYTES) {
      wrong++;
      continue;
    }
    const first = <i32>load<u8>(value);
    for (let i = 0; i < VALUE_BYTES; i++) if (<i32>load<u8>(value + i) != first) return -1;
    if (first / ROUNDS != n) return -1;
    wrong += i32(first % ROUNDS != ROUNDS - 1);
  }
  return wrong;
}

/** How many flips were played, and those that lost more than the record that was hit, or brought bytes that were not stored. */
export class FlipResult {
  tried: i32 = 0;
  failures: string[] = [];
}

/** Flips every stride-th bit of a store of 16 KB, one at a time, and mounts it. */
export function flipBits(stride: i32): FlipResult {
  const result = new FlipResult();
  const whole = image();
  const bits = whole.bytes.length * 8;
  for (let bit = 7; bit < bits; bit += stride) {
    const device = new NorDevice(4096, 4);
    device.copyFrom(whole);
    const mask: i32 = 1 << (bit & 7);
    device.bytes[bit >> 3] = device.bytes[bit >> 3] ^ (<u8>mask);
    const db = new TreeStore(device);
    const status = db.mount();
    settle(db);
    const wrong = status == Status.Ok ? deviations(db) : 99;
    result.tried++;
    if (wrong < 0 || wrong > 1)
      result.failures.push((bit >> 3).toString() + "." + (bit & 7).toString() + ": " + status.toString() + " " + wrong.toString());
    else if (put(db, 1, 0) != Status.Ok) result.failures.push((bit >> 3).toString() + ": unusable");
  }
  return result;
}
