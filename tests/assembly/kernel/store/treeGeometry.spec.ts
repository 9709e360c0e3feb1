import { ANY_VERSION, Item, VALUE_MAX } from "../../../../assembly/kernel/store/item";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { verifyDifference } from "../../../fakes/storeModel";

const SMALL_KEYS: i32 = 20;
const SMALL_BYTES: i32 = 60;
const TRIES: i32 = 3000;
const key = memory.data(4);
const value = memory.data(VALUE_MAX);

function put(db: TreeStore, n: i32, seed: i32, bytes: i32): i32 {
  memory.fill(value, <u8>seed, bytes);
  let status: i32 = Status.NoSpace;
  for (let i = 0; i < TRIES && status == Status.NoSpace; i++) {
    store<u32>(key, bswap(0x6b000000 + n));
    status = db.begin(key, 4, bytes, 0, ANY_VERSION);
    db.step();
  }
  if (status >= 0) status = db.write(value, bytes);
  return status < 0 ? status : db.commit();
}

function holds(db: TreeStore, n: i32, seed: i32, bytes: i32): bool {
  const item = new Item();
  store<u32>(key, bswap(0x6b000000 + n));
  if (db.find(key, 4, item) != Status.Ok || item.valueBytes != bytes) return false;
  if (db.read(item, 0, value, bytes) != bytes) return false;
  for (let i = 0; i < bytes; i++) if (load<u8>(value + i) != <u8>seed) return false;
  return true;
}

/** Goes round the device with a value that is overwritten beside small ones that stay, and mounts it twice. "" or what is wrong. */
function goRound(sectorBytes: i32, sectorCount: i32, programBytes: i32, bytes: i32): string {
  const device = new NorDevice(sectorBytes, sectorCount);
  device.programBytes = programBytes;
  let db = new TreeStore(device, 128);
  let status = db.mount();
  for (let n = 0; n < SMALL_KEYS && status == Status.Ok; n++) status = put(db, n, n, SMALL_BYTES);
  const rounds = (sectorBytes * sectorCount) / bytes + 8;
  for (let i = 1; i <= rounds && status == Status.Ok; i++) {
    status = put(db, SMALL_KEYS, i, bytes);
    db.step();
  }
  if (status != Status.Ok) return "status " + status.toString();
  for (let sector = 0; sector < sectorCount; sector++) if (device.erases[sector] == 0) return "sector never erased: " + sector.toString();
  for (let mounts = 0; mounts < 3; mounts++) {
    for (let n = 0; n < SMALL_KEYS; n++) if (!holds(db, n, n, SMALL_BYTES)) return "small value " + n.toString();
    if (!holds(db, SMALL_KEYS, rounds, bytes)) return "large value";
    const verified = verifyDifference(db);
    if (verified != "") return verified;
    db = new TreeStore(device, 128);
    if (db.mount() != Status.Ok) return "mount";
  }
  return device.violation;
}

function mountOf(sectorBytes: i32, sectorCount: i32, programBytes: i32): i32 {
  const device = new NorDevice(sectorBytes, sectorCount);
  device.programBytes = programBytes;
  return new TreeStore(device, 128).mount();
}

describe("kernel/store/treeStore, geometry", () => {
  it("goes round partitions of 16 KB to 4 MB, whatever granularity of programs they have up to a unit", () => {
    const granularities: i32[] = [1, 4, 16];
    for (let i = 0; i < granularities.length; i++) {
      expect(goRound(4096, 4, granularities[i], 300)).toBe("", "4 x 4096");
      expect(goRound(512, 32, granularities[i], 300)).toBe("", "32 x 512");
      expect(goRound(4096, 1024, granularities[i], 60000)).toBe("", "1024 x 4096");
      expect(goRound(65536, 64, granularities[i], 60000)).toBe("", "64 x 65536");
    }
  });

  it("refuses granularities that a unit does not hold, sectors that are no power of two, and more than entries can name", () => {
    expect(mountOf(4096, 16, 32)).toBe(Status.Unsupported);
    expect(mountOf(4096, 16, 3)).toBe(Status.Unsupported);
    expect(mountOf(4096, 16, 0)).toBe(Status.Unsupported);
    expect(mountOf(3072, 16, 16)).toBe(Status.Unsupported);
    expect(mountOf(65536, 129, 16)).toBe(Status.Unsupported);
    expect(mountOf(4096, 16, 16)).toBe(Status.Ok);
  });
});
