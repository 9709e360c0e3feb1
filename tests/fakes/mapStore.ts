import { Cursor } from "../../assembly/kernel/store/tree/cursor";
import {
  ANY_VERSION,
  Disposition,
  ENTRIES_MAX,
  ENTRY_MAX,
  FIRST_INDEX,
  Item,
  KEEP_EXPIRY,
  KEY_MAX,
  LAST_INDEX,
  NO_VERSION,
  VALUE_MAX,
} from "../../assembly/kernel/store/item";
import { Eviction, SpaceCounts, Store, StoreStats, VerifyReport } from "../../assembly/kernel/store/store";
import { Status } from "../../assembly/lib/status";

class Entry {
  constructor(
    public composite: StaticArray<u8>,
    public index: i32,
  ) {}
}

class Row {
  key: StaticArray<u8> = new StaticArray<u8>(0);
  value: StaticArray<u8> = new StaticArray<u8>(0);
  entries: Array<Entry> = [];
  expiresAt: u32 = 0;
  version: i64 = 0;
  id: i32 = 0;
  /** Damaged: found, but not readable. */
  isCorrupt: bool = false;
}

function bytesOf(src: usize, len: i32): StaticArray<u8> {
  const bytes = new StaticArray<u8>(len);
  memory.copy(changetype<usize>(bytes), src, len);
  return bytes;
}

function compareSpans(a: usize, aLen: i32, b: usize, bLen: i32): i32 {
  const order = memory.compare(a, b, min(aLen, bLen));
  return order != 0 ? order : aLen - bLen;
}

function compare(a: StaticArray<u8>, b: StaticArray<u8>): i32 {
  return compareSpans(changetype<usize>(a), a.length, changetype<usize>(b), b.length);
}

/**
 * The store's interface over arrays: what it says, in the plainest way, for tests of what stands upon it. Strict with its
 * caller, and counts what is read. Knows nothing of flash, durability, caps and changes.
 */
export class MapStore extends Store {
  rows: Array<Row> = [];
  /** Records handed out whole, and keys alone. */
  recordReads: i32 = 0;
  keyReads: i32 = 0;
  /** A rule of the interface that the caller broke. */
  violation: string = "";
  /** The next commit fails with this. */
  failCommit: i32 = 0;
  private seconds: i64 = 0;
  private version: i64 = 0;
  private ids: i32 = 0;
  private row: Row | null = null;
  private filled: i32 = 0;
  private isBatch: bool = false;
  private staged: Array<Row> = [];
  private removed: Array<Row> = [];
  private readonly documentCounts: SpaceCounts = new SpaceCounts();

  mount(): i32 {
    return Status.Ok;
  }
  setTime(nowMs: i64, wallMs: i64): void {
    this.seconds = (wallMs >= 0 ? wallMs : nowMs) / 1000;
  }
  step(): bool {
    return false;
  }
  get boot(): i32 {
    return 1;
  }

  private indexOf(key: StaticArray<u8>): i32 {
    for (let i = 0; i < this.rows.length; i++) if (compare(this.rows[i].key, key) == 0) return i;
    return -1;
  }

  private isExpired(row: Row): bool {
    return row.expiresAt != 0 && <i64>row.expiresAt <= this.seconds;
  }

  private expects(at: i32, expected: i64): bool {
    if (expected == ANY_VERSION) return true;
    const version = at < 0 || this.isExpired(this.rows[at]) ? NO_VERSION : this.rows[at].version;
    return version == expected;
  }

  begin(key: usize, keyBytes: i32, valueBytes: i32, ttlSeconds: i32, expected: i64): i32 {
    if (this.row || keyBytes < 1 || keyBytes > KEY_MAX || valueBytes < 0 || valueBytes > VALUE_MAX) return Status.Invalid;
    if (ttlSeconds < KEEP_EXPIRY) return Status.Invalid;
    const row = new Row();
    row.key = bytesOf(key, keyBytes);
    for (let i = 0; i < this.staged.length; i++) if (compare(this.staged[i].key, row.key) == 0) return Status.Invalid;
    const old = this.indexOf(row.key);
    if (!this.expects(old, expected)) return Status.Refused;
    row.value = new StaticArray<u8>(valueBytes);
    if (ttlSeconds > 0) row.expiresAt = <u32>(this.seconds + ttlSeconds);
    else if (ttlSeconds == KEEP_EXPIRY && old >= 0) row.expiresAt = this.rows[old].expiresAt;
    this.row = row;
    this.filled = 0;
    return Status.Ok;
  }

  write(src: usize, len: i32): i32 {
    const row = this.row;
    if (!row || this.filled + len > row.value.length) return Status.Invalid;
    memory.copy(changetype<usize>(row.value) + this.filled, src, len);
    this.filled += len;
    return Status.Ok;
  }

  addEntry(index: i32, src: usize, len: i32): i32 {
    const row = this.row;
    if (!row || this.filled != row.value.length || index < FIRST_INDEX || index > LAST_INDEX || len < 1 || len > ENTRY_MAX) {
      this.violation = "addEntry: index " + index.toString() + ", length " + len.toString();
      return Status.Invalid;
    }
    let total = 1 + len;
    for (let i = 0; i < row.entries.length; i++) total += row.entries[i].composite.length - row.key.length;
    if (row.entries.length == ENTRIES_MAX || total > 255) return Status.NoSpace;
    const composite = new StaticArray<u8>(1 + len + row.key.length);
    composite[0] = <u8>index;
    memory.copy(changetype<usize>(composite) + 1, src, len);
    memory.copy(changetype<usize>(composite) + 1 + len, changetype<usize>(row.key), row.key.length);
    for (let i = 0; i < this.rows.length; i++) this.checkPrefix(this.rows[i], index, src, len);
    row.entries.push(new Entry(composite, index));
    return Status.Ok;
  }

  /** Encodings of one index must be prefix-free. */
  private checkPrefix(row: Row, index: i32, src: usize, len: i32): void {
    for (let i = 0; i < row.entries.length; i++) {
      const other = row.entries[i];
      const otherLen = other.composite.length - 1 - row.key.length;
      const isPrefix = other.index == index && memory.compare(changetype<usize>(other.composite) + 1, src, min(len, otherLen)) == 0;
      if (isPrefix && len != otherLen) this.violation = "index " + index.toString() + " is not prefix-free";
    }
  }

  commit(): i32 {
    const row = this.row;
    if (!row || this.filled != row.value.length) return Status.Invalid;
    this.row = null;
    if (this.failCommit != 0) {
      const status = this.failCommit;
      this.failCommit = 0;
      return status;
    }
    row.version = ++this.version;
    if (this.isBatch) this.staged.push(row);
    else this.insert(row);
    return Status.Ok;
  }

  private insert(row: Row): void {
    row.id = ++this.ids;
    const at = this.indexOf(row.key);
    if (at >= 0) {
      this.rows[at] = row;
      this.documentCounts.overwritten++;
      return;
    }
    let place = 0;
    while (place < this.rows.length && compare(this.rows[place].key, row.key) < 0) place++;
    this.rows.push(row);
    for (let i = this.rows.length - 1; i > place; i--) this.rows[i] = this.rows[i - 1];
    this.rows[place] = row;
    this.documentCounts.records++;
    this.documentCounts.stored++;
  }

  abort(): void {
    this.row = null;
    this.abortBatch();
  }

  remove(key: usize, keyBytes: i32, disposition: Disposition, expected: i64): i32 {
    const at = this.indexOf(bytesOf(key, keyBytes));
    if (at < 0 || this.isExpired(this.rows[at])) return Status.NotFound;
    if (!this.expects(at, expected)) return Status.Refused;
    const row = this.rows[at];
    if (this.isBatch) {
      if (this.removed.includes(row)) return Status.Invalid;
      this.removed.push(row);
    } else this.drop(at);
    return Status.Ok;
  }

  private drop(at: i32): void {
    this.version++;
    this.rows.splice(at, 1);
    this.documentCounts.records--;
    this.documentCounts.deleted++;
  }

  touch(key: usize, keyBytes: i32, ttlSeconds: i32): i32 {
    if (ttlSeconds < 0) return Status.Invalid;
    const at = this.indexOf(bytesOf(key, keyBytes));
    if (at < 0 || this.isExpired(this.rows[at])) return Status.NotFound;
    this.rows[at].expiresAt = ttlSeconds == 0 ? 0 : <u32>(this.seconds + ttlSeconds);
    return Status.Ok;
  }

  beginBatch(): i32 {
    if (this.isBatch || this.row) return Status.Invalid;
    this.isBatch = true;
    return Status.Ok;
  }
  commitBatch(): i32 {
    if (!this.isBatch || this.row) return Status.Invalid;
    for (let i = 0; i < this.staged.length; i++) this.insert(this.staged[i]);
    for (let i = 0; i < this.removed.length; i++) this.drop(this.rows.indexOf(this.removed[i]));
    this.abortBatch();
    return Status.Ok;
  }
  abortBatch(): void {
    this.isBatch = false;
    this.staged = [];
    this.removed = [];
    this.row = null;
  }
  get nextVersion(): i64 {
    return this.version + 1;
  }

  find(key: usize, keyBytes: i32, out: Item): i32 {
    const at = this.indexOf(bytesOf(key, keyBytes));
    if (at < 0 || this.isExpired(this.rows[at])) return Status.NotFound;
    this.recordReads++;
    if (this.rows[at].isCorrupt) return Status.Corrupt;
    this.fill(this.rows[at], out);
    return Status.Ok;
  }

  private fill(row: Row, out: Item): void {
    out.keyBytes = row.key.length;
    memory.copy(out.key, changetype<usize>(row.key), row.key.length);
    out.valueBytes = row.value.length;
    out.expiresAt = row.expiresAt;
    out.isClockValid = true;
    out.version = row.version;
    out.isRemoved = false;
    out.position = row.id;
  }

  read(item: Item, offset: i32, dst: usize, len: i32): i32 {
    for (let i = 0; i < this.rows.length; i++) {
      const row = this.rows[i];
      if (row.id != item.position) continue;
      if (offset < 0 || len < 0) return Status.Invalid;
      const part = max(min(len, row.value.length - offset), 0);
      memory.copy(dst, changetype<usize>(row.value) + offset, part);
      return part;
    }
    this.violation = "read of an item that is gone";
    return Status.Invalid;
  }

  readEntries(item: Item, offset: i32, dst: usize, len: i32): i32 {
    return Status.Unsupported;
  }

  next(cursor: Cursor, out: Item): i32 {
    const status = this.advance(cursor, out, false);
    if (status == Status.Ok) this.recordReads++;
    return status;
  }

  nextKey(cursor: Cursor, out: Item): i32 {
    const status = this.advance(cursor, out, true);
    if (status == Status.Ok) this.keyReads++;
    return status;
  }

  /** The composite nearest to the cursor's place, over all rows. */
  private advance(cursor: Cursor, out: Item, isCorruptWanted: bool): i32 {
    let best: Row | null = null;
    let bestComposite = new StaticArray<u8>(0);
    for (let i = 0; i < this.rows.length; i++) {
      const row = this.rows[i];
      if (this.isExpired(row) || (row.isCorrupt && !isCorruptWanted)) continue;
      const count = cursor.index == 0 ? 1 : row.entries.length;
      for (let j = 0; j < count; j++) {
        const composite = cursor.index == 0 ? compositeOfKey(row.key) : row.entries[j].composite;
        if (composite[0] != cursor.index || !isAhead(cursor, composite)) continue;
        if (best && compare(composite, bestComposite) < 0 == cursor.isReverse) continue;
        best = row;
        bestComposite = composite;
      }
    }
    if (!best) {
      cursor.isDone = true;
      return Status.NotFound;
    }
    cursor.atBytes = <u8>bestComposite.length;
    memory.copy(cursor.at, changetype<usize>(bestComposite), bestComposite.length);
    cursor.isAfter = true;
    this.fill(best, out);
    return Status.Ok;
  }

  changes(version: i64, out: Item): i32 {
    return Status.Unsupported;
  }

  sweep(most: i32): i32 {
    let count = 0;
    for (let i = this.rows.length - 1; i >= 0 && count < most; i--) {
      if (!this.isExpired(this.rows[i])) continue;
      this.rows.splice(i, 1);
      this.documentCounts.records--;
      this.documentCounts.expired++;
      count++;
    }
    return count;
  }
  ttl(key: usize, keyBytes: i32): i64 {
    const at = this.indexOf(bytesOf(key, keyBytes));
    if (at < 0 || this.isExpired(this.rows[at])) return Status.NotFound;
    return this.rows[at].expiresAt == 0 ? -1 : <i64>this.rows[at].expiresAt - this.seconds;
  }
  msToExpiry(): i64 {
    return i64.MAX_VALUE;
  }
  purge(space: i32): i32 {
    this.rows = [];
    this.documentCounts.records = 0;
    return Status.Ok;
  }
  flush(): i32 {
    return Status.Ok;
  }
  setCap(space: i32, bytes: i32, reservedBytes: i32, eviction: Eviction): void {}
  counts(space: i32): SpaceCounts {
    return this.documentCounts;
  }
  stats(out: StoreStats): i32 {
    return Status.Unsupported;
  }
  get corrupt(): i32 {
    return 0;
  }
  startVerify(): void {}
  verify(report: VerifyReport): i32 {
    return Status.Unsupported;
  }
}

function compositeOfKey(key: StaticArray<u8>): StaticArray<u8> {
  const composite = new StaticArray<u8>(1 + key.length);
  memory.copy(changetype<usize>(composite) + 1, changetype<usize>(key), key.length);
  return composite;
}

/** Whether a composite lies within the cursor's bounds and is still to come. */
function isAhead(cursor: Cursor, composite: StaticArray<u8>): bool {
  const at = changetype<usize>(composite);
  const length = composite.length;
  if (compareSpans(at, length, cursor.low, cursor.lowBytes) < 0) return false;
  if (compareSpans(at, length, cursor.high, cursor.highBytes) >= 0) return false;
  const order = compareSpans(at, length, cursor.at, cursor.atBytes);
  if (order == 0) return !cursor.isAfter && !cursor.isReverse;
  return cursor.isReverse ? order < 0 : order > 0;
}
