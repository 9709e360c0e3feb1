import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { ANY_VERSION } from "../../../../assembly/kernel/store/item";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 4096;
/** Of the memtable, as kernels have them: of a queue, and of documents. */
const ENTRIES: i32 = 128;
const DOCUMENT_ENTRIES: i32 = 288;
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
  [44, 5, 41, 5, 32, 5],
  [126, 19, 119, 19, 75, 15],
  [190, 31, 177, 31, 123, 26],
  [272, 43, 245, 42, 185, 37],
  [571, 95, 513, 89, 381, 78],
  [1382, 204, 1254, 201, 872, 185],
  [2812, 420, 2481, 415, 1834, 373],
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
  const db = new TreeStore(device, way == Way.Indexed ? DOCUMENT_ENTRIES : ENTRIES);
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
