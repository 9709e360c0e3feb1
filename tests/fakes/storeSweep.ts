import { Store } from "../../assembly/kernel/store/store";
import { Status } from "../../assembly/lib/status";
import { CUT_KINDS, NorDevice } from "./norDevice";
import { StoreModel, putModel, removeModel, touchModel, verifyDifference } from "./storeModel";

@external("test", "permutation")
declare function askedPermutation(): i32;

/** Makes the store under test over a device: the real one, or one broken on purpose. */
export abstract class TreeMaker {
  abstract make(device: NorDevice): Store;
}

const KEYS: i32 = 26;
/** Keys of a batch. */
const BATCH: i32 = 20;
/** Turns that go on after a cut, and operations until the second one: 1 to this. */
const TURNS_AFTER: i32 = 3;
const SECOND_CUT_SPREAD: i32 = 7;
/** Steps taken after a mount, while there is work. */
const STEPS_AT_BOOT: i32 = 8;
const STEPS_ASKED: i32 = 100;
const IDS_PER_TURN: i32 = 1000;

/**
 * One workload (put, overwrite, remove, batches of 20, values over several sectors, sweep, touch, purge, and the steps that make
 * checkpoints and reclaim). At the start of each turn flash and model are kept; then the turn is played again from there with the
 * power cut in each of its programs and erases, in every way, and once more in what follows.
 */
export class StoreSweep {
  permutations: i32 = 0;
  isPartial: bool = false;
  /** Calls refused for want of space, in the run without cuts. */
  refused: i32 = 0;

  private device: NorDevice;
  private db!: Store;
  private model: StoreModel = new StoreModel(KEYS);
  private failure: string = "";
  /** What the store may hold beside the model, after a call that the power cut left open. */
  private other: StoreModel | null = null;

  constructor(
    private maker: TreeMaker,
    private sectorBytes: i32,
    private sectorCount: i32,
    private turns: i32,
    private every: i32 = 1,
    private largeBytes: i32 = (sectorBytes * 5) / 8,
  ) {
    this.device = new NorDevice(sectorBytes, sectorCount);
  }

  /** Runs all permutations, or the one asked for. Returns "" or the first failure, with the id that runs it alone. */
  run(): string {
    const asked = askedPermutation();
    this.isPartial = asked >= 0;
    this.boot();
    const kept = new NorDevice(this.sectorBytes, this.sectorCount);
    for (let turn = 0; turn < this.turns; turn++) {
      kept.copyFrom(this.device);
      const keptModel = this.model.clone();
      const isTried = asked >= 0 ? asked / IDS_PER_TURN == turn : turn % this.every == 0;
      if (isTried) {
        const base = this.device;
        const failure = this.tryTurn(turn, kept, keptModel, asked);
        if (failure != "") return failure;
        this.device = base;
        this.model = keptModel;
        this.failure = "";
        this.other = null;
      }
      // Each turn begins with a mount, whether or not it was tried: so that one permutation alone meets the same state.
      this.boot();
      this.turn(turn);
      this.check();
      if (this.failure != "") return "without a cut, turn " + turn.toString() + ": " + this.failure;
    }
    this.check();
    return this.failure;
  }

  /** Plays one turn with each cut. */
  private tryTurn(turn: i32, kept: NorDevice, keptModel: StoreModel, asked: i32): string {
    let operation = 0;
    while (true) {
      operation++;
      let isReached = false;
      for (let kind = 0; kind < CUT_KINDS; kind++) {
        const id = turn * IDS_PER_TURN + operation * CUT_KINDS + kind;
        if (asked >= 0 && asked != id && kind > 0) continue;
        this.device = new NorDevice(this.sectorBytes, this.sectorCount);
        this.device.copyFrom(kept);
        this.model = keptModel.clone();
        this.failure = "";
        const wasReached = this.play(turn, operation, kind);
        isReached = isReached || wasReached;
        if (this.failure != "") return "PERMUTATION=" + id.toString() + ": " + this.failure;
      }
      if (!isReached) return "";
    }
  }

  /** Plays a turn with a cut, and what follows. Returns whether the cut was reached. */
  private play(turn: i32, operation: i32, kind: i32): bool {
    this.permutations++;
    this.boot();
    this.device.cutAfter(operation, kind);
    this.turn(turn);
    if (!this.device.isOff && this.cuts == 0) {
      this.device.cutAt = 0;
      return false;
    }
    this.secondCut = (operation % SECOND_CUT_SPREAD) + 1;
    for (let i = 0; i <= TURNS_AFTER && this.failure == ""; i++) {
      this.recover((kind + 1) % CUT_KINDS);
      if (i == TURNS_AFTER) break;
      this.turn(turn + 1 + i);
    }
    this.device.cutAt = 0;
    this.recover(0);
    if (this.failure == "") {
      this.boot();
      this.check();
    }
    if (this.failure == "" && this.device.violation != "") this.failure = this.device.violation;
    this.cuts = 0;
    return true;
  }

  private cuts: i32 = 0;
  private secondCut: i32 = 0;

  private fail(what: string): void {
    if (this.failure == "") this.failure = what;
  }

  private boot(): void {
    this.db = this.maker.make(this.device);
    this.setTime();
    const status = this.db.mount();
    if (status != Status.Ok) this.fail("mount: " + status.toString());
    for (let i = 0; i < STEPS_AT_BOOT && !this.device.isOff && this.db.step(); i++) {}
  }

  private setTime(): void {
    this.db.setTime(this.model.now * 1000 - 1699999000000, this.model.now * 1000);
  }

  /** After a cut: power on, mount, check; sets the second cut. */
  private recover(kind: i32): void {
    if (!this.device.isOff) return;
    this.cuts++;
    this.device.powerOn();
    this.boot();
    this.check();
    if (this.secondCut > 0) this.device.cutAfter(this.secondCut, kind);
    this.secondCut = 0;
  }

  private check(): void {
    if (this.failure != "") return;
    let difference = this.model.difference(this.db);
    const other = this.other;
    if (difference != "" && other) {
      const otherwise = other.difference(this.db);
      if (otherwise == "") this.model = other;
      difference = otherwise == "" ? "" : difference + ", or else " + otherwise;
    }
    this.other = null;
    if (difference != "") return this.fail(difference);
    let records = 0;
    for (let n = 0; n < KEYS; n++) records += i32(this.model.isThere(n));
    const counts = this.db.counts(0);
    if (counts.records != records) this.fail("counts " + counts.records.toString() + " of " + records.toString());
    // A power cut damages nothing: what is cut short is void, not corrupt, and the index is never made anew.
    if (this.db.corrupt != 0) this.fail("corrupt " + this.db.corrupt.toString());
    const verified = verifyDifference(this.db);
    if (verified != "") this.fail(verified);
  }

  /** Takes the outcome of a call that was to lead to `after`. */
  private settle(status: i32, after: StoreModel): void {
    if (this.device.isOff) {
      this.other = after;
      return;
    }
    if (status == Status.Ok) this.model = after;
    else if (status == Status.NoSpace) this.refused++;
    else this.fail("status " + status.toString());
  }

  private turn(turn: i32): void {
    this.model.now += 7;
    this.setTime();
    const kind = turn % 14;
    if (kind == 5 || kind == 11) this.removeOne(turn);
    else if (kind == 7) this.batch(turn);
    else if (kind == 8) this.sweep();
    else if (kind == 9) this.touchOne(turn);
    else if (turn % 53 == 40) this.purgeAll();
    else this.putOne(turn, kind == 6 ? this.largeBytes : (turn * 37) % 150);
    for (let i = 0; i < 3 && !this.device.isOff; i++) this.db.step();
  }

  private putOne(turn: i32, bytes: i32): void {
    const n = (turn * 7) % KEYS;
    const ttl = turn % 3 == 0 ? 60 : 0;
    const after = this.model.clone();
    after.put(n, turn, bytes, ttl);
    this.settle(putModel(this.db, n, turn, bytes, ttl), after);
  }

  private removeOne(turn: i32): void {
    const n = (turn * 11) % KEYS;
    const wasThere = this.model.isLive(n);
    const after = this.model.clone();
    if (wasThere) after.remove(n);
    const status = removeModel(this.db, n);
    if (!wasThere && status == Status.NotFound) return;
    this.settle(status, after);
  }

  private touchOne(turn: i32): void {
    const n = (turn * 5) % KEYS;
    const wasThere = this.model.isLive(n);
    const after = this.model.clone();
    after.expiries[n] = after.now + 100;
    const status = touchModel(this.db, n, 100);
    if (!wasThere && status == Status.NotFound) return;
    this.settle(status, after);
  }

  private batch(turn: i32): void {
    const after = this.model.clone();
    let status = this.db.beginBatch();
    for (let i = 0; i < BATCH && status == Status.Ok && !this.device.isOff; i++) {
      const n = (turn + i) % KEYS;
      if (i % 4 == 3 && this.model.isLive(n)) {
        after.remove(n);
        status = removeModel(this.db, n);
      } else {
        after.put(n, turn + i, 10 + i, 0);
        status = putModel(this.db, n, turn + i, 10 + i, 0);
      }
    }
    if (status == Status.Ok) status = this.db.commitBatch();
    else if (!this.device.isOff) this.db.abortBatch();
    this.settle(status, after);
  }

  private sweep(): void {
    while (this.failure == "" && !this.device.isOff) {
      const n = this.model.firstExpired();
      const after = this.model.clone();
      if (n >= 0) after.remove(n);
      let swept = this.db.sweep(1);
      if (swept == 0 && n >= 0 && !this.device.isOff) {
        // Short of room right after a reset: the store asks for steps first.
        for (let i = 0; i < STEPS_ASKED && !this.device.isOff && this.db.step(); i++) {}
        if (!this.device.isOff) swept = this.db.sweep(1);
      }
      if (this.device.isOff) this.other = after;
      else if (swept == 1 && n >= 0) this.model = after;
      else if (swept == 0 && n < 0) return;
      else return this.fail("sweep says " + swept.toString() + " for key " + n.toString());
    }
  }

  private purgeAll(): void {
    const after = this.model.clone();
    after.clear();
    this.settle(this.db.purge(0), after);
  }
}
