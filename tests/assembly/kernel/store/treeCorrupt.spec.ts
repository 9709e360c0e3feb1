import { ANY_VERSION, Item } from "../../../../assembly/kernel/store/item";
import { BY_KEY, Cursor } from "../../../../assembly/kernel/store/tree/cursor";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { flipBits } from "../../../fakes/bitFlips";
import { NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey } from "../../../fakes/storeModel";

/** Every so many-th bit is flipped here, all of them in treeCorrupt.long.spec.ts. */
const STRIDE: i32 = 611;

const value = memory.data(16);

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device);
  assert(db.mount() == Status.Ok);
  for (let i = 0; i < 100 && db.step(); i++) {}
  return db;
}

function put(db: TreeStore, n: i32): void {
  store<u32>(value, 0x74746474);
  let status = db.begin(keyAddress(), makeKey(n), 16, 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, 16);
  if (status >= 0) status = db.addEntry(2, value, 4);
  if (status >= 0) status = db.commit();
  assert(status == Status.Ok);
}

describe("kernel/store/treeStore, one bit flipped", () => {
  it("loses at most the record that was hit, and never answers with bytes that were not stored", () => {
    const result = flipBits(STRIDE);
    expect(result.tried).toBeGreaterThan(200);
    expect(result.failures.join(", ")).toBe("");
  });

  it("walks on where a bit made an index entry one of no order, or of the order by key", () => {
    for (let turned = 0; turned < 8; turned++) {
      const device = new NorDevice(1024, 16);
      let db = open(device);
      for (let n = 0; n < 12; n++) put(db, n);
      const item = new Item();
      expect(db.find(keyAddress(), makeKey(5), item)).toBe(Status.Ok);
      // The first byte of its first entry: u8 n | u8 (index id << 5 | length).
      const head = device.base + item.position * 16 + item.valueOffset + item.valueBytes + 1;
      expect(load<u8>(head)).toBe((2 << 5) | 4);
      store<u8>(head, load<u8>(head) ^ (1 << (<u8>turned)));
      db = open(device);
      for (let index = BY_KEY; index <= 7; index++) {
        for (let way = 0; way < 2; way++) {
          const cursor = new Cursor();
          cursor.all(index, way == 1);
          let found = 0;
          while (found < 100 && db.nextKey(cursor, item) >= 0) found++;
          expect(found).toBeLessThan(13, "order " + index.toString());
          if (index == BY_KEY) expect(found).toBe(12);
        }
      }
    }
  });
});
