import { RecordLog } from "../../../../assembly/kernel/store/recordLog";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { crc32 } from "../../../../assembly/lib/crc32";
import { Status } from "../../../../assembly/lib/status";
import { bodyIs, prepareAll, publish } from "../../../fakes/logWorkload";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 256;
const SECTORS: i32 = 5;

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

/** A device once round, with live and removed records. Records 6 to 9 are live. */
function usedDevice(): NorDevice {
  const device = new NorDevice(SECTOR_BYTES, SECTORS);
  const log = new RecordLog(device);
  const found = new RecordRef();
  log.mount();
  for (let i = 0; i < 9; i++) {
    prepareAll(log);
    publish(log, record(i * 9));
    if (i < 5 && log.next(0, found) == Status.Ok) log.remove(found, Disposition.Delivered);
  }
  return device;
}

function copyOf(device: NorDevice): NorDevice {
  const copy = new NorDevice(SECTOR_BYTES, SECTORS);
  memory.copy(copy.base, device.base, SECTOR_BYTES * SECTORS);
  return copy;
}

/** Mounts and uses a device that may hold anything. Returns the intact records 6 to 9 found as bits 6 to 9, -1 when it did not mount. */
function survey(device: NorDevice): i32 {
  const log = new RecordLog(device);
  if (log.mount() != Status.Ok) return -1;
  const found = new RecordRef();
  let intact = 0;
  let after: i64 = i64.MIN_VALUE;
  while (log.next(after, found) == Status.Ok && found.sequence > after) {
    after = found.sequence;
    if (bodyIs(log, found) && after > 0 && after < 31) intact |= 1 << (<i32>after);
    if (after % 2 == 0) log.remove(found, Disposition.Expired);
  }
  for (let i = 0; i < 2 * SECTORS; i++) log.step();
  publish(log, record(40));
  log.step();
  return intact;
}

describe("kernel/store/recordLog, a flash that holds anything", () => {
  it("survives any single flipped bit and loses one record at most, none by a flip in its mark", () => {
    const device = usedDevice();
    const all = 0x3c0;
    expect(survey(copyOf(device)) & all).toBe(all);
    let damaged = 0;
    for (let bit = 0; bit < SECTOR_BYTES * SECTORS * 8; bit++) {
      const copy = copyOf(device);
      const at = copy.base + (bit >> 3);
      const shift = (<u8>bit) & 7;
      const mask: u8 = 1 << shift;
      store<u8>(at, load<u8>(at) ^ mask);
      const lost = all & ~survey(copy);
      damaged += i32(lost != 0);
      expect(popcnt(lost)).toBeLessThan(2, "bit " + bit.toString());
      expect(copy.violation).toBe("", "bit " + bit.toString());
    }
    expect(damaged).toBeGreaterThan(1000);
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
      const log = new RecordLog(device);
      expect(log.mount()).toBe(Status.Corrupt);
      expect(log.step()).toBe(false);
      expect(publish(log, record(1))).toBe(Status.Io);
      expect(device.operations).toBe(0);
    }
  });

  it("refuses a format of another version, and leaves it as it is", () => {
    const other = usedDevice();
    for (let sector = 0; sector < SECTORS; sector++) {
      const format = other.base + sector * SECTOR_BYTES;
      store<u8>(format, 2, 4);
      store<u32>(format, crc32(format, 12), 12);
    }
    const operations = other.operations;
    const log = new RecordLog(other);
    expect(log.mount()).toBe(Status.Corrupt);
    expect(log.step()).toBe(false);
    expect(other.operations).toBe(operations);
  });

  it("takes a new device whose very first erase or program was cut short for its own", () => {
    const device = new NorDevice(SECTOR_BYTES, SECTORS);
    store<u32>(device.base, 0xffff4d57 | 0x00f00000);
    const log = new RecordLog(device);
    expect(log.mount()).toBe(Status.Ok);
    prepareAll(log);
    expect(publish(log, record(1))).toBe(Status.Ok);
  });

  it("finds the records of a sector whose header is damaged, be it the newest, and counts the sector", () => {
    for (let sector = 0; sector < 3; sector++) {
      const device = new NorDevice(4096, 4);
      const log = new RecordLog(device);
      log.mount();
      prepareAll(log);
      for (let i = 0; i < 60; i++) publish(log, record(100));
      store<u8>(device.base + sector * 4096 + 17, 0x55);
      const again = new RecordLog(device);
      expect(again.mount()).toBe(Status.Ok);
      expect(again.corrupt).toBe(1);
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

  it("counts a record whose body does not check, skips it, and frees its sector", () => {
    const device = usedDevice();
    const found = new RecordRef();
    let log = new RecordLog(device);
    log.mount();
    expect(log.next(6, found)).toBe(Status.Ok);
    store<u8>(device.base + found.position + 60, 0);
    log = new RecordLog(device);
    expect(log.mount()).toBe(Status.Ok);
    expect(log.waiting).toBe(4);
    expect(log.next(6, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(8);
    expect(log.corrupt).toBe(1);
    expect(log.waiting).toBe(3);
    log = new RecordLog(device);
    expect(log.mount()).toBe(Status.Ok);
    expect(log.waiting).toBe(3);
    expect(log.corrupt).toBe(0, "it was counted when it was found");
  });

  it("never programs a damaged mark again: the record leaves until the next mount, then is there once more", () => {
    const device = new NorDevice(512, 8);
    const log = new RecordLog(device);
    expect(log.mount()).toBe(Status.Ok);
    prepareAll(log);
    expect(publish(log, record(100))).toBe(Status.Ok);
    const found = new RecordRef();
    expect(log.next(0, found)).toBe(Status.Ok);
    const mark = device.base + found.position;
    store<u8>(mark, 0xfc);
    device.programmedUnits[found.position / 16] = 1;
    expect(log.remove(found, Disposition.Delivered)).toBe(Status.Ok);
    expect(device.violation).toBe("");
    expect(log.waiting).toBe(0);
    expect(log.deliveredTotal).toBe(1);
    const again = new RecordLog(device);
    expect(again.mount()).toBe(Status.Ok);
    expect(again.waiting).toBe(1);
    expect(again.next(0, found)).toBe(Status.Ok);
  });
});
