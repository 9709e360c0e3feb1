import { ANY_VERSION, Disposition, Item } from "../../../../../assembly/kernel/store/item";
import { BY_KEY, Cursor, compare } from "../../../../../assembly/kernel/store/tree/cursor";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

/* Keys that differ where the memtable's codes and the pages' shared bytes end: few different bytes, one to seven of them. */

const KEYS: i32 = 400;
const SLOT: i32 = 8;
const keys = memory.data(KEYS * SLOT);
const NONE: i32 = -1;
let seed: u32 = 99;

function random(below: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>below);
}

function at(n: i32): usize {
  return keys + n * SLOT;
}

function bytesOf(n: i32): i32 {
  return load<u8>(at(n), 7);
}

/** Draws KEYS different keys and sorts them. Every second one is the queue's. */
function drawKeys(): void {
  for (let count = 0; count < KEYS;) {
    const bytes = 1 + random(7);
    for (let i = 0; i < 7; i++) {
      const kind = random(5);
      store<u8>(at(count) + i, kind == 0 ? 1 : kind == 1 ? 255 : kind == 2 ? 128 + random(2) : random(2));
    }
    if ((count & 1) == 0) store<u8>(at(count), 0);
    store<u8>(at(count), bytes, 7);
    let place = 0;
    let isNew = true;
    for (; place < count; place++) {
      const order = compare(at(place), bytesOf(place), at(count), bytes);
      if (order == 0) isNew = false;
      if (order >= 0) break;
    }
    if (!isNew) continue;
    const drawn = load<u64>(at(count));
    memory.copy(at(place + 1), at(place), (count - place) * SLOT);
    store<u64>(at(place), drawn);
    count++;
  }
}

/** Where the record of a key is wrong, or the order of all: "" when nothing is. */
function difference(db: TreeStore, values: StaticArray<i32>): string {
  const item = new Item();
  const cursor = new Cursor();
  for (let n = 0; n < KEYS; n++) {
    const status = db.find(at(n), bytesOf(n), item);
    if (status != (values[n] == NONE ? Status.NotFound : Status.Ok)) return "find " + n.toString() + ": " + status.toString();
    if (status == Status.Ok && item.valueBytes != values[n]) return "value of " + n.toString();
  }
  for (let way = 0; way < 2; way++) {
    const isReverse = way == 1;
    cursor.all(BY_KEY, isReverse);
    let n = isReverse ? KEYS - 1 : 0;
    while (true) {
      while (n >= 0 && n < KEYS && values[n] == NONE) n += isReverse ? -1 : 1;
      const status = db.next(cursor, item);
      if (n < 0 || n == KEYS) {
        if (status != Status.NotFound) return "more than there is";
        break;
      }
      if (status != Status.Ok || compare(item.key, item.keyBytes, at(n), bytesOf(n)) != 0) return "order at " + n.toString();
      n += isReverse ? -1 : 1;
    }
  }
  return "";
}

describe("kernel/store/tree, orders", () => {
  it("finds every key and keeps their order, of both spaces, in memtable and pages, whatever they share", () => {
    drawKeys();
    const device = new NorDevice(4096, 32);
    const db = new TreeStore(device, 256);
    expect(db.mount()).toBe(Status.Ok);
    const values = new StaticArray<i32>(KEYS);
    values.fill(NONE);
    for (let i = 0; i < 3000; i++) {
      // Now and then all waits in the memtable, else a checkpoint takes it.
      if (i % 200 < 120 || db.nextVersion == 0) for (let steps = 0; steps < 2000 && db.step(); steps++) {}
      const n = random(KEYS);
      if (random(3) > 0) {
        let status = db.begin(at(n), bytesOf(n), i % 50, 0, ANY_VERSION);
        if (status < 0) continue;
        if (status >= 0) status = db.write(keys, i % 50);
        expect(db.commit()).toBe(Status.Ok);
        values[n] = i % 50;
      } else {
        const status = db.remove(at(n), bytesOf(n), Disposition.Deleted, ANY_VERSION);
        if (status == Status.Ok) values[n] = NONE;
        else expect(status == Status.NotFound ? values[n] : NONE).toBe(NONE);
      }
      if (i % 100 == 99) expect(difference(db, values)).toBe("", i.toString());
    }
    expect(device.violation).toBe("");
  });
});
