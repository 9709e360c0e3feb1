import { Status } from "../../lib/status";
import { BlockDevice } from "./blockDevice";
import { Mounter } from "./mount";
import { DISPOSITION_VOID, bodyBytes, writeMark } from "./recordHeader";
import { RecordReader } from "./recordReader";
import { Disposition } from "./item";
import { RecordRef, RecordStore } from "./recordStore";
import { RecordWriter } from "./recordWriter";
import { SectorRing } from "./sectorRing";
import { UNIT } from "./units";

/** Fewest sectors and bytes of a sector that the log works with. */
const MIN_SECTORS: i32 = 4;
const MIN_SECTOR_BYTES: i32 = 256;
const MAX_SECTOR_BYTES: i32 = 65536;

/**
 * The record store on raw NOR flash: a log that runs round the sectors of a device (DESIGN.md, SPEC.md).
 * Allocates in the constructor alone. Each object is mounted once.
 */
export class RecordLog extends RecordStore {
  private readonly ring: SectorRing;
  private readonly reader: RecordReader;
  private readonly writer: RecordWriter;
  private readonly mounter: Mounter;
  private isMounted: bool = false;
  private corruptCount: i32 = 0;
  /** No live record lies before this. */
  private head: i32 = 0;
  /** The sequence behind which `next` looked last, and where the search behind it goes on. 0: none. */
  private cursorSequence: i64 = 0;
  private cursor: i32 = 0;
  private readonly other: RecordRef = new RecordRef();

  /** Over `device`; ring and reader can be replaced by a test. */
  constructor(device: BlockDevice, ring: SectorRing = new SectorRing(device), reader: RecordReader = new RecordReader(ring)) {
    super();
    this.ring = ring;
    this.reader = reader;
    this.writer = new RecordWriter(ring);
    this.mounter = new Mounter(ring, reader);
  }

  /** Keeps the log within `bytes` of the partition, rounded down to sectors, at least two; beyond it `begin` says NoSpace. */
  setCap(bytes: i32): void {
    if (this.ring.sectorCount == 0) return;
    this.writer.sectorLimit = min(max(bytes / this.ring.sectorBytes, 2), this.ring.sectorCount);
  }

  mount(): i32 {
    const ring = this.ring;
    const bytes = ring.sectorBytes;
    if (ring.sectorCount < MIN_SECTORS || bytes < MIN_SECTOR_BYTES || bytes > MAX_SECTOR_BYTES) return Status.Unsupported;
    if (popcnt(bytes) != 1 || ring.device.programBytes < 1 || UNIT % ring.device.programBytes != 0) return Status.Unsupported;
    const status = this.mounter.mount();
    if (status < 0) return status;
    this.corruptCount = this.mounter.corrupt;
    this.isMounted = true;
    if (ring.newest >= 0) this.head = ring.firstRecordOf(ring.tail);
    return Status.Ok;
  }

  step(): bool {
    const ring = this.ring;
    if (!this.isMounted) return false;
    const hasGivenUp = ring.isTailDrained && ring.giveUp() == Status.Ok;
    if (hasGivenUp) {
      this.head = ring.firstRecordOf(ring.tail);
      this.cursorSequence = 0;
    }
    const isPrepared = ring.wantsReady && ring.prepare() == Status.Ok;
    return (hasGivenUp && ring.isTailDrained) || (isPrepared && ring.wantsReady);
  }

  get boot(): i32 {
    return this.ring.boot;
  }

  begin(record: RecordRef): i32 {
    if (!this.isMounted) return Status.Io;
    const isFirst = this.ring.newest < 0;
    const status = this.writer.begin(record);
    if (isFirst) this.head = this.ring.writePosition;
    return status;
  }

  write(src: usize, len: i32): i32 {
    return this.writer.write(src, len);
  }

  commit(): i32 {
    return this.writer.commit();
  }

  abort(): void {
    this.writer.abort();
  }

  next(after: i64, out: RecordRef): i32 {
    if (!this.isMounted || this.ring.newest < 0) return Status.NotFound;
    const reader = this.reader;
    let isHead = after <= 0 || after != this.cursorSequence;
    let position = isHead ? this.head : this.cursor;
    while (true) {
      let status = reader.find(position, out);
      if (status == Status.NotFound) {
        this.cursorSequence = after;
        this.cursor = position;
      }
      if (status < 0) return status;
      position = reader.behind(out);
      const isLive = reader.disposition == 0;
      isHead = isHead && !isLive;
      if (isHead) this.head = position;
      if (!isLive || out.sequence <= after) continue;
      status = reader.verify(out);
      if (status == Status.Ok) {
        this.cursorSequence = out.sequence;
        this.cursor = position;
      } else if (status == Status.Corrupt) {
        status = this.condemn(out, position);
        if (status >= 0) continue;
      }
      return status;
    }
  }

  /** Drops a record whose body does not check: silently when it was never finished, else counted. Ok, Io. */
  private condemn(record: RecordRef, behind: i32): i32 {
    const status = this.reader.find(behind, this.other);
    if (status == Status.Io) return status;
    const nextSequence = status == Status.Ok ? this.other.sequence : this.ring.lastSequence + 1;
    if (nextSequence == record.sequence) return Status.Ok;
    this.corruptCount++;
    const again = this.reader.load(record.position, this.other);
    return again < 0 ? again : this.mark(record, DISPOSITION_VOID);
  }

  read(record: RecordRef, offset: i32, dst: usize, len: i32): i32 {
    const left = bodyBytes(record) - offset;
    if (offset < 0 || len < 0 || left < 0) return Status.Invalid;
    const part = min(len, left);
    const status = this.reader.readBody(record.position, offset, dst, part);
    return status < 0 ? status : part;
  }

  remove(record: RecordRef, disposition: Disposition): i32 {
    if (!this.isMounted || this.ring.newest < 0) return Status.NotFound;
    const status = this.reader.load(record.position, this.other);
    if (status < 0) return status;
    if (this.reader.disposition != 0 || this.other.sequence != record.sequence) return Status.NotFound;
    return this.mark(record, disposition);
  }

  /**
   * Marks a live record, the one that the reader loaded last, as gone, and counts it. A mark that was damaged before is not
   * programmed a second time: then the removal holds until the next reset. Ok, Io: it may be there again after a reset.
   */
  private mark(record: RecordRef, disposition: i32): i32 {
    const ring = this.ring;
    const sector = ring.sectorOf(record.position);
    let status = ring.header.touch(sector);
    if (status >= 0 && this.reader.isMarkBlank) status = writeMark(ring.device, record.position, disposition);
    if (status >= 0) status = ring.device.sync();
    // A mark that failed half-way counts as far as it can be read back, here as after a reset.
    if (status < 0 && (this.reader.load(record.position, this.other) < 0 || this.reader.disposition == 0)) return status;
    ring.addCount(sector, 0, -1);
    if (disposition != DISPOSITION_VOID) ring.addCount(sector, disposition, 1);
    return status;
  }

  get storedTotal(): i32 {
    return <i32>this.ring.lastSequence;
  }

  get deliveredTotal(): i32 {
    return unchecked(this.ring.totals[Disposition.Delivered]);
  }

  get expiredTotal(): i32 {
    return unchecked(this.ring.totals[Disposition.Expired]);
  }

  get evictedTotal(): i32 {
    return unchecked(this.ring.totals[Disposition.Evicted]);
  }

  get waiting(): i32 {
    return unchecked(this.ring.totals[0]) - i32(this.writer.position >= 0);
  }

  get corrupt(): i32 {
    return this.corruptCount;
  }

  get lastSequence(): i64 {
    return this.ring.lastSequence;
  }
}
