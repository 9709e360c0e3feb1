import { Core } from "../../../../../assembly/kernel/store/core";
import { unitOf } from "../../../../../assembly/kernel/store/tree/page";
import { treeBuilder } from "../../../../../assembly/kernel/store/tree/treeBuilder";
import { UNIT } from "../../../../../assembly/kernel/store/flash/units";
import { workspace } from "../../../../../assembly/kernel/store/workspace";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const KEY = memory.data(96, 4);
/** Index id, group, what is the same in a group, number. */
const KEY_BYTES: i32 = 90;
/** Keys of a group: more than a leaf holds, so that what tells two leaves apart is as long as a key, and is the same in no two of them. */
const GROUP: i32 = 32;

/** Makes the composite of key n; a short one differs from the one before early. */
function make(n: i32, isLong: bool): i32 {
  store<u8>(KEY, 0);
  if (!isLong) {
    store<u32>(KEY, bswap(n), 1);
    return 5;
  }
  store<u32>(KEY, bswap(n / GROUP + 1), 1);
  memory.fill(KEY + 5, 120, KEY_BYTES - 6);
  store<u8>(KEY + KEY_BYTES - 1, n % GROUP);
  return KEY_BYTES;
}

/** A core over a device that is erased, with sectors to write into. */
function makeCore(device: NorDevice): Core {
  const core = new Core(device, 16, true);
  core.measure();
  core.enter();
  return core;
}

/** Adds keys 0 to count - 1, each with its number, and takes the tree. What finish says. */
function build(core: Core, count: i32, isLong: bool): i32 {
  treeBuilder.begin(core);
  for (let n = 0; n < count; n++) {
    while (core.ring.ready < 2) if (core.ring.prepare() < 0) return Status.NoSpace;
    const status = treeBuilder.add(KEY, make(n, isLong), n, -1);
    if (status < 0) return status;
  }
  const root = treeBuilder.finish();
  core.tree.root = max(root, 0);
  core.tree.forget();
  return root;
}

/** Level of a page. -1: it does not load. */
function levelOf(pointer: i32): i32 {
  return workspace.page.load(pointer) < 0 ? -1 : workspace.page.level;
}

/** The first key that is not found with its number; -1: all are. */
function missing(core: Core, count: i32, isLong: bool): i32 {
  const page = workspace.page;
  for (let n = 0; n < count; n++) {
    const bytes = make(n, isLong);
    if (core.tree.seek(KEY, bytes) < 0 || page.keyBytes != bytes || memory.compare(page.key, KEY, bytes) != 0 || page.payload != n)
      return n;
  }
  return -1;
}

/** Units of the pages below a pointer. */
function unitsBelow(pointer: i32): i32 {
  let units = pointer >> 19;
  const level = levelOf(pointer);
  const page = workspace.page;
  const children: i32[] = [];
  while (level > 0 && page.next()) children.push(page.payload);
  for (let i = 0; i < children.length; i++) units += unitsBelow(children[i]);
  return units;
}

describe("store/tree/treeBuilder", () => {
  it("builds trees of every height, finds all in them, and counts their pages", () => {
    const counts: i32[] = [0, 1, 30, 31, 400, 5000, 60000];
    let highest = 0;
    for (let i = 0; i < counts.length; i++) {
      const core = makeCore(new NorDevice(4096, 256));
      const root = build(core, counts[i], false);
      expect(root >= 0).toBe(true, counts[i].toString());
      expect(missing(core, counts[i], false)).toBe(-1, counts[i].toString());
      if (root == 0) continue;
      highest = max(highest, levelOf(root));
      expect(unitsBelow(root)).toBe(treeBuilder.units, counts[i].toString());
    }
    expect(highest).toBe(3);
  });

  it("grows to its last level where composites are so long that two fill a branch, and says then that there is no room", () => {
    const core = makeCore(new NorDevice(4096, 256));
    const root = build(core, 40 * GROUP, true);
    expect(root > 0).toBe(true);
    expect(levelOf(root)).toBe(5);
    expect(missing(core, 40 * GROUP, true)).toBe(-1);
    expect(unitsBelow(root)).toBe(treeBuilder.units);
    // Of a large tree the leaves are small, and the branches above as large as ever.
    const large = makeCore(new NorDevice(4096, 256));
    large.tree.units = 1000;
    expect(levelOf(build(large, 20 * GROUP, true))).toBe(5);
    expect(missing(large, 20 * GROUP, true)).toBe(-1);
    const full = makeCore(new NorDevice(4096, 256));
    expect(build(full, 2000 * GROUP, true)).toBe(Status.NoSpace);
  });

  it("begins with nothing at its left edge, also where all that came first in the old tree is gone", () => {
    const core = makeCore(new NorDevice(4096, 256));
    make(0, false);
    memory.copy(core.place, KEY, 4);
    core.placeBytes = 4;
    expect(build(core, 400, false) > 0).toBe(true);
    expect(missing(core, 400, false)).toBe(-1);
    make(0, false);
    expect(core.tree.seek(KEY, 1)).toBe(Status.Ok);
    expect(workspace.page.payload).toBe(0);
    let levels = 0;
    for (let pointer = core.tree.root; levelOf(pointer) > 0; pointer = workspace.page.payload) {
      expect(workspace.page.next()).toBe(true);
      expect(workspace.page.keyBytes).toBe(0);
      levels++;
    }
    expect(levels).toBeGreaterThan(0);
  });

  it("gives a tree up when a branch reads as something else than was written", () => {
    const device = new NorDevice(4096, 256);
    const core = makeCore(device);
    treeBuilder.begin(core);
    let status: i32 = Status.Ok;
    let spoiled = 0;
    for (let n = 0; n < 20000 && status >= 0; n++) {
      while (core.ring.ready < 2) core.ring.prepare();
      status = treeBuilder.add(KEY, make(n, false), n, -1);
      // The record written last is a branch: its level is not 0.
      const at = core.writer.unit * UNIT;
      if (spoiled == 0 && n > 1000 && (unchecked(device.bytes[at + 4]) & 127) == 1) {
        unchecked((device.bytes[at + 9] ^= 4));
        spoiled = at;
      }
    }
    if (status >= 0) status = treeBuilder.finish();
    expect(spoiled > 0).toBe(true);
    expect(status).toBe(Status.Io);
    expect(unitOf(core.tree.root)).toBe(0);
  });
});
