import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { ANY_VERSION } from "../../../../assembly/kernel/store/item";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 4096;
const ENTRIES: i32 = 128;
/** Refusals in a row, each followed by all work that waits, after which a store is full. */
const FULL_AFTER: i32 = 40;
const STEPS_MAX: i32 = 400;

/** Keys: of the queue, in their order; at random; at random with one index entry. */
enum Way {
  Queue,
  Plain,
  Indexed,
}
const VALUE_BYTES: i32[] = [100, 1000];
const SECTORS: i32[] = [4, 8, 12, 16, 32, 64, 128];
/** Records, by sectors, then way, then bytes of value: the table of store/DESIGN.md. */
const LEAST: i32[][] = [
  [43, 5, 40, 5, 31, 5],
  [124, 19, 117, 19, 76, 15],
  [190, 31, 182, 31, 129, 26],
  [276, 43, 249, 42, 186, 37],
  [567, 93, 508, 89, 381, 78],
  [1380, 204, 1230, 201, 970, 185],
  [2914, 420, 2490, 415, 1740, 364],
];

const key = memory.data(16);
const value = memory.data(1024);

function put(db: TreeStore, way: Way, ordinal: i32, random: u32, bytes: i32): i32 {
  store<u32>(key, 0x6b6b6b6b);
  store<u32>(key, random, 4);
  if (way == Way.Queue) {
    store<u8>(key, 0);
    store<u32>(key, bswap<u32>(ordinal), 1);
  }
  let status = db.begin(key, way == Way.Queue ? 5 : 8, bytes, 0, ANY_VERSION);
  if (status >= 0) status = db.write(value, bytes);
  if (status >= 0 && way == Way.Indexed) {
    store<u32>(value, random * 31);
    status = db.addEntry(2, value, 4);
  }
  return status < 0 ? status : db.commit();
}

/** How many records a store takes that does all its work after each put. */
function capacityOf(sectors: i32, way: Way, bytes: i32): i32 {
  const device = new NorDevice(SECTOR_BYTES, sectors);
  const db = new TreeStore(device, ENTRIES);
  db.mount();
  let random: u32 = 12345;
  let count = 0;
  for (let refused = 0; refused < FULL_AFTER; refused++) {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    if (put(db, way, count + 1, random, bytes) == Status.Ok) {
      count++;
      refused = -1;
    }
    for (let i = 0; i < STEPS_MAX && db.step(); i++) {}
  }
  return count;
}

describe("kernel/store/treeStore, full", () => {
  it("holds as many records as its design says, in partitions of 16 KB to 512 KB", () => {
    for (let size = 0; size < SECTORS.length; size++) {
      for (let way = Way.Queue; way <= Way.Indexed; way++) {
        for (let large = 0; large < VALUE_BYTES.length; large++) {
          const least = LEAST[size][way * VALUE_BYTES.length + large];
          const where = SECTORS[size].toString() + " sectors, way " + way.toString() + ", " + VALUE_BYTES[large].toString() + " bytes";
          expect(capacityOf(SECTORS[size], way, VALUE_BYTES[large])).toBeGreaterThan(least - 1, where);
        }
      }
    }
  });
});
