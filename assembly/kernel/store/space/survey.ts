import { Status } from "../../../lib/status";
import { Core } from "../core";
import { BY_KEY, Cursor } from "../tree/cursor";
import { Scanner } from "../tree/scanner";
import { workspace } from "../workspace";

/** Keys looked at in one call. */
const KEYS_PER_CALL: i32 = 64;

/**
 * Counts what is live in each sector, before a checkpoint that moves records out of some of them. Exact, but for what is removed
 * meanwhile: too much at most.
 */
export class Survey {
  private readonly cursor: Cursor = workspace.cursor;
  /** Bytes of the composite in core.place that was counted last. */
  private placeBytes: i32 = 0;
  /** Units of the live records that begin in each sector. */
  private live: StaticArray<u16> = new StaticArray<u16>(0);
  private isRunning: bool = false;
  private isDone: bool = false;
  private largest: i32 = 0;
  /** Sequence and address from which on the log was written while it was counted. */
  end: u32 = 0;
  address: i64 = 0;

  constructor(
    private readonly core: Core,
    private readonly scanner: Scanner,
  ) {}

  /** Takes the geometry of the device: once. */
  measure(): bool {
    if (this.live.length == 0) this.live = new StaticArray<u16>(this.core.ring.sectorCount);
    return true;
  }

  /** Whether the last one still tells enough: little was written since, and nothing was moved. */
  private get isFresh(): bool {
    return this.isDone && this.core.ring.writeAddress - this.address < this.core.ring.payloadUnits;
  }

  /** Forgets the last one: records are about to move. */
  forget(): void {
    this.isDone = false;
  }

  liveIn(sector: i32): i32 {
    return unchecked(this.live[sector]);
  }

  /** Starts, or goes on. Ok: there is more, NotFound: all is counted, Corrupt, Io. */
  advance(): i32 {
    const core = this.core;
    const ring = core.ring;
    if (!this.isRunning) {
      if (this.isFresh) return Status.NotFound;
      this.isRunning = true;
      this.isDone = false;
      this.placeBytes = 0;
      memory.fill(changetype<usize>(this.live), 0, ring.sectorCount << 1);
      this.end = ring.sequenceOf(ring.newest);
      this.address = ring.writeAddress;
      this.largest = 0;
      core.largestSince = 0;
    }
    const view = this.scanner.view;
    const place = changetype<usize>(core.place);
    this.cursor.all(BY_KEY, false);
    if (this.placeBytes > 0) this.cursor.resume(place, this.placeBytes);
    for (let i = 0; i < KEYS_PER_CALL; i++) {
      const unit = this.scanner.step(this.cursor);
      if (unit < 0) {
        this.isRunning = false;
        this.isDone = unit == Status.NotFound;
        if (unit == Status.NotFound) core.largest = max(this.largest, core.largestSince);
        return unit;
      }
      // One that cannot be read is found by the checkpoint.
      if (view.load(unit) < 0 || view.loadTail() == Status.Io) continue;
      const units = view.chargedUnits;
      const sector = ring.sectorOf(unit);
      unchecked((this.live[sector] += <u16>units));
      this.largest = max(this.largest, units);
    }
    this.placeBytes = this.cursor.atBytes;
    memory.copy(place, this.cursor.at, this.cursor.atBytes);
    return Status.Ok;
  }
}
