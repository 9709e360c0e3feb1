/** Defects of spec: store.md 13 that are the engine's to avoid. Others have their tests beside what avoids them: CONFORMANCE.md. */
import { ANY_VERSION, Item } from "../../../../assembly/kernel/store/item";
import { RamDevice } from "../../../../assembly/kernel/store/flash/ramDevice";
import { DOCUMENTS, Durability, Store } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { CUT_KINDS, Cut, NorDevice } from "../../../fakes/norDevice";
import { keyAddress, makeKey, putModel, putRound, roundOf, verifyDifference } from "../../../fakes/storeModel";

const NOW: i64 = 1700000000;

/** Flash of which reads or syncs fail with Io. */
class DeafDevice extends NorDevice {
  /** Number of the read that fails, from 1; 0: none. */
  deafAt: i32 = 0;
  /** Whether every read fails, every sync. */
  isDeaf: bool = false;
  isStuck: bool = false;

  sync(): i32 {
    return this.isStuck ? Status.Io : super.sync();
  }

  read(offset: i32, dst: usize, len: i32): i32 {
    if (this.isDeaf) return Status.Io;
    if (this.deafAt > 0 && this.reads + 1 == this.deafAt) {
      this.reads++;
      return Status.Io;
    }
    return super.read(offset, dst, len);
  }
}

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice, entries: i32 = 512): TreeStore {
  const db = new TreeStore(device, entries);
  db.setTime(100000, NOW * 1000);
  expect(db.mount()).toBe(Status.Ok);
  settle(db);
  return db;
}

function isThere(db: Store, n: i32): bool {
  return db.find(keyAddress(), makeKey(n), new Item()) == Status.Ok;
}

describe("kernel/store/treeStore, defects of the original", () => {
  it("S5b: what was put last before the store idles is durable in time, though nothing is put any more", () => {
    for (let isWaited = 0; isWaited < 2; isWaited++) {
      const device = new NorDevice(1024, 16);
      let db = open(device);
      db.durability = Durability.Batched;
      putModel(db, 1, 1, 30, 0);
      db.setTime(100000 + (isWaited == 1 ? db.batchMs : db.batchMs - 1), NOW * 1000);
      db.step();
      // The next program or erase brings the cut, and with it the loss of all that was not synced.
      device.cutAfter(1, Cut.LosesCache);
      putModel(db, 2, 2, 30, 0);
      expect(device.isOff).toBe(true);
      device.powerOn();
      db = open(device);
      expect(isThere(db, 1)).toBe(isWaited == 1);
    }
  });

  it("S5c: no unit is written in place, and no cut in any program or erase of 40 overwrites takes more than the one under way", () => {
    const base = new NorDevice(512, 12);
    let db = open(base, 128);
    for (let n = 0; n < 8; n++) putRound(db, n, 0);
    settle(db);
    const device = new NorDevice(512, 12);
    for (let operation = 1, isCut = true; isCut; operation++) {
      for (let kind = 0; kind < CUT_KINDS && isCut; kind++) {
        device.copyFrom(base);
        device.powerOn();
        db = open(device, 128);
        device.cutAfter(operation, kind);
        let round = 0;
        while (round < 40 && putRound(db, round % 8, 1 + round) == Status.Ok && !device.isOff) {
          round++;
          for (let i = 0; i < 100 && !device.isOff && db.step(); i++) {}
        }
        isCut = device.isOff;
        device.powerOn();
        db = open(device, 128);
        for (let n = 0; n < 8; n++) {
          const last = lastRound(n, round);
          const found = roundOf(db, n);
          const isRight = found == last || (round % 8 == n && found == 1 + round);
          if (!isRight) expect(`cut ${operation}, kind ${kind}: key ${n} is of ${found}, not ${last}`).toBe("");
        }
        if (device.violation != "") expect(device.violation).toBe("");
      }
      if (operation > 200) expect(verifyDifference(db)).toBe("");
    }
    expect(verifyDifference(db)).toBe("");
  });

  it("S9: a read that fails while it opens is told, nothing is programmed or erased, and the next try finds all", () => {
    const device = new DeafDevice(1024, 16);
    let db = open(device);
    for (let n = 0; n < 25; n++) {
      expect(putModel(db, n, n, 40, 0)).toBe(Status.Ok);
      settle(db);
    }
    const reads = device.reads;
    expect(new TreeStore(device).mount()).toBe(Status.Ok);
    const most = device.reads - reads;
    expect(most).toBeGreaterThan(16);
    for (let read = 1; read <= most; read++) {
      const before = device.operations;
      device.deafAt = device.reads + read;
      db = new TreeStore(device);
      expect(db.mount()).toBe(Status.Io, "read " + read.toString());
      expect(db.find(keyAddress(), makeKey(1), new Item())).toBe(Status.Closed);
      expect(putRound(db, 1, 1)).toBe(Status.Closed);
      expect(db.step()).toBe(false);
      expect(device.operations).toBe(before);
    }
    device.deafAt = 0;
    db = open(device);
    expect(db.counts(DOCUMENTS).records).toBe(25);
    for (let n = 0; n < 25; n++) expect(isThere(db, n)).toBe(true);
  });

  it("S9: a read that fails later is told too, and hides nothing: right answers, Io or Busy, and the next step mends the index", () => {
    const base = new DeafDevice(1024, 16);
    let db = open(base);
    for (let n = 0; n < 30; n++) {
      putRound(db, n, 1);
      settle(db);
    }
    const device = new DeafDevice(1024, 16);
    for (let read = 1, isDeaf = true; isDeaf; read++) {
      device.copyFrom(base);
      db = open(device);
      device.deafAt = device.reads + read;
      const item = new Item();
      for (let n = 0; n < 8; n++) {
        putRound(db, n, 2);
        const status = db.find(keyAddress(), makeKey(20 + n), item);
        expect(status == Status.Ok || status == Status.Io || status == Status.Busy).toBe(true, "read " + read.toString());
      }
      for (let i = 0; i < 200 && db.step(); i++) {}
      isDeaf = device.reads >= device.deafAt;
      device.deafAt = 0;
      settle(db);
      for (let n = 0; n < 30; n++) {
        const round = roundOf(db, n);
        expect(round == 1 || (n < 8 && round == 2)).toBe(
          true,
          "read " + read.toString() + ", key " + n.toString() + ": " + round.toString(),
        );
      }
      expect(verifyDifference(db)).toBe("", "read " + read.toString());
    }
  });

  it("S24: a flash that answers nothing any more is not asked without end: a step says that no more waits, and goes on when it answers", () => {
    for (let puts = 1; puts <= 60; puts++) {
      const device = new DeafDevice(1024, 16);
      const db = new TreeStore(device, 128);
      expect(db.mount()).toBe(Status.Ok);
      // Few steps: sectors wait to be made ready.
      for (let n = 0; n < puts; n++) while (putRound(db, n % 30, n) == Status.NoSpace) db.step();
      device.isDeaf = puts % 2 == 0;
      device.isStuck = !device.isDeaf;
      for (let round = 0; round < 3; round++) {
        let steps = 0;
        while (steps <= device.sectorCount && db.step()) steps++;
        expect(steps).toBeLessThan(device.sectorCount, puts.toString());
      }
      device.isDeaf = false;
      device.isStuck = false;
      settle(db);
      for (let n = 0; n < min(puts, 30); n++) expect(isThere(db, n)).toBe(true);
      expect(putRound(db, 0, 99)).toBe(Status.Ok);
      expect(verifyDifference(db)).toBe("");
    }
  });

  it("S9: what is no store, or of another version, is told and left as it is", () => {
    for (let kind = 0; kind < 2; kind++) {
      const device = new NorDevice(1024, 16);
      if (kind == 0) memory.fill(device.base, 0x5a, 16 * 1024);
      else {
        putModel(open(device), 1, 1, 30, 0);
        for (let sector = 0; sector < 16; sector++) asVersion(device, sector, 9);
      }
      const before = device.operations;
      const db = new TreeStore(device);
      expect(db.mount()).toBe(Status.Corrupt);
      expect(putRound(db, 1, 1)).toBe(Status.Closed);
      expect(db.step()).toBe(false);
      expect(device.operations).toBe(before);
    }
  });

  it("S10: a store in RAM stays there: too small it says so, full it says so", () => {
    expect(new TreeStore(new RamDevice(1024, 3)).mount()).toBe(Status.Unsupported);
    expect(new TreeStore(new RamDevice(256, 16)).mount()).toBe(Status.Unsupported);
    const db = new TreeStore(new RamDevice(1024, 8));
    expect(db.mount()).toBe(Status.Ok);
    settle(db);
    let taken = 0;
    let status: i32 = Status.Ok;
    while (taken < 1000 && status == Status.Ok) {
      status = putRound(db, taken, taken);
      taken += i32(status == Status.Ok);
      settle(db);
    }
    // The flash rows have no fakes here: a call of one would fail this spec.
    expect(status).toBe(Status.NoSpace);
    expect(db.counts(DOCUMENTS).records).toBe(taken);
    for (let n = 0; n < taken; n++) expect(roundOf(db, n)).toBe(n & 0xff);
  });

  it("S9: what is purged while the flash answers nothing stays so", () => {
    const device = new DeafDevice(1024, 16);
    let db = open(device);
    for (let n = 0; n < 10; n++) putRound(db, n, 1);
    device.isDeaf = true;
    expect(db.purge(DOCUMENTS)).toBe(Status.Ok);
    device.isDeaf = false;
    for (let round = 0; round < 2; round++) {
      settle(db);
      for (let n = 0; n < 10; n++) expect(isThere(db, n)).toBe(false);
      expect(db.counts(DOCUMENTS).records).toBe(0);
      db = open(device);
    }
  });

  it("S9: a damaged record is dropped once, though the memtable is full when it is found", () => {
    const device = new NorDevice(4096, 16);
    let db = open(device, 128);
    const item = new Item();
    putModel(db, 1, 1, 10, 0);
    let count = 1;
    for (let fills = 0; fills < 2; fills++) {
      // The second time it is in the tree, and not in the memtable.
      settle(db);
      while (putRound(db, 1 + count, 1) == Status.Ok) count++;
    }
    expect(db.find(keyAddress(), makeKey(1), item)).toBe(Status.Ok);
    const entries = device.base + item.position * 16 + item.valueOffset + item.valueBytes;
    store<u8>(entries, 0, 0);
    expect(db.find(keyAddress(), makeKey(1), item)).toBe(Status.Corrupt);
    for (let round = 0; round < 2; round++) {
      settle(db);
      expect(isThere(db, 1)).toBe(false);
      settle(db);
      expect(db.counts(DOCUMENTS).records).toBe(count - 1);
      expect(db.counts(DOCUMENTS).lost).toBe(1);
      db = open(device, 128);
    }
  });

  it("S20: a memtable too small for what was put since the last checkpoint loses nothing, wherever that shows", () => {
    const device = new NorDevice(4096, 16);
    let db = new TreeStore(device, 512);
    expect(db.mount()).toBe(Status.Ok);
    while (db.step()) {}
    for (let n = 0; n < 120; n++) expect(putRound(db, n, 1)).toBe(Status.Ok);
    // The last of these finds its place: no more of it is new.
    expect(db.beginBatch()).toBe(Status.Ok);
    for (let n = 120; n < 140; n++) expect(putRound(db, n, 1)).toBe(Status.Ok);
    expect(putRound(db, 1, 2)).toBe(Status.Ok);
    expect(db.commitBatch()).toBe(Status.Ok);
    db = open(device, 128);
    for (let n = 0; n < 140; n++) expect(roundOf(db, n)).toBe(n == 1 ? 2 : 1);
    expect(verifyDifference(db)).toBe("");
  });

  it("S20: how much the memtable holds, and when a commit is durable, are options that do what they say", () => {
    const syncs: i32[] = [];
    for (let durability = 0; durability < 3; durability++) {
      for (let batch = 4; batch <= 16; batch += 12) {
        const device = new NorDevice(4096, 16);
        const db = open(device);
        db.durability = durability;
        db.batchOperations = batch;
        putRound(db, 0, 0);
        db.flush();
        const before = device.syncs;
        for (let i = 0; i < 48; i++) putRound(db, i % 8, i);
        syncs.push(device.syncs - before);
      }
    }
    expect(syncs).toStrictEqual([48, 48, 12, 3, 0, 0]);
    const programmed: i32[] = [];
    for (let entries = 128; entries <= 512; entries += 384) {
      const device = new NorDevice(4096, 64);
      const db = open(device, entries);
      for (let i = 0; i < 800; i++) {
        putRound(db, i % 400, i);
        settle(db);
      }
      programmed.push(device.programmedBytes);
    }
    expect(programmed[0]).toBeGreaterThan(programmed[1] + programmed[1] / 10);
  });

  it("S22: no queue hides what is asked for: each put is stored or refused, and nothing stored before leaves for it", () => {
    const device = new NorDevice(1024, 8);
    let db = open(device);
    expect(db.begin(keyAddress(), makeKey(1), 10, 0, ANY_VERSION)).toBe(Status.Ok);
    expect(db.begin(keyAddress(), makeKey(2), 10, 0, ANY_VERSION)).toBe(Status.Invalid, "one at a time, and told");
    db.abort();
    let stored = 0;
    for (let n = 0; n < 1000; n++) {
      const status = putRound(db, n, 1);
      if (status == Status.Ok) {
        expect(stored).toBe(n, "after a refusal without a step there is no room");
        stored++;
      } else expect(status).toBe(Status.NoSpace);
    }
    expect(stored).toBeGreaterThan(30);
    expect(stored).toBeLessThan(1000);
    for (let round = 0; round < 2; round++) {
      expect(db.counts(DOCUMENTS).records).toBe(stored);
      for (let n = 0; n < 1000; n++) expect(isThere(db, n)).toBe(n < stored);
      db = open(device);
    }
  });
});

/** The last of `rounds` rounds, from 1, that was for a key; 0: none. */
function lastRound(n: i32, rounds: i32): i32 {
  let last = 0;
  for (let round = 0; round < rounds; round++) if (round % 8 == n) last = 1 + round;
  return last;
}

/** Makes the format part of a sector say another version. */
function asVersion(device: NorDevice, sector: i32, version: u8): void {
  const at = device.base + sector * device.sectorBytes;
  store<u8>(at, version, 4);
  store<u32>(at, device.crc32(0, at, 12), 12);
}
