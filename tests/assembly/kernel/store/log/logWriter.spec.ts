import { Core } from "../../../../../assembly/kernel/store/core";
import { ENTRIES_BYTES_MAX, KIND_PUT } from "../../../../../assembly/kernel/store/log/record";
import { workspace } from "../../../../../assembly/kernel/store/workspace";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const KEY: usize = memory.data(8, 4);
const VALUE: usize = memory.data(1200, 4);
const READ: usize = memory.data(1200, 4);
const ENTRY: usize = memory.data(32, 4);
/** What the entries of the record last written are, one behind the other. */
const ENTRIES: usize = memory.data(512, 4);
/** Bytes of an entry, but for the last. */
const ENTRY_BYTES: i32 = 24;

function makeCore(device: NorDevice): Core {
  const core = new Core(device, 16, true);
  core.measure();
  core.enter();
  return core;
}

/** Writes a record with so many bytes of value and of entries. What `end` says. */
function write(core: Core, valueBytes: i32, entriesBytes: i32): i32 {
  const writer = core.writer;
  while (core.ring.ready < 2) if (core.ring.prepare() < 0) return Status.NoSpace;
  let status = writer.begin(KIND_PUT, 0, valueBytes, 0, 0, 0, KEY, 8, 0);
  for (let at = 0; status >= 0 && at < valueBytes; at += 37) status = writer.write(VALUE + at, min(37, valueBytes - at));
  let taken = 0;
  while (status >= 0 && taken < entriesBytes) {
    const len = min(ENTRY_BYTES, entriesBytes - taken) - 1;
    store<u8>(ENTRY, taken + len);
    status = writer.addEntry(2, ENTRY, len);
    store<u8>(ENTRIES + taken, (2 << 5) | len);
    memory.copy(ENTRIES + taken + 1, ENTRY, len);
    taken += 1 + len;
  }
  return status < 0 ? status : writer.end();
}

/** Where the record last written is wrong: "" when nothing is. */
function difference(core: Core, valueBytes: i32, entriesBytes: i32): string {
  const view = workspace.found;
  if (view.load(core.writer.unit) < 0) return "not found";
  if (view.verify() < 0) return "checksum";
  if (view.valueBytes != valueBytes || view.entriesBytes != entriesBytes) return "lengths";
  if (view.readAt(view.valueOffset, READ, valueBytes) < 0 || memory.compare(READ, VALUE, valueBytes) != 0) return "value";
  if (view.readAt(view.entriesOffset, READ, entriesBytes) < 0 || memory.compare(READ, ENTRIES, entriesBytes) != 0) return "entries";
  return "";
}

for (let i = 0; i < 1200; i++) store<u8>(VALUE + i, i * 7);
memory.fill(ENTRY, 0x5a, 32);

describe("store/log/logWriter", () => {
  it("writes values and entries of all lengths, wherever in a sector they come to lie", () => {
    const device = new NorDevice(4096, 512);
    const core = makeCore(device);
    for (let valueBytes = 0; valueBytes <= 620; valueBytes += 31) {
      for (let entriesBytes = 0; entriesBytes <= ENTRIES_BYTES_MAX - 2; entriesBytes += entriesBytes > 220 ? 1 : 13) {
        const what = valueBytes.toString() + " and " + entriesBytes.toString();
        expect(write(core, valueBytes, entriesBytes)).toBe(Status.Ok, what);
        expect(difference(core, valueBytes, entriesBytes)).toBe("", what);
      }
    }
    expect(device.violation).toBe("");
  });

  it("refuses one byte of entries more than there may be, and goes on without it", () => {
    const core = makeCore(new NorDevice(4096, 16));
    expect(write(core, 100, ENTRIES_BYTES_MAX - 1)).toBe(Status.NoSpace);
    expect(core.writer.end()).toBe(Status.Ok);
    expect(difference(core, 100, 10 * ENTRY_BYTES)).toBe("");
  });

  it("says at the end what went wrong while room was made for entries, and is ready for the next record", () => {
    const device = new NorDevice(4096, 16);
    const core = makeCore(device);
    expect(write(core, 10, 0)).toBe(Status.Ok);
    const writer = core.writer;
    expect(writer.begin(KIND_PUT, 0, 230, 0, 0, 0, KEY, 8, 0)).toBe(Status.Ok);
    expect(writer.write(VALUE, 230)).toBe(Status.Ok);
    const before = device.operations;
    device.failAt = before + 1;
    for (let i = 0; i < 10; i++) expect(writer.addEntry(2, ENTRY, ENTRY_BYTES - 1)).toBe(Status.Ok);
    expect(device.operations).toBe(before + 1);
    expect(writer.end()).toBe(Status.Io);
    core.giveUpRecord();
    expect(write(core, 300, 200)).toBe(Status.Ok);
    expect(difference(core, 300, 200)).toBe("");
  });
});
