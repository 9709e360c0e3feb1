import { OutboxStore } from "../../../../assembly/kernel/client/outboxStore";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { TreeStore } from "../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../assembly/lib/status";
import { prepareAll, publish } from "../../../fakes/outboxWorkload";
import { NorDevice } from "../../../fakes/norDevice";

const ENTRIES: i32 = 256;
const VALUE_BYTES: i32 = 100;
/** What the 16-byte unit, a removal of its own per record and the tree of a backlog cost. */
const MAX_PERCENT: i32 = 172;

function value(topicBytes: i32): RecordRef {
  const record = new RecordRef();
  record.topicBytes = topicBytes;
  record.dataBytes = VALUE_BYTES;
  return record;
}

function removeOldest(log: OutboxStore): bool {
  const found = new RecordRef();
  return log.next(0, found) == Status.Ok && log.remove(found, Disposition.Delivered) == Status.Ok;
}

/** Stores `writes` values and delivers each when `backlog` are waiting. Returns false when one was refused. */
function run(log: OutboxStore, writes: i32, topicBytes: i32, backlog: i32): bool {
  for (let i = 0; i < writes; i++) {
    if (publish(log, value(topicBytes)) != Status.Ok) return false;
    if (log.waiting > backlog && !removeOldest(log)) return false;
    log.step();
  }
  return true;
}

describe("kernel/client/outboxStore, wear and cost", () => {
  it("wears all sectors alike: erase counts after 10,000 writes differ by at most 2x", () => {
    const device = new NorDevice(4096, 16);
    const store = new OutboxStore(new TreeStore(device, ENTRIES));
    store.mount();
    prepareAll(store);
    expect(run(store, 10000, 6, 100)).toBe(true);
    let least = i32.MAX_VALUE;
    let most = 0;
    for (let sector = 0; sector < device.sectorCount; sector++) {
      least = min(least, device.erases[sector]);
      most = max(most, device.erases[sector]);
    }
    expect(least).toBeGreaterThan(10);
    expect(most).toBeLessThan(2 * least + 1);
    expect(device.violation).toBe("");
  });

  it("programs and erases a bounded number of bytes per byte of value", () => {
    const device = new NorDevice(4096, 16);
    const store = new OutboxStore(new TreeStore(device, ENTRIES));
    store.mount();
    prepareAll(store);
    expect(run(store, 10000, 6, 100)).toBe(true);
    const programmed = device.programmedBytes / 10000;
    const erased = <i32>((<i64>device.eraseTotal * 4096) / 10000);
    expect(programmed).toBeLessThan(MAX_PERCENT);
    expect(erased).toBeLessThan(MAX_PERCENT + 5);
  });

  it("mounts a full 512 KB by reading less than 5 % of it, and programs nothing", () => {
    const device = new NorDevice(4096, 128);
    const store = new OutboxStore(new TreeStore(device, ENTRIES));
    store.mount();
    prepareAll(store);
    let stored = 0;
    for (let i = 0; i < 5000; i++) {
      if (publish(store, value(21)) == Status.Ok) stored++;
      if (i < 700) removeOldest(store);
      store.step();
    }
    const operations = device.operations;
    device.readBytes = 0;
    device.reads = 0;
    const again = new OutboxStore(new TreeStore(device, ENTRIES));
    expect(again.mount()).toBe(Status.Ok);
    expect(again.waiting).toBe(stored - 700);
    expect(again.storedTotal).toBe(stored);
    expect(device.operations).toBe(operations);
    expect(device.readBytes).toBeLessThan((4096 * 128) / 20);
  });
});
