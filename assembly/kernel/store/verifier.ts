import { Status } from "../../lib/status";
import { Core } from "./core";
import { BY_KEY, Cursor } from "./tree/cursor";
import { LAST_INDEX } from "./item";
import { ORDINAL_EXPIRY, compose } from "./tree/memtable";
import { FLAG_ENTRIES, FLAG_EXPIRY } from "./log/record";
import { Scanner } from "./tree/scanner";
import { PROBE, TARGET } from "./scratch";
import { VerifyReport } from "./store";

/** Records or entries looked at in one call. */
const PER_CALL: i32 = 16;

/** Checks every record and its index entries, then every index entry and its record. */
export class Verifier {
  private readonly cursor: Cursor = new Cursor();
  private index: i32 = BY_KEY;

  constructor(
    private readonly core: Core,
    private readonly scanner: Scanner,
  ) {}

  start(): void {
    this.index = BY_KEY;
    this.cursor.all(BY_KEY, false);
  }

  /** As Store.verify. */
  advance(report: VerifyReport): i32 {
    for (let i = 0; i < PER_CALL && this.index <= LAST_INDEX; i++) {
      const status = this.scanner.step(this.cursor);
      if (status == Status.NotFound) {
        this.cursor.all(++this.index, false);
      } else if (status == Status.Busy) {
        report.corrupt++;
        report.isDone = true;
        return Status.Ok;
      } else if (status < 0) {
        return status;
      } else if (this.index == BY_KEY) {
        this.checkRecord(status, report);
      } else if (this.scanner.resolve(this.cursor, status) < 0 && !this.isOutdated) {
        report.dangling++;
      }
    }
    report.isDone = this.index > LAST_INDEX;
    return Status.Ok;
  }

  private checkRecord(unit: i32, report: VerifyReport): void {
    const view = this.scanner.view;
    report.records++;
    if (view.load(unit) < 0 || view.verify() < 0) {
      report.corrupt++;
      return;
    }
    const isChanged = this.isChanged(view.key, view.keyBytes);
    if (view.has(FLAG_EXPIRY) && !this.isIndexed(ORDINAL_EXPIRY, isChanged)) report.dangling++;
    if (!view.has(FLAG_ENTRIES)) return;
    for (let ordinal = 0; this.core.memtable.composeFrom(view, ordinal) >= 0; ordinal++) {
      if (!this.isIndexed(ordinal, isChanged)) report.dangling++;
    }
  }

  /** Whether the entry that the cursor is at is of a key that changed since the last checkpoint: then it may be what the tree still has of it. */
  private get isOutdated(): bool {
    const keyBytes = this.scanner.keyBytes;
    return this.isChanged(this.cursor.at + (this.cursor.atBytes - keyBytes), keyBytes);
  }

  private isChanged(key: usize, keyBytes: i32): bool {
    this.core.memtable.find(TARGET, compose(TARGET, BY_KEY, 0, 0, key, keyBytes));
    return this.core.memtable.isExact;
  }

  /** Whether an entry of the scanner's record is in its index; isChanged: in the memtable's part of it. */
  private isIndexed(ordinal: i32, isChanged: bool): bool {
    const core = this.core;
    const memtable = core.memtable;
    memtable.composeFrom(this.scanner.view, ordinal);
    const bytes = memtable.probeBytes;
    memory.copy(TARGET, PROBE, bytes);
    memtable.find(TARGET, bytes);
    if (memtable.isExact || isChanged) return memtable.isExact;
    return core.note(core.tree.find(TARGET, bytes)) >= 0;
  }
}
