import { OutboxStore } from "../../../../assembly/kernel/client/outboxStore";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RECORD_CLOCK_VALID, RecordRef, REJECTED } from "../../../../assembly/kernel/store/recordStore";
import { Eviction, QUEUE } from "../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { bodyIs, prepareAll, publish } from "../../../fakes/outboxWorkload";
import { damageIndex } from "../../../fakes/indexPages";
import { NorDevice } from "../../../fakes/norDevice";

function over(device: NorDevice): OutboxStore {
  return new OutboxStore(new TreeStore(device, 128));
}

function mounted(device: NorDevice): OutboxStore {
  const log = over(device);
  expect(log.mount()).toBe(Status.Ok);
  prepareAll(log);
  return log;
}

function sized(dataBytes: i32): RecordRef {
  const record = new RecordRef();
  record.topicBytes = 8;
  record.dataBytes = dataBytes;
  return record;
}

/** Fills the log with records of `dataBytes` until it refuses. Returns how many went in. */
function fill(log: OutboxStore, dataBytes: i32): i32 {
  for (let count = 0; ; count++) {
    const status = publish(log, sized(dataBytes));
    if (status == Status.Ok) continue;
    expect(status).toBe(Status.NoSpace);
    return count;
  }
}

/** Removes the oldest records, up to `count`. Returns how many there were, -1 when one was out of order or changed. */
function deliver(log: OutboxStore, count: i32): i32 {
  const found = new RecordRef();
  let last: i64 = 0;
  for (let done = 0; done < count; done++) {
    if (log.next(0, found) != Status.Ok) return done;
    if (found.sequence <= last || !bodyIs(log, found)) return -1;
    last = found.sequence;
    if (log.remove(found, Disposition.Delivered) != Status.Ok) return -1;
  }
  return count;
}

describe("kernel/client/outboxStore", () => {
  it("keeps a record with all it was given, over a remount", () => {
    const device = new NorDevice(4096, 8);
    const log = mounted(device);
    expect(log.boot).toBe(1);
    const record = sized(100);
    record.capturedAtMs = 1732374523123;
    record.ttlSeconds = 3600;
    record.flags = RECORD_CLOCK_VALID | 0x13;
    record.contextBytes = 5;
    expect(publish(log, record)).toBe(Status.Ok);
    expect(record.sequence).toBe(1);

    const again = mounted(device);
    expect(again.boot).toBe(2);
    expect(again.waiting).toBe(1);
    const found = new RecordRef();
    expect(again.next(0, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(1);
    expect(found.capturedAtMs).toBe(1732374523123);
    expect(found.ttlSeconds).toBe(3600);
    expect(found.boot).toBe(1);
    expect(found.flags).toBe(RECORD_CLOCK_VALID | 0x13);
    expect(found.topicBytes).toBe(8);
    expect(found.contextBytes).toBe(5);
    expect(found.dataBytes).toBe(100);
    expect(bodyIs(again, found)).toBe(true);
    expect(again.next(1, found)).toBe(Status.NotFound);
    expect(device.violation).toBe("");
  });

  it("removes once, counts under the right heading, and remembers over a remount", () => {
    const device = new NorDevice(4096, 8);
    const log = mounted(device);
    for (let i = 0; i < 4; i++) publish(log, sized(50));
    const found = new RecordRef();
    const fates: Disposition[] = [Disposition.Evicted, Disposition.Expired, Disposition.Delivered, REJECTED];
    for (let i = 0; i < 4; i++) {
      expect(log.next(0, found)).toBe(Status.Ok);
      expect(log.remove(found, fates[i])).toBe(Status.Ok);
      expect(log.remove(found, fates[i])).toBe(Status.NotFound);
    }
    const again = mounted(device);
    expect(again.storedTotal).toBe(4);
    expect(again.deliveredTotal).toBe(1);
    expect(again.expiredTotal).toBe(1);
    expect(again.evictedTotal).toBe(1);
    expect(again.rejectedTotal).toBe(1);
    expect(again.waiting).toBe(0);
    expect(again.lastSequence).toBe(4);
  });

  it("walks on from the record last answered, so that a window can be in flight", () => {
    const log = mounted(new NorDevice(1024, 8));
    for (let i = 0; i < 5; i++) publish(log, sized(20));
    const found = new RecordRef();
    for (let sequence: i64 = 1; sequence <= 5; sequence++) {
      expect(log.next(sequence - 1, found)).toBe(Status.Ok);
      expect(found.sequence).toBe(sequence);
    }
    expect(log.next(5, found)).toBe(Status.NotFound);
    expect(log.next(2, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(3, "and back again");
  });

  it("reads no flash while there is nothing new behind the window", () => {
    const device = new NorDevice(512, 16);
    const log = mounted(device);
    for (let i = 0; i < 3; i++) publish(log, sized(20));
    const found = new RecordRef();
    expect(log.next(3, found)).toBe(Status.NotFound);
    const reads = device.reads;
    for (let i = 0; i < 5; i++) expect(log.next(3, found)).toBe(Status.NotFound);
    expect(device.reads).toBe(reads);
    publish(log, sized(20));
    expect(log.next(3, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(4);
  });

  it("does not show a record before its commit, nor one aborted, and gives its number to the next", () => {
    const device = new NorDevice(1024, 8);
    const log = mounted(device);
    const record = sized(600);
    const found = new RecordRef();
    expect(log.begin(record)).toBe(Status.Ok);
    expect(log.begin(sized(1))).toBe(Status.Busy, "one is already begun");
    expect(log.write(device.base, 608 + 1)).toBe(Status.Invalid, "more than announced");
    expect(log.write(device.base, 600)).toBe(Status.Ok);
    expect(log.commit()).toBe(Status.Invalid, "bytes are missing");
    expect(log.next(0, found)).toBe(Status.NotFound);
    expect(log.waiting).toBe(0);
    log.abort();
    expect(log.next(0, found)).toBe(Status.NotFound);
    const second = sized(10);
    expect(publish(log, second)).toBe(Status.Ok);
    expect(second.sequence).toBe(1);
    expect(deliver(log, 5)).toBe(1);
    expect(mounted(device).corrupt).toBe(0);
    expect(device.violation).toBe("");
  });

  it("drains while a long record is being written", () => {
    const log = mounted(new NorDevice(1024, 16));
    for (let i = 0; i < 4; i++) publish(log, sized(60));
    const long = sized(1500);
    const bytes = new StaticArray<u8>(1508);
    expect(log.begin(long)).toBe(Status.Ok);
    expect(log.write(changetype<usize>(bytes), 1000)).toBe(Status.Ok);
    expect(deliver(log, 10)).toBe(4);
    expect(log.waiting).toBe(0);
    prepareAll(log);
    expect(log.write(changetype<usize>(bytes) + 1000, 508)).toBe(Status.Ok);
    expect(log.commit()).toBe(Status.Ok);
    const found = new RecordRef();
    expect(log.next(4, found)).toBe(Status.Ok);
    expect(found.dataBytes).toBe(1500);
    prepareAll(log);
    expect(log.deliveredTotal).toBe(4);
  });

  it("hands out no more, while a record is being written, than it can note as delivered", () => {
    const device = new NorDevice(1024, 16);
    const log = mounted(device);
    for (let i = 0; i < 40; i++) publish(log, sized(10));
    expect(log.begin(sized(10))).toBe(Status.Ok);
    const inFlight = deliver(log, 100);
    expect(inFlight).toBe(17);
    log.abort();
    prepareAll(log);
    expect(log.deliveredTotal).toBe(17);
    expect(deliver(log, 100)).toBe(23);
    expect(mounted(device).deliveredTotal).toBe(40);
  });

  it("keeps a document of 8192 bytes and refuses what can never fit", () => {
    const device = new NorDevice(4096, 12);
    const log = mounted(device);
    for (let i = 0; i < 12; i++) {
      expect(publish(log, sized(8192))).toBe(Status.Ok);
      expect(deliver(log, 1)).toBe(1);
      prepareAll(log);
    }
    expect(log.begin(sized(4 * 4016))).toBe(Status.TooLarge);
    expect(log.begin(sized(0x10000))).toBe(Status.TooLarge);
    expect(log.begin(sized(-1))).toBe(Status.Invalid);
    expect(mounted(device).deliveredTotal).toBe(12);
    expect(device.violation).toBe("");
  });

  it("refuses when full, loses nothing, and takes records again after delivery and steps", () => {
    const device = new NorDevice(1024, 8);
    const log = mounted(device);
    let count = 0;
    for (let more = fill(log, 60); more > 0; more = fill(log, 60)) {
      count += more;
      prepareAll(log);
    }
    expect(count).toBeGreaterThan(20);
    expect(log.waiting).toBe(count);
    expect(log.step()).toBe(false, "nothing to be made ready");
    expect(publish(log, sized(60))).toBe(Status.NoSpace);
    expect(deliver(log, 4)).toBe(4);
    prepareAll(log);
    expect(publish(log, sized(60))).toBe(Status.Ok);
    let delivered = 4;
    for (let more = deliver(log, 1000); more > 0; more = deliver(log, 1000)) {
      delivered += more;
      prepareAll(log);
    }
    expect(delivered).toBe(count + 1);
    expect(mounted(device).deliveredTotal).toBe(count + 1);
  });

  it("erases at most once in a step, and nowhere else", () => {
    const device = new NorDevice(512, 16);
    const log = over(device);
    log.mount();
    for (let i = 0; i < 300; i++) {
      const before = device.eraseTotal;
      publish(log, sized(30));
      deliver(log, 1);
      expect(device.eraseTotal).toBe(before);
      log.step();
      expect(device.eraseTotal - before).toBeLessThan(2);
    }
    expect(device.eraseTotal).toBeGreaterThan(50);
  });

  it("stays within its cap, wherever the log is on the device", () => {
    const device = new NorDevice(512, 32);
    const tree = new TreeStore(device, 128);
    tree.setCap(QUEUE, 10 * 96, 0, Eviction.Refuse);
    const log = new OutboxStore(tree);
    expect(log.mount()).toBe(Status.Ok);
    prepareAll(log);
    for (let round = 0; round < 10; round++) {
      const count = fill(log, 40);
      expect(count).toBe(10);
      expect(deliver(log, count)).toBe(count);
      prepareAll(log);
    }
  });

  it("works on a new device only after a step has erased, and reports what it cannot use", () => {
    const device = new NorDevice(1024, 8);
    const log = over(device);
    expect(log.mount()).toBe(Status.Ok);
    expect(publish(log, sized(10))).toBe(Status.NoSpace);
    expect(log.step()).toBe(true, "more sectors to be made ready");
    expect(publish(log, sized(10))).toBe(Status.Ok);
    expect(over(new NorDevice(0, 0)).mount()).toBe(Status.Unsupported);
    expect(over(new NorDevice(512, 3)).mount()).toBe(Status.Unsupported);
  });

  it("passes Io on from every program and erase, and stays consistent", () => {
    for (let operation = 1; operation < 120; operation++) {
      const device = new NorDevice(512, 16);
      const log = over(device);
      log.mount();
      device.failAt = operation;
      let stored = 0;
      for (let i = 0; i < 30; i++) {
        log.step();
        stored += i32(publish(log, sized(i * 3)) == Status.Ok);
        const found = new RecordRef();
        if (i % 3 != 0 && log.next(0, found) == Status.Ok) log.remove(found, Disposition.Delivered);
      }
      device.failAt = 0;
      expect(log.storedTotal).toBe(stored, "stored, failing operation " + operation.toString());
      const waiting = log.waiting;
      expect(deliver(log, 1000)).toBe(waiting, "waiting, failing operation " + operation.toString());
      expect(log.deliveredTotal).toBe(stored, "delivered, failing operation " + operation.toString());
      const again = over(device);
      expect(again.mount()).toBe(Status.Ok);
      expect(again.deliveredTotal).toBe(stored, "after remount, failing operation " + operation.toString());
    }
  });

  it("takes no record for lost while a page of the index is damaged: after a step it is there, and removals that met the page are made", () => {
    const device = new NorDevice(4096, 16);
    const log = mounted(device);
    for (let i = 0; i < 160; i++) {
      expect(publish(log, sized(60))).toBe(Status.Ok);
      while (log.step()) {}
    }
    const first = new RecordRef();
    expect(log.next(0, first)).toBe(Status.Ok);
    const again = over(device);
    expect(again.mount()).toBe(Status.Ok);
    expect(damageIndex(device)).toBeGreaterThan(1);
    expect(again.check(first)).toBe(Status.Busy);
    expect(again.remove(first, Disposition.Delivered)).toBe(Status.Ok);
    while (again.step()) {}
    while (again.step()) {}
    expect(again.deliveredTotal).toBe(1);
    expect(again.next(0, first)).toBe(Status.Ok);
    expect(again.check(first)).toBe(Status.Ok);
    let left = 0;
    for (let round = 0; round < 12; round++) {
      left += deliver(again, 16);
      while (again.step()) {}
    }
    expect(left).toBe(159);
  });

  it("waits at mount for an index that is made anew, and goes on behind the last number", () => {
    const device = new NorDevice(4096, 16);
    const log = mounted(device);
    for (let n = 0; n < 160; n++) {
      expect(publish(log, sized(20))).toBe(Status.Ok);
      while (log.step()) {}
    }
    expect(deliver(log, 16)).toBe(16);
    while (log.step()) {}
    const last = log.lastSequence;
    expect(damageIndex(device)).toBeGreaterThan(1);
    const again = over(device);
    let pieces = 0;
    let status = again.mount();
    for (; status == Status.Busy; status = again.mount()) pieces++;
    expect(status).toBe(Status.Ok);
    expect(pieces).toBeGreaterThan(2);
    expect(again.lastSequence).toBe(last);
    expect(again.waiting).toBe(144);
    const record = sized(20);
    expect(publish(again, record)).toBe(Status.Ok);
    expect(record.sequence).toBe(last + 1);
    let left = 0;
    for (let round = 0; round < 12; round++) {
      left += deliver(again, 16);
      while (again.step()) {}
    }
    expect(left).toBe(145);
  });
});
