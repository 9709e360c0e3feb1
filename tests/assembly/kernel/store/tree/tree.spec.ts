import { Core } from "../../../../../assembly/kernel/store/core";
import { BY_KEY } from "../../../../../assembly/kernel/store/tree/cursor";
import { compose } from "../../../../../assembly/kernel/store/tree/memtable";
import { PAGE_MAX, PageBuilder } from "../../../../../assembly/kernel/store/tree/page";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const buffer = memory.data(PAGE_MAX, 8);
const key = memory.data(8, 8);
const composite = memory.data(16, 8);

/** Puts the composite of a key of one byte into `composite`. Returns its bytes. */
function compositeOf(byte: i32): i32 {
  store<u8>(key, byte);
  return compose(composite, BY_KEY, 0, 0, key, 1);
}

/** Writes a page of these keys. Returns its pointer. */
function pageOf(core: Core, level: i32, keys: i32[], payloads: i32[]): i32 {
  const builder = new PageBuilder(<u8>level, <u16>PAGE_MAX, buffer);
  builder.clear();
  for (let i = 0; i < keys.length; i++) {
    const bytes = compositeOf(keys[i]);
    expect(builder.append(composite, bytes, payloads[i], builder.common(composite, bytes))).toBe(true);
  }
  return builder.write(core.writer);
}

describe("kernel/store/tree/tree", () => {
  it("takes what is left of the first separator for the first leaf's, in branches of two levels", () => {
    const core = new Core(new NorDevice(4096, 8), 16, false);
    expect(core.measure()).toBe(true);
    core.enter();
    while (core.ring.ready < 2) core.ring.prepare();
    const first = pageOf(core, 0, [50, 60], [500, 600]);
    const second = pageOf(core, 0, [70, 80], [700, 800]);
    const branch = pageOf(core, 1, [50, 70], [first, second]);
    const tree = core.tree;
    tree.root = pageOf(core, 2, [50], [branch]);
    expect(tree.find(composite, compositeOf(40))).toBe(Status.NotFound);
    expect(tree.find(composite, compositeOf(60))).toBe(600);
    expect(tree.find(composite, compositeOf(70))).toBe(700);
    expect(tree.find(composite, compositeOf(65))).toBe(Status.NotFound);
    tree.forget();
    expect(tree.seek(composite, compositeOf(40))).toBe(Status.Ok);
    expect(tree.page.payload).toBe(500);
    expect(tree.seek(composite, compositeOf(65))).toBe(Status.Ok);
    expect(tree.page.payload).toBe(700);
    expect(tree.seek(composite, compositeOf(81))).toBe(Status.NotFound);
    expect(tree.seekBefore(composite, compositeOf(50))).toBe(Status.NotFound);
    expect(tree.seekBefore(composite, compositeOf(70))).toBe(Status.Ok);
    expect(tree.page.payload).toBe(600);
    expect(tree.descend(composite, compositeOf(40), false)).toBe(Status.Ok);
    expect(tree.leaf).toBe(first);
    expect(load<u8>(tree.high, 1)).toBe(70);
    expect(tree.descend(composite, compositeOf(75), false)).toBe(Status.Ok);
    expect(tree.highBytes).toBe(-1);
  });
});
