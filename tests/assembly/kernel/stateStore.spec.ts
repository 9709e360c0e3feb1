import { STATE_VALUE_MAX, StateStore } from "../../../assembly/kernel/stateStore";
import { BlockDevice } from "../../../assembly/kernel/store/flash/blockDevice";
import { ANY_VERSION, Item } from "../../../assembly/kernel/store/item";
import { Parts } from "../../../assembly/kernel/store/parts";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";
import { VerifyReport } from "../../../assembly/kernel/store/store";
import { Status } from "../../../assembly/lib/status";
import { HastyParts } from "../../fakes/brokenParts";
import { damageIndex } from "../../fakes/indexPages";
import { CUT_KINDS, NorDevice } from "../../fakes/norDevice";

const KEYS: i32 = 6;
const value = memory.data(2048);
const read = memory.data(2048);

/** Names of one to six letters. */
function nameOf(n: i32): string {
  return String.fromCharCode(0x61 + n).repeat(n + 1);
}

/** Bytes of a value; 0: there is none. */
function bytesOf(n: i32, seed: i32): i32 {
  return seed == 0 ? 0 : 1 + ((n * 53 + seed * 31) % 200);
}

function put(state: StateStore, n: i32, seed: i32): i32 {
  const bytes = bytesOf(n, seed);
  if (bytes == 0) {
    const status = state.remove(nameOf(n));
    return status == Status.NotFound ? Status.Ok : status;
  }
  for (let i = 0; i < bytes; i++) store<u8>(value + i, n * 41 + seed * 7 + i);
  return state.put(nameOf(n), value, bytes);
}

function holds(state: StateStore, n: i32, seed: i32): bool {
  const bytes = bytesOf(n, seed);
  const found = state.get(nameOf(n), read, 2048);
  if (bytes == 0) return found == Status.NotFound;
  if (found != bytes) return false;
  for (let i = 0; i < bytes; i++) if (load<u8>(read + i) != <u8>(n * 41 + seed * 7 + i)) return false;
  return true;
}

function mounted(device: BlockDevice, parts: Parts = new Parts()): StateStore {
  const state = new StateStore(device, parts);
  expect(state.mount()).toBe(Status.Ok);
  return state;
}

function settle(state: StateStore): void {
  for (let i = 0; i < 100 && state.step(); i++) {}
}

/** Has one of the copies refused, and tells what lies in each. */
class RefusingState extends StateStore {
  refused: u8 = 0;
  status: i32 = Status.Ok;
  private readonly found: Item = new Item();

  protected writeCopy(copy: u8, src: usize, len: i32): i32 {
    return copy == this.refused ? this.status : super.writeCopy(copy, src, len);
  }

  /** Bytes of a copy of a value whose name is one letter. */
  bytesIn(copy: u8, letter: u8): i32 {
    store<u8>(read, copy);
    store<u8>(read, letter, 1);
    const status = this.tree.find(read, 2, this.found);
    return status < 0 ? status : this.found.valueBytes;
  }
}

/** Puts and removals over and over, the power cut in one operation and once more while it recovers. "" or what is wrong. */
class Sweep {
  cuts: i32 = 0;
  private seeds: StaticArray<i32> = new StaticArray<i32>(KEYS);
  private state!: StateStore;
  private device: NorDevice;
  private failure: string = "";
  /** A call that the cut left open: its key, -1 none, and the seed. */
  private openKey: i32 = -1;
  private openSeed: i32 = 0;
  private secondCut: i32 = 0;

  constructor(
    private readonly parts: Parts,
    private readonly sectorBytes: i32,
    private readonly turns: i32,
    private readonly ignoresSync: bool = false,
  ) {
    this.device = new NorDevice(sectorBytes, 4);
  }

  run(): string {
    const operations = this.play(0, 0);
    for (let operation = 1; operation <= operations && this.failure == ""; operation++) {
      for (let kind = 0; kind < CUT_KINDS && this.failure == ""; kind++) {
        this.play(operation, kind);
        if (this.failure != "") this.failure = operation.toString() + "." + kind.toString() + ": " + this.failure;
      }
    }
    return this.failure;
  }

  private play(operation: i32, kind: i32): i32 {
    this.device = new NorDevice(this.sectorBytes, 4);
    this.device.ignoresSync = this.ignoresSync;
    memory.fill(changetype<usize>(this.seeds), 0, KEYS * 4);
    this.openKey = -1;
    this.boot();
    if (operation > 0) this.device.cutAfter(operation, kind);
    this.secondCut = (operation % 5) + 1;
    for (let turn = 1; turn <= this.turns && this.failure == ""; turn++) this.turn(turn, kind);
    this.device.cutAt = 0;
    if (this.device.isOff) this.recover(0);
    if (this.failure == "" && this.device.violation != "") this.failure = this.device.violation;
    return this.device.operations;
  }

  private turn(turn: i32, kind: i32): void {
    const n = (turn * 5) % KEYS;
    const seed = turn % 7 == 3 ? 0 : turn;
    this.openKey = n;
    this.openSeed = seed;
    let status = put(this.state, n, seed);
    for (let i = 0; status == Status.NoSpace && i < 50; i++) {
      this.state.step();
      status = put(this.state, n, seed);
    }
    if (this.device.isOff) return this.recover(kind);
    if (status != Status.Ok) this.failure = "put says " + status.toString();
    this.seeds[n] = seed;
    this.openKey = -1;
    this.state.step();
    if (this.device.isOff) this.recover(kind);
  }

  private boot(): void {
    this.state = new StateStore(this.device, this.parts);
    const status = this.state.mount();
    if (status != Status.Ok && !this.device.isOff) this.failure = "mount says " + status.toString();
  }

  private recover(kind: i32): void {
    this.cuts++;
    this.device.powerOn();
    if (this.secondCut > 0) this.device.cutAfter(this.secondCut, (kind + 1) % CUT_KINDS);
    this.secondCut = 0;
    this.boot();
    if (this.device.isOff) {
      this.device.powerOn();
      this.boot();
    }
    this.device.cutAt = 0;
    for (let n = 0; n < KEYS && this.failure == ""; n++) {
      if (n == this.openKey && holds(this.state, n, this.openSeed)) this.seeds[n] = this.openSeed;
      else if (!holds(this.state, n, this.seeds[n])) this.failure = "key " + n.toString() + " is not what was put";
    }
    this.openKey = -1;
  }
}

describe("kernel/stateStore", () => {
  it("keeps values over remounts, replaces and removes them", () => {
    const device = new NorDevice(4096, 4);
    let state = mounted(device);
    for (let n = 0; n < KEYS; n++) expect(put(state, n, n + 1)).toBe(Status.Ok);
    expect(put(state, 2, 40)).toBe(Status.Ok);
    expect(state.remove(nameOf(3))).toBe(Status.Ok);
    expect(state.remove(nameOf(5))).toBe(Status.Ok);
    expect(put(state, 5, 9)).toBe(Status.Ok);
    for (let round = 0; round < 2; round++) {
      expect(holds(state, 0, 1) && holds(state, 1, 2) && holds(state, 2, 40)).toBe(true);
      expect(holds(state, 3, 0) && holds(state, 4, 5) && holds(state, 5, 9)).toBe(true);
      state = mounted(device);
    }
    expect(device.violation).toBe("");
  });

  it("refuses what is out of range, and tells what does not fit the caller", () => {
    const state = mounted(new NorDevice(4096, 4));
    expect(state.put("", value, 1)).toBe(Status.Invalid);
    expect(state.put("abcdefghijklmnopqrstuvwx", value, 1)).toBe(Status.Invalid);
    expect(state.put("abc", value, 0)).toBe(Status.Invalid);
    expect(state.put("abc", value, STATE_VALUE_MAX + 1)).toBe(Status.Invalid);
    expect(state.put("abc", value, STATE_VALUE_MAX)).toBe(Status.Ok);
    expect(state.get("abc", read, STATE_VALUE_MAX - 1)).toBe(Status.TooLarge);
    expect(state.get("abc", read, STATE_VALUE_MAX)).toBe(STATE_VALUE_MAX);
    expect(state.get("ab", read, 10)).toBe(Status.NotFound);
  });

  it("has the newer copy count, and makes the other like it, where one found no room or was damaged", () => {
    for (let refused: u8 = 1; refused <= 2; refused++) {
      const device = new NorDevice(4096, 4);
      const state = new RefusingState(device);
      expect(state.mount()).toBe(Status.Ok);
      expect(put(state, 0, 3)).toBe(Status.Ok);
      settle(state);
      state.refused = refused;
      state.status = refused == 1 ? Status.Corrupt : Status.NoSpace;
      expect(put(state, 0, 4)).toBe(Status.Ok);
      expect(holds(state, 0, 4)).toBe(true);
      expect(state.bytesIn(refused, 0x61)).toBe(bytesOf(0, 3));
      expect(state.bytesIn(3 - refused, 0x61)).toBe(bytesOf(0, 4));
      state.refused = 0;
      settle(state);
      expect(holds(state, 0, 4)).toBe(true);
      for (let copy: u8 = 1; copy <= 2; copy++) expect(state.bytesIn(copy, 0x61)).toBe(bytesOf(0, 4));
      expect(holds(mounted(device), 0, 4)).toBe(true);
    }
  });

  it("says Closed without its partition, and leaves what is foreign", () => {
    const none = new StateStore(new NorDevice(0, 0));
    expect(none.mount()).toBe(Status.Unsupported);
    expect(none.put("a", value, 1)).toBe(Status.Closed);
    expect(none.get("a", read, 1)).toBe(Status.Closed);
    const device = new NorDevice(4096, 4);
    memory.fill(device.base, 0x11, 4096 * 4);
    expect(new StateStore(device).mount()).toBe(Status.Corrupt);
    expect(device.operations).toBe(0);
  });

  it("takes 5,000 changes in 16 KB, wears its sectors alike, erases once a step", () => {
    const device = new NorDevice(4096, 4);
    const state = mounted(device);
    const seeds = new StaticArray<i32>(KEYS);
    for (let i = 1; i <= 5000; i++) {
      const n = i % KEYS;
      const before = device.eraseTotal;
      state.step();
      expect(device.eraseTotal - before).toBeLessThan(2);
      seeds[n] = i;
      expect(put(state, n, i)).toBe(Status.Ok);
    }
    for (let n = 0; n < KEYS; n++) expect(holds(state, n, seeds[n])).toBe(true);
    let least = i32.MAX_VALUE;
    let most = 0;
    for (let sector = 0; sector < 4; sector++) {
      least = min(least, device.erases[sector]);
      most = max(most, device.erases[sector]);
    }
    expect(least).toBeGreaterThan(10);
    expect(most).toBeLessThan(2 * least + 1);
    expect(device.violation).toBe("");
  });

  it("is full at some time, keeps what it has, and takes a removal and a smaller value then", () => {
    const device = new NorDevice(4096, 4);
    let state = mounted(device);
    memory.fill(value, 0x33, 900);
    let count = 0;
    for (; count < 20; count++) {
      settle(state);
      if (state.put(nameOf(count % 26), value, 900) != Status.Ok) break;
    }
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(8);
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < count; n++) {
        expect(state.get(nameOf(n), read, 2048)).toBe(900);
      }
      state = mounted(device);
    }
    settle(state);
    expect(state.remove(nameOf(0))).toBe(Status.Ok);
    settle(state);
    expect(state.put(nameOf(0), value, 100)).toBe(Status.Ok);
  });

  it("holds the old or the new value after a power cut in any program or erase, and another while it recovers", () => {
    for (let wide = 0; wide < 2; wide++) {
      const sweep = new Sweep(new Parts(), wide == 0 ? 2048 : 4096, wide == 0 ? 80 : 60);
      expect(sweep.run()).toBe("");
      expect(sweep.cuts).toBeGreaterThan(900);
    }
  });

  it("the sweep finds one that does not wait for the flash, or is lied to", () => {
    expect(new Sweep(new HastyParts(), 2048, 80).run()).not.toBe("", "does not wait");
    expect(new Sweep(new Parts(), 2048, 80, true).run()).not.toBe("", "is lied to");
  });

  it("loses no value to a flipped bit, and brings no old one back", () => {
    const device = new NorDevice(4096, 4);
    const state = mounted(device);
    const seeds = new StaticArray<i32>(KEYS);
    for (let i = 1; i <= 40; i++) {
      settle(state);
      seeds[i % KEYS] = i % 9 == 4 ? 0 : i;
      expect(put(state, i % KEYS, seeds[i % KEYS])).toBe(Status.Ok);
    }
    let wrong = 0;
    for (let bit = 3; bit < 16384 * 8; bit += 19) {
      const copy = new NorDevice(4096, 4);
      copy.copyFrom(device);
      const mask: i32 = 1 << (bit & 7);
      copy.bytes[bit >> 3] = copy.bytes[bit >> 3] ^ (<u8>mask);
      const damaged = new StateStore(copy);
      const status = damaged.mount();
      for (let n = 0; n < KEYS; n++) if (status != Status.Ok || !holds(damaged, n, seeds[n])) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("works beside a larger store that has a record begun and a checkpoint under way", () => {
    const device = new NorDevice(4096, 32);
    const other = new TreeStore(device, 128);
    const state = mounted(new NorDevice(4096, 4));
    other.mount();
    const seeds = new StaticArray<i32>(KEYS);
    const item = new Item();
    for (let i = 1; i <= 3000; i++) {
      store<u32>(value + 1024, 0x6b6b0000 + (i % 300));
      let status = other.begin(value + 1024, 4, 60, 0, ANY_VERSION);
      for (let s = 0; s < 50 && status == Status.NoSpace; s++) {
        other.step();
        state.step();
        status = other.begin(value + 1024, 4, 60, 0, ANY_VERSION);
      }
      expect(status).toBe(Status.Ok);
      memory.fill(value + 1100, <u8>i, 60);
      other.write(value + 1100, 30);
      if (i % 3 == 0) {
        const n = i % KEYS;
        seeds[n] = i;
        let stored = put(state, n, i);
        if (stored == Status.NoSpace) {
          state.step();
          stored = Status.Ok;
          seeds[n] = put(state, n, i) == Status.Ok ? i : seeds[n];
        }
        expect(stored).toBe(Status.Ok);
      }
      other.write(value + 1130, 30);
      expect(other.commit()).toBe(Status.Ok);
      other.step();
      state.step();
      expect(other.find(value + 1024, 4, item)).toBe(Status.Ok);
      expect(other.read(item, 59, read, 1)).toBe(1);
      expect(load<u8>(read)).toBe(<u8>i);
    }
    for (let n = 0; n < KEYS; n += 3) expect(holds(state, n, seeds[n])).toBe(true);
    const report = new VerifyReport();
    other.startVerify();
    for (let i = 0; i < 1000 && !report.isDone; i++) other.verify(report);
    expect(report.records).toBe(300);
    expect(report.corrupt + report.dangling).toBe(0);
  });

  it("takes no value for missing whose index is damaged at its mount, nor loses one", () => {
    const device = new NorDevice(4096, 16);
    const state = mounted(device);
    const seeds = new StaticArray<i32>(KEYS);
    for (let round = 1; round < 40; round++) {
      for (let n = 0; n < KEYS; n++) {
        seeds[n] = (round * 7 + n) % 23;
        settle(state);
        expect(put(state, n, seeds[n])).toBe(Status.Ok);
      }
    }
    settle(state);
    expect(damageIndex(device)).toBeGreaterThan(0);
    for (let resets = 0; resets < 2; resets++) {
      const again = mounted(device);
      for (let n = 0; n < KEYS; n++) expect(holds(again, n, seeds[n])).toBe(true, n.toString());
      seeds[resets]++;
      expect(put(again, resets, seeds[resets])).toBe(Status.Ok);
    }
  });
});
