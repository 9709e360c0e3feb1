import { OutboxStore } from "../../../../assembly/kernel/client/outboxStore";
import { Disposition, Item } from "../../../../assembly/kernel/store/item";
import { RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { FORMAT_VERSION } from "../../../../assembly/kernel/store/flash/sector";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { crc32 } from "../../../../assembly/lib/crc32";
import { Status } from "../../../../assembly/lib/status";
import { bodyIs, prepareAll, publish } from "../../../fakes/outboxWorkload";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 512;
const SECTORS: i32 = 8;
/** Records of usedDevice; the last ones of them are live. */
const RECORDS: i32 = 30;
const LIVE_FROM: i32 = 26;

function over(device: NorDevice): OutboxStore {
  return new OutboxStore(new TreeStore(device, 128));
}

/** xorshift32: the same numbers in every run. */
class Random {
  constructor(private state: u32) {}

  next(): u32 {
    this.state ^= this.state << 13;
    this.state ^= this.state >> 17;
    this.state ^= this.state << 5;
    return this.state;
  }
}

function record(dataBytes: i32): RecordRef {
  const made = new RecordRef();
  made.topicBytes = 4;
  made.dataBytes = dataBytes;
  return made;
}

/** A device once round, with live and removed records. */
function usedDevice(): NorDevice {
  const device = new NorDevice(SECTOR_BYTES, SECTORS);
  const log = over(device);
  const found = new RecordRef();
  log.mount();
  for (let i = 1; i <= RECORDS; i++) {
    prepareAll(log);
    publish(log, record((i * 9) % 80));
    if (i < LIVE_FROM && log.next(0, found) == Status.Ok) log.remove(found, Disposition.Delivered);
  }
  return device;
}

function copyOf(device: NorDevice): NorDevice {
  const copy = new NorDevice(SECTOR_BYTES, SECTORS);
  memory.copy(copy.base, device.base, SECTOR_BYTES * SECTORS);
  return copy;
}

/** Mounts and uses a device that may hold anything. Returns the live records that are intact as bits, the first one as bit 0; -1 when it did not mount. */
function survey(device: NorDevice): i32 {
  const log = over(device);
  if (log.mount() != Status.Ok) return -1;
  const found = new RecordRef();
  let intact = 0;
  let after: i64 = i64.MIN_VALUE;
  while (log.next(after, found) == Status.Ok && found.sequence > after) {
    after = found.sequence;
    if (bodyIs(log, found) && after >= LIVE_FROM && after <= RECORDS) intact |= 1 << (<i32>after - LIVE_FROM);
    if (after % 2 == 0) log.remove(found, Disposition.Expired);
  }
  for (let i = 0; i < 2 * SECTORS; i++) log.step();
  publish(log, record(40));
  log.step();
  return intact;
}

/** Offset on the flash of the data of the record with that sequence. */
function bodyOf(device: NorDevice, sequence: u32): i32 {
  const tree = new TreeStore(device, 128);
  tree.mount();
  const key = memory.data(5);
  store<u32>(key, bswap(sequence), 1);
  const item = new Item();
  expect(tree.find(key, 5, item)).toBe(Status.Ok);
  return item.position * 16 + item.valueOffset + item.valueBytes - 1;
}

/** The unit of the first sector that was programmed last. */
function lastUnit(device: NorDevice): i32 {
  let unit = device.sectorBytes / 16 - 1;
  while (device.programmedUnits[unit] == 0) unit--;
  return unit;
}

describe("kernel/client/outboxStore, a flash that holds anything", () => {
  it("survives any single flipped bit, and loses one record at most", () => {
    const device = usedDevice();
    const all = (1 << (RECORDS - LIVE_FROM + 1)) - 1;
    expect(survey(copyOf(device)) & all).toBe(all);
    let damaged = 0;
    let unsound = 0;
    for (let bit = 0; bit < SECTOR_BYTES * SECTORS * 8; bit++) {
      const copy = copyOf(device);
      const at = copy.base + (bit >> 3);
      const shift = (<u8>bit) & 7;
      const mask: u8 = 1 << shift;
      store<u8>(at, load<u8>(at) ^ mask);
      const lost = all & ~survey(copy);
      damaged += i32(lost != 0);
      unsound += i32(popcnt(lost) > 1);
      expect(copy.violation).toBe("", "bit " + bit.toString());
    }
    expect(damaged).toBeGreaterThan(1000);
    expect(unsound).toBe(0);
  });

  it("survives random bytes over parts of a store, never traps and never programs a unit twice", () => {
    const random = new Random(0x2f6e2b1);
    const device = usedDevice();
    for (let round = 0; round < 1000; round++) {
      const copy = copyOf(device);
      const from = random.next() % (SECTOR_BYTES * SECTORS);
      const len = random.next() % 300;
      for (let i = from; i < min<u32>(from + len, SECTOR_BYTES * SECTORS); i++) store<u8>(copy.base + i, <u8>random.next());
      survey(copy);
      expect(copy.violation).toBe("", "round " + round.toString());
    }
  });

  it("refuses a flash full of something else, and leaves it as it is", () => {
    const random = new Random(77);
    for (let round = 0; round < 100; round++) {
      const device = new NorDevice(SECTOR_BYTES, SECTORS);
      for (let i = 0; i < SECTOR_BYTES * SECTORS; i += 4) store<u32>(device.base + i, random.next());
      const log = over(device);
      expect(log.mount()).toBe(Status.Corrupt);
      expect(log.step()).toBe(false);
      expect(publish(log, record(1))).toBe(Status.Closed);
      expect(device.operations).toBe(0);
    }
  });

  it("refuses a format of another version, and leaves it as it is", () => {
    const other = usedDevice();
    for (let sector = 0; sector < SECTORS; sector++) {
      const format = other.base + sector * SECTOR_BYTES;
      store<u8>(format, FORMAT_VERSION + 1, 4);
      store<u32>(format, crc32(format, 12), 12);
    }
    const operations = other.operations;
    const log = over(other);
    expect(log.mount()).toBe(Status.Corrupt);
    expect(log.step()).toBe(false);
    expect(other.operations).toBe(operations);
  });

  it("takes a new device whose very first erase or program was cut short for its own", () => {
    const device = new NorDevice(SECTOR_BYTES, SECTORS);
    store<u32>(device.base, 0xffff4d57 | 0x00f00000);
    const log = over(device);
    expect(log.mount()).toBe(Status.Ok);
    prepareAll(log);
    expect(publish(log, record(1))).toBe(Status.Ok);
  });

  it("finds the records of a sector whose header is damaged, be it the newest, and counts the sector", () => {
    for (let sector = 0; sector < 3; sector++) {
      const device = new NorDevice(4096, 6);
      const log = over(device);
      log.mount();
      prepareAll(log);
      for (let i = 0; i < 60; i++) publish(log, record(100));
      store<u8>(device.base + sector * 4096 + 17, 0x55);
      const again = over(device);
      expect(again.mount()).toBe(Status.Ok);
      expect(again.corrupt).toBeGreaterThan(0);
      expect(again.waiting).toBe(60);
      expect(again.lastSequence).toBe(60);
      expect(publish(again, record(100))).toBe(Status.Ok);
      const found = new RecordRef();
      for (let sequence: i64 = 1; sequence <= 61; sequence++) {
        expect(again.next(sequence - 1, found)).toBe(Status.Ok);
        expect(found.sequence).toBe(sequence);
      }
      expect(device.violation).toBe("");
    }
  });

  it("counts a record whose body does not check, skips it, and drops it when its sector is reclaimed", () => {
    const device = new NorDevice(SECTOR_BYTES, 2 * SECTORS);
    let log = over(device);
    log.mount();
    prepareAll(log);
    for (let i = 0; i < 3; i++) publish(log, record(60));
    const body = device.base + bodyOf(device, 2);
    store<u8>(body, load<u8>(body) & 0x0f);
    log = over(device);
    expect(log.mount()).toBe(Status.Ok);
    const found = new RecordRef();
    expect(log.next(1, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(3);
    expect(log.corrupt).toBe(1);
    expect(log.remove(found, Disposition.Delivered)).toBe(Status.Ok);
    expect(log.next(0, found)).toBe(Status.Ok);
    expect(log.remove(found, Disposition.Delivered)).toBe(Status.Ok);
    for (let i = 0; i < 60; i++) {
      prepareAll(log);
      expect(publish(log, record(60))).toBe(Status.Ok);
      expect(log.next(3, found)).toBe(Status.Ok);
      expect(log.remove(found, Disposition.Delivered)).toBe(Status.Ok);
    }
    prepareAll(log);
    expect(log.waiting).toBe(0);
    expect(log.storedTotal).toBe(63);
    expect(log.deliveredTotal).toBe(62);
  });

  it("sends a record once more whose removal is damaged, and loses none", () => {
    for (let behind = 0; behind < 2; behind++) {
      const device = new NorDevice(4096, 6);
      let log = over(device);
      log.mount();
      prepareAll(log);
      for (let i = 0; i < 2; i++) publish(log, record(60));
      const found = new RecordRef();
      log.next(0, found);
      expect(log.remove(found, Disposition.Delivered)).toBe(Status.Ok);
      const removal = device.base + lastUnit(device) * 16;
      if (behind == 1) publish(log, record(60));
      store<u8>(removal, load<u8>(removal, 8) ^ 0x10, 8);
      log = over(device);
      expect(log.mount()).toBe(Status.Ok);
      expect(log.waiting).toBe(2 + behind);
      for (let sequence: i64 = 1; sequence <= 2 + behind; sequence++) {
        expect(log.next(sequence - 1, found)).toBe(Status.Ok);
        expect(found.sequence).toBe(sequence);
        expect(bodyIs(log, found)).toBe(true);
      }
    }
  });
});
