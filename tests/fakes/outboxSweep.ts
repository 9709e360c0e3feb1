import { Disposition } from "../../assembly/kernel/store/item";
import { RecordRef, RecordStore } from "../../assembly/kernel/store/recordStore";
import { Status } from "../../assembly/lib/status";
import { bodyIs, publish } from "./outboxWorkload";
import { CUT_KINDS, NorDevice } from "./norDevice";

@external("test", "permutation")
declare function askedPermutation(): i32;

/** Makes the store under test over a device: the real one, or one broken on purpose. */
export abstract class OutboxMaker {
  abstract make(device: NorDevice): RecordStore;
}

const LIVE: i32 = 0;
/** Operations after the cut until power is cut once more: 1 to this. */
const SECOND_CUT_SPREAD: i32 = 9;
/** Steps that may be needed before there is room for a removal. */
const STEPS_MAX: i32 = 20;

/**
 * One workload (publish, abort, step, deliver in a window, expire, outages), run with the power cut in every single program
 * and erase, in every way. After each cut the store is mounted again and must hold exactly what it promised.
 */
export class OutboxSweep {
  /** Permutations that were run. */
  permutations: i32 = 0;
  /** Whether one permutation alone was asked for. */
  isPartial: bool = false;

  private device: NorDevice;
  private log!: RecordStore;
  /** What became of each record stored, by sequence - 1: LIVE or a Disposition. */
  private fates: Array<i32> = [];
  private record: RecordRef = new RecordRef();
  /** A call whose outcome the cut left open: the record being committed, or the one being removed and how. */
  private openCommit: bool = false;
  private openRemoval: i64 = 0;
  private openFate: i32 = 0;
  private failure: string = "";
  private secondCut: i32 = 0;

  constructor(
    private maker: OutboxMaker,
    private sectorBytes: i32,
    private sectorCount: i32,
    private turns: i32,
    private largeBytes: i32 = (sectorBytes * 5) / 4,
  ) {
    this.device = new NorDevice(sectorBytes, sectorCount);
  }

  /** Runs all permutations, or the one asked for. Returns "" or the first failure, with the id that runs it alone. */
  run(): string {
    this.runOne(0, 0);
    if (this.failure != "") return "without a cut: " + this.failure;
    const operations = this.device.operations;
    const asked = askedPermutation();
    this.isPartial = asked >= 0;
    for (let operation = 1; operation <= operations; operation++) {
      for (let kind = 0; kind < CUT_KINDS; kind++) {
        const id = operation * CUT_KINDS + kind;
        if (asked >= 0 && asked != id) continue;
        this.runOne(operation, kind);
        if (this.failure != "") return "PERMUTATION=" + id.toString() + ": " + this.failure;
      }
    }
    return "";
  }

  private runOne(operation: i32, kind: i32): void {
    this.permutations++;
    this.device = new NorDevice(this.sectorBytes, this.sectorCount);
    this.fates = [];
    this.failure = "";
    this.openCommit = false;
    this.openRemoval = 0;
    this.boot();
    if (operation > 0) this.device.cutAfter(operation, kind);
    this.secondCut = operation > 0 ? (operation % SECOND_CUT_SPREAD) + 1 : 0;
    for (let turn = 0; turn < this.turns && this.failure == ""; turn++) this.turn(turn);
    this.device.cutAt = 0;
    this.drain();
    if (this.failure == "" && this.device.violation != "") this.failure = this.device.violation;
  }

  private fail(what: string): void {
    if (this.failure == "") this.failure = what;
  }

  private turn(turn: i32): void {
    if (turn % 3 != 2) this.log.step();
    if (!this.afterCut()) this.publishOne(turn);
    const isOutage = (turn / 12) % 3 == 1;
    if (!isOutage && this.failure == "") this.deliver(turn);
  }

  /** After a cut: power on, mount, check, and set the second cut. Returns whether there was one. */
  private afterCut(): bool {
    if (!this.device.isOff) return false;
    const kind = (this.device.cut + 1) % CUT_KINDS;
    this.device.powerOn();
    this.boot();
    this.check();
    if (this.secondCut > 0) this.device.cutAfter(this.secondCut, kind);
    this.secondCut = 0;
    return true;
  }

  private boot(): void {
    this.log = this.maker.make(this.device);
    if (this.log.mount() != Status.Ok) this.fail("mount failed");
    if (this.log.corrupt != 0) this.fail("mount found corruption");
  }

  /** Sizes follow from the sequence, so that a run repeats exactly; every 17th record spans sectors where it may. */
  private publishOne(turn: i32): void {
    const record = this.record;
    const sequence = <i32>this.log.lastSequence + 1;
    record.capturedAtMs = 1000 * sequence;
    record.ttlSeconds = sequence % 4;
    record.flags = sequence & 0x1f;
    record.topicBytes = 3 + (sequence % 5);
    record.contextBytes = sequence % 7 == 0 ? 20 : 0;
    record.dataBytes = sequence % 17 == 0 ? this.largeBytes : (sequence * 37) % 120;
    if (turn % 11 == 5) return this.abortOne(record);
    this.openCommit = true;
    const status = publish(this.log, record);
    if (this.afterCut()) return;
    this.openCommit = false;
    if (status == Status.Ok) this.fates.push(LIVE);
    else if (status != Status.NoSpace) this.fail("publish: " + status.toString());
  }

  private abortOne(record: RecordRef): void {
    if (this.log.begin(record) == Status.Ok) {
      const part = min(record.dataBytes, 300);
      if (part > 0) this.log.write(changetype<usize>(this.device.bytes), part);
      this.log.abort();
    }
    this.afterCut();
  }

  /** Takes up to three records, and removes them in order; now and then one expires, or the second goes before the first. */
  private deliver(turn: i32): void {
    const window: Array<RecordRef> = [];
    let after: i64 = 0;
    while (window.length < 3) {
      const record = new RecordRef();
      const status = this.log.next(after, record);
      if (status == Status.NotFound) break;
      if (status != Status.Ok) return this.fail("next: " + status.toString());
      after = record.sequence;
      window.push(record);
    }
    if (window.length > 1 && turn % 10 == 7) window.reverse();
    for (let i = 0; i < window.length && this.failure == ""; i++) {
      this.openRemoval = window[i].sequence;
      this.openFate = window[i].sequence % 6 == 0 ? Disposition.Expired : Disposition.Delivered;
      const left = this.left;
      const status = this.log.remove(window[i], this.openFate);
      // It may wait for room that a step makes: until then a cut brings the record back.
      for (let step = 0; step < STEPS_MAX && status == Status.Ok && this.left == left && !this.device.isOff; step++) this.log.step();
      if (this.afterCut()) return;
      this.openRemoval = 0;
      if (status != Status.Ok) return this.fail("remove: " + status.toString());
      this.fates[<i32>window[i].sequence - 1] = this.openFate;
    }
  }

  /** Removals counted so far. */
  private get left(): i32 {
    return this.log.deliveredTotal + this.log.expiredTotal;
  }

  /** Compares the store with what it promised. Calls left open by the cut may have happened or not. */
  private check(): void {
    const log = this.log;
    if (this.openCommit && log.lastSequence == this.fates.length + 1) this.fates.push(LIVE);
    this.openCommit = false;
    if (log.lastSequence != this.fates.length)
      return this.fail("last sequence " + log.lastSequence.toString() + " of " + this.fates.length.toString());
    let after: i64 = 0;
    let live = 0;
    const found = new RecordRef();
    for (let i = 0; i < this.fates.length; i++) {
      if (this.openRemoval == i + 1) this.decideRemoval();
      if (this.fates[i] != LIVE) continue;
      live++;
      const status = log.next(after, found);
      if (status != Status.Ok || found.sequence != i + 1) {
        return this.fail("record " + (i + 1).toString() + " is lost, next says " + status.toString() + ", " + found.sequence.toString());
      }
      after = found.sequence;
      if (!bodyIs(log, found) || found.capturedAtMs != 1000 * after) return this.fail("record " + after.toString() + " is changed");
    }
    if (log.next(after, found) != Status.NotFound) return this.fail("record " + found.sequence.toString() + " is back");
    if (log.waiting != live) return this.fail("waiting " + log.waiting.toString() + " instead of " + live.toString());
    this.checkCounters();
  }

  private decideRemoval(): void {
    const found = new RecordRef();
    const isThere = this.log.next(this.openRemoval - 1, found) == Status.Ok && found.sequence == this.openRemoval;
    if (!isThere) this.fates[<i32>this.openRemoval - 1] = this.openFate;
    this.openRemoval = 0;
  }

  private checkCounters(): void {
    const log = this.log;
    let delivered = 0;
    let expired = 0;
    for (let i = 0; i < this.fates.length; i++) {
      delivered += i32(this.fates[i] == Disposition.Delivered);
      expired += i32(this.fates[i] == Disposition.Expired);
    }
    if (log.storedTotal != this.fates.length) this.fail("stored " + log.storedTotal.toString());
    if (log.deliveredTotal != delivered) this.fail("delivered " + log.deliveredTotal.toString() + " of " + delivered.toString());
    if (log.expiredTotal != expired) this.fail("expired " + log.expiredTotal.toString() + " of " + expired.toString());
    if (log.corrupt != 0) this.fail("corrupt " + log.corrupt.toString());
  }

  /** Delivers all that is left, remounts, and stores once more: a cut must not leave the store stuck. */
  private drain(): void {
    for (let round = 0; this.log.waiting > 0 && this.failure == ""; round++) {
      if (round > this.turns) return this.fail("does not drain");
      this.log.step();
      this.deliver(0);
    }
    for (let i = 0; i < 2 * this.sectorCount; i++) this.log.step();
    const before = this.fates.length;
    for (let i = 0; i < 3 && this.failure == ""; i++) this.publishOne(0);
    if (this.fates.length != before + 3) this.fail("takes no records after the run");
    if (this.failure != "") return;
    this.boot();
    this.check();
  }
}
