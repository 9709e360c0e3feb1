import { Core } from "../../../../../assembly/kernel/store/core";
import { BY_EXPIRY, BY_KEY, COMPOSITE_MAX, compare } from "../../../../../assembly/kernel/store/tree/cursor";
import { PAGE_MAX, Page, PageBuilder, unitOf } from "../../../../../assembly/kernel/store/tree/page";
import { HIGH, PROBE, TARGET } from "../../../../../assembly/kernel/store/scratch";
import { UNIT } from "../../../../../assembly/kernel/store/flash/units";
import { workspace } from "../../../../../assembly/kernel/store/workspace";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

/* Pages of random composites, short and of up to 96 bytes, that share beginnings; what a pass tells, against looking at each of them. */

const PAGES: i32 = 100;
const SOUGHT_PER_PAGE: i32 = 40;
const COUNT_MAX: i32 = 60;
/** Of 23 that are remembered. */
const BRANCHES: i32 = 16;
const LENGTH_AT: i32 = COMPOSITE_MAX + 8;
const PAYLOAD_AT: i32 = LENGTH_AT + 4;
const SLOT: i32 = PAYLOAD_AT + 4;
const slots = memory.data((COUNT_MAX + 1) * SLOT, 8);
const sought = memory.data(SLOT, 8);
const GUARD: u64 = 0xdeadbeefdeadbeef;
const buffer = memory.data(PAGE_MAX, 8);
let seed: u32 = 7;

function random(below: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>below);
}

function slotOf(n: i32): usize {
  return slots + n * SLOT;
}

function bytesOf(slot: usize): i32 {
  return load<i32>(slot, LENGTH_AT);
}

function payloadOf(n: i32): i32 {
  return load<i32>(slotOf(n), PAYLOAD_AT);
}

/** Draws a composite: bytes that are few and extreme, behind the beginning of one of the `count` drawn before. */
function draw(dst: usize, count: i32): void {
  const bytes = random(8) == 0 ? 1 + random(COMPOSITE_MAX) : 1 + random(14);
  let at = 0;
  if (count > 0 && random(3) > 0) {
    const other = slotOf(random(count));
    at = random(min(bytes, bytesOf(other)) + 1);
    memory.copy(dst, other, at);
  } else {
    store<u8>(dst, random(4) == 0 ? 3 + random(2) : random(2));
    at = 1;
  }
  for (; at < bytes; at++) store<u8>(dst + at, random(3) == 0 ? 255 : random(4));
  store<i32>(dst, bytes, LENGTH_AT);
}

/** Whether a leaf may hold it: an expiry tells the bytes of its key. */
function isSound(slot: usize): bool {
  return load<u8>(slot) != BY_EXPIRY || bytesOf(slot) > 8;
}

/** What it leads to. */
function payloadFor(slot: usize, isBranch: bool): i32 {
  const index = load<u8>(slot);
  if (isBranch || index == BY_KEY) return 1 + random(0xffffff);
  return index == BY_EXPIRY ? bytesOf(slot) - (load<u8>(slot, 1) == 2 ? 8 : 6) : 1 + random(64);
}

/** Draws composites and sorts them. Returns how many. */
function drawAll(isBranch: bool): i32 {
  const wanted = 1 + random(COUNT_MAX);
  let count = 0;
  if (isBranch && random(2) == 0) {
    // At the left edge.
    store<i32>(slotOf(0), 0, LENGTH_AT);
    store<i32>(slotOf(0), 77, PAYLOAD_AT);
    count = 1;
  }
  for (let tries = 0; count < wanted && tries < 200; tries++) {
    draw(sought, count);
    if (!isSound(sought)) continue;
    store<i32>(sought, payloadFor(sought, isBranch), PAYLOAD_AT);
    const place = countBelow(count, true);
    if (place != countBelow(count, false)) continue;
    memory.copy(slotOf(place + 1), slotOf(place), (count - place) * SLOT);
    memory.copy(slotOf(place), sought, SLOT);
    count++;
  }
  return count;
}

/** How many composites are less than the one sought, or that. */
function countBelow(count: i32, withEqual: bool): i32 {
  let below = 0;
  while (below < count) {
    const order = compare(slotOf(below), bytesOf(slotOf(below)), sought, bytesOf(sought));
    if (order > 0 || (order == 0 && !withEqual)) break;
    below++;
  }
  return below;
}

function isAt(page: Page, n: i32): bool {
  return compare(page.key, page.keyBytes, slotOf(n), bytesOf(slotOf(n))) == 0 && page.payload == payloadOf(n);
}

/** What a pass tells otherwise than looking at each of `count` composites: "" when nothing. */
function difference(page: Page, count: i32, withEqual: bool): string {
  const bytes = bytesOf(sought);
  const below = countBelow(count, withEqual);
  const passed = page.pass(sought, bytes, withEqual);
  if (passed < 0 != (below == 0)) return "whether it passed any";
  if (below > 0 && (page.level > 0 || load<u8>(slotOf(below - 1)) == BY_KEY) && passed != payloadOf(below - 1))
    return "what the last one leads to";
  if (page.level == 0 && page.isExact != countBelow(count, true) > countBelow(count, false)) return "whether it is there";
  store<u64>(TARGET, GUARD);
  store<u64>(PROBE, GUARD);
  const follows = page.follow(sought, HIGH);
  if (load<u64>(TARGET) != GUARD || load<u64>(PROBE) != GUARD) return "what lies beside the bound";
  if (below == count) {
    if (follows != -1) return "something follows the last one";
  } else if (compare(HIGH, follows, slotOf(below), bytesOf(slotOf(below))) != 0) return "what follows";
  page.stand(sought, bytes);
  for (let n = below; n < count; n++) if (!page.next() || !isAt(page, n)) return "entry " + (n - below).toString() + " behind it";
  if (page.next()) return "more than there is";
  if (below == 0) return "";
  page.pass(sought, bytes, withEqual);
  page.back(sought, bytes);
  if (!isAt(page, below - 1)) return "the last one passed";
  return below == count || (page.next() && isAt(page, below)) ? "" : "the one behind the last one passed";
}

/** It counts the checksums that it takes. */
class CountingDevice extends NorDevice {
  checksums: i32 = 0;

  crc32(crc: u32, src: usize, len: i32): u32 {
    this.checksums++;
    return super.crc32(crc, src, len);
  }
}

/** Bytes that two composites have in common. */
function commonOf(a: usize, b: usize): i32 {
  const most = min(bytesOf(a), bytesOf(b));
  let shared = 0;
  while (shared < most && load<u8>(a + shared) == load<u8>(b + shared)) shared++;
  return shared;
}

/** Writes a page with one entry. Its pointer. */
function pageOfOne(core: Core, level: u8): i32 {
  const builder = new PageBuilder(level, <u16>PAGE_MAX, buffer);
  builder.clear();
  store<u16>(sought, 0x0100);
  builder.append(sought, 2, 1, 0);
  return builder.write(core.writer);
}

describe("kernel/store/tree/page, a pass", () => {
  it("stops where looking at each composite does, in leaves and branches, and knows what lies on both sides", () => {
    const core = new Core(new NorDevice(4096, 32), 16, false);
    expect(core.measure()).toBe(true);
    core.enter();
    const page = workspace.page;
    let entries = 0;
    let exact = 0;
    let long = 0;
    let halved = 0;
    for (let n = 0; n < PAGES; n++) {
      const level = n & 1;
      while (core.ring.ready < 2) core.ring.prepare();
      const drawn = drawAll(level > 0);
      const builder = new PageBuilder(<u8>level, <u16>PAGE_MAX, buffer);
      builder.half = <u8>(PAGE_MAX >> 1);
      builder.clear();
      let count = 0;
      while (count < drawn) {
        const slot = slotOf(count);
        const shared = count > 0 ? commonOf(slotOf(count - 1), slot) : 0;
        expect(builder.common(slot, bytesOf(slot))).toBe(shared, "in common with the last one");
        const bytes = bytesOf(slot);
        const payload = payloadOf(count);
        if (!(level > 0 ? builder.addChild(slot, bytes, payload) : builder.append(slot, bytes, payload, shared))) break;
        if (bytesOf(slot) > 40) long++;
        count++;
      }
      entries += count;
      const end: i32 = builder.bytes;
      if (end < PAGE_MAX) store<u8>(buffer + end, 0);
      const pointer = builder.write(core.writer);
      if (level > 0 && end < PAGE_MAX && load<u8>(buffer + end) != 0) halved++;
      expect(page.load(pointer)).toBe(Status.Ok);
      for (let i = 0; i < count; i++) expect(page.next() && isAt(page, i)).toBe(true, "walked: entry " + i.toString());
      for (let i = 0; i < SOUGHT_PER_PAGE; i++) {
        if (random(4) > 0) draw(sought, count);
        else memory.copy(sought, slotOf(random(count)), SLOT);
        if (countBelow(count, true) > countBelow(count, false)) exact++;
        expect(page.load(pointer)).toBe(Status.Ok);
        expect(difference(page, count, false)).toBe("", "page " + n.toString());
        expect(difference(page, count, true)).toBe("", "page " + n.toString() + ", with equal");
      }
    }
    expect(entries).toBeGreaterThan(PAGES * 10);
    expect(exact).toBeGreaterThan(PAGES * 8);
    expect(long).toBeGreaterThan(PAGES / 4);
    expect(halved).toBeGreaterThan(PAGES / 4);
  });
});

describe("kernel/store/tree/page, branches", () => {
  it("are checked once as long as look-ups read the same two thirds of those that are remembered, leaves each time", () => {
    const device = new CountingDevice(4096, 32);
    const core = new Core(device, 16, false);
    expect(core.measure()).toBe(true);
    core.enter();
    const page = workspace.page;
    const branches: i32[] = [];
    let leaf = 0;
    for (let n = 0; n < BRANCHES; n++) {
      while (core.ring.ready < 2) core.ring.prepare();
      // As far apart as leaves between them put them.
      for (let leaves = random(20); leaves >= 0; leaves--) leaf = pageOfOne(core, 0);
      branches.push(pageOfOne(core, 1));
    }
    for (let i = 0; i < 1000; i++) page.load(branches[random(BRANCHES)]);
    device.checksums = 0;
    for (let i = 0; i < 1000; i++) expect(page.load(branches[random(BRANCHES)])).toBe(Status.Ok);
    expect(device.checksums).toBe(0);
    for (let i = 0; i < 10; i++) {
      page.load(leaf);
      page.load(branches[i]);
    }
    expect(device.checksums).toBe(10);
    // One that is damaged is found before it is remembered.
    const damaged = pageOfOne(core, 1);
    device.bytes[unitOf(damaged) * UNIT + 6] ^= 1;
    expect(page.load(damaged)).toBe(Status.Corrupt);
  });
});
