import { Writer } from "../lib/bytes";
import { parseDecimal } from "../lib/number";
import { Status } from "../lib/status";
import { clock } from "./client/clock";
import { readConfig } from "./client/settings";
import { Aggregate } from "./store/documents/aggregate";
import { Documents } from "./store/documents/documents";
import { DocumentError, writeError, writeQueryError } from "./store/documents/errors";
import { importLine } from "./store/documents/importLine";
import { isPath } from "./store/documents/indexedPaths";
import { deleteBatch, putBatch } from "./store/documents/lists";
import { readLine, readResult } from "./store/documents/resultText";
import { TextView } from "./store/documents/textView";
import { Item } from "./store/item";
import { Store, StoreStats, VerifyReport } from "./store/store";
import { DatabaseCalls, DatabaseRow, databaseCalls } from "./databaseCalls";

/** Records that one call looks at before it says Busy, so that it comes back to the app in bounded time. */
const BUDGET: i32 = 16;

/** Documents that one step sweeps. Bounds of store.sweepSeconds as in toolchain/config/schema.ts, and its default (spec: 60 s). */
const SWEPT_AT_ONCE: i32 = 4;
const SWEEP_SECONDS: i32 = 60;
const SWEEP_SECONDS_MAX: i32 = 86400;

/** What db_info and db_next tell of a document (sdk/syscalls.ts), and db_aggregate_next of all. */
const INFO_BYTES: i32 = 16;
const RESULT_HEAD_BYTES: i32 = 24;
const AGGREGATE_BYTES: i32 = 40;
const VERIFY_BYTES: i32 = 12;

const ERROR_BYTES: i32 = 112;
const errorText: usize = memory.data(112, 8);
const pathText: usize = memory.data(72, 8);
const PATH_BYTES: i32 = 64;

/** The rows of the database: decodes them, and bounds what each does. */
export class Database extends DatabaseCalls {
  readonly documents: Documents;
  private readonly aggregate: Aggregate;
  private readonly error: Writer = new Writer();
  private readonly keys: Writer = new Writer();
  private readonly path: TextView = new TextView();
  private readonly stats: StoreStats = new StoreStats();
  private readonly report: VerifyReport = new VerifyReport();
  private readonly sweepMs: i32;
  private sweepAtMs: i64 = 0;

  constructor(private readonly store: Store) {
    super();
    const documents = new Documents(store);
    this.documents = documents;
    documents.open();
    store.startVerify(); // What a verify needs is made by the first.
    this.aggregate = new Aggregate(documents.query);
    const length = readConfig("store.sweepSeconds", pathText, PATH_BYTES);
    const seconds = length > 0 ? parseDecimal(pathText, length, SWEEP_SECONDS_MAX) : 0;
    this.sweepMs = 1000 * max(seconds, SWEEP_SECONDS);
  }

  setTime(nowMs: i64, wallMs: i64): void {
    this.store.setTime(nowMs, wallMs);
    this.documents.setTime(nowMs, wallMs);
  }

  step(): bool {
    this.setTime(clock.nowMs, clock.wallMs);
    return this.sweep() || this.documents.step();
  }

  /** Removes documents whose time is up, at once when it starts and then every sweepMs. Whether more of them may wait. */
  private sweep(): bool {
    if (clock.nowMs < this.sweepAtMs) return false;
    if (this.documents.cleanup(SWEPT_AT_ONCE) == SWEPT_AT_ONCE) return true;
    this.sweepAtMs = clock.nowMs + this.sweepMs;
    return false;
  }

  forgetApp(): void {
    this.documents.forget();
  }

  call(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32 {
    if (row == DatabaseRow.db_error) return this.copyError(a0, a1);
    const status = row <= DatabaseRow.db_delete_list ? this.change(row, a0, a1, a2, a3, a4, a5, a6) : this.look(row, a0, a1, a2, a3, a4);
    if (status < 0 && status != Status.Busy) this.explain(status, row == DatabaseRow.db_query || row == DatabaseRow.db_aggregate, a0, a1);
    return status;
  }

  private change(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32 {
    const documents = this.documents;
    documents.error = DocumentError.None;
    documents.sizeBytes = 0;
    switch (row) {
      case DatabaseRow.db_put:
        return documents.put(a0, a1, a2, a3, a4, a5, a6);
      case DatabaseRow.db_begin:
        return documents.begin(a0, a1, a2, a3);
      case DatabaseRow.db_write:
        return documents.write(a0, a1);
      case DatabaseRow.db_commit:
        return documents.commit();
      case DatabaseRow.db_abort: {
        documents.abort();
        return Status.Ok;
      }
      case DatabaseRow.db_update:
        return documents.update(a0, a1, a2, a3, a5 >= 8 ? load<i64>(a4) : -1);
      case DatabaseRow.db_delete:
        return documents.remove(a0, a1);
      case DatabaseRow.db_touch:
        return documents.touch(a0, a1, a2);
      case DatabaseRow.db_cleanup:
        return documents.cleanup(min(a0, BUDGET));
      case DatabaseRow.db_purge:
        return documents.purge();
      case DatabaseRow.db_flush:
        return this.store.flush();
      case DatabaseRow.db_batch_begin:
        return documents.beginBatch();
      case DatabaseRow.db_batch_commit:
        return documents.endBatch();
      case DatabaseRow.db_import:
        return importLine(documents, a0, a1);
      case DatabaseRow.db_index:
        return documents.index(a0, a1);
      case DatabaseRow.db_put_list: {
        this.keys.reset(a4, a5);
        return putBatch(documents, a0, a1, a2, a3, this.keys);
      }
      default:
        return deleteBatch(documents, a0, a1);
    }
  }

  private look(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32): i32 {
    const documents = this.documents;
    const query = documents.query;
    switch (row) {
      case DatabaseRow.db_key: {
        if (a1 < documents.keyBytes) return Status.TooLarge;
        memory.copy(a0, changetype<usize>(documents.key), documents.keyBytes);
        return documents.keyBytes;
      }
      case DatabaseRow.db_get:
        return this.get(a0, a1, a2, a3, a4);
      case DatabaseRow.db_info:
        return this.info(a0, a1, a2, a3);
      case DatabaseRow.db_change:
        return this.nextChange(a0, a1, a2, a3);
      case DatabaseRow.db_query:
        return query.open(a0, a1, true);
      case DatabaseRow.db_keys:
        return query.openKeys(a0, a1, a2, a3, a4);
      case DatabaseRow.db_next:
        return this.next(a0, a1);
      case DatabaseRow.db_result:
        return readResult(query.program, query.result, a0, a1, a2);
      case DatabaseRow.db_line: {
        const item = query.result.item;
        return readLine(query.result, this.store.ttl(item.key, item.keyBytes), a0, a1, a2);
      }
      case DatabaseRow.db_aggregate:
        return this.openAggregate(a0, a1, a2, a3);
      case DatabaseRow.db_aggregate_next:
        return this.stepAggregate(a0, a1);
      case DatabaseRow.store_stats:
        return this.tellStats(a0, a1);
      case DatabaseRow.store_verify:
        return this.verify(a0 != 0, a1, a2);
      default:
        return Status.Unsupported;
    }
  }

  private get(key: usize, keyBytes: i32, offset: i32, dst: usize, cap: i32): i32 {
    const found = this.documents.found;
    const status = this.documents.get(key, keyBytes);
    if (status < 0) return status;
    if (offset < 0) return Status.Invalid;
    const part = max(min(cap, found.length - offset), 0);
    found.copy(offset, offset + part, dst);
    return found.status < 0 ? found.status : part;
  }

  private info(key: usize, keyBytes: i32, dst: usize, cap: i32): i32 {
    if (cap < INFO_BYTES) return Status.TooLarge;
    const status = this.documents.get(key, keyBytes);
    if (status < 0) return status;
    const item = this.documents.found.item;
    this.writeInfo(dst, item.valueBytes, this.documents.ttl(key, keyBytes), item.version);
    return Status.Ok;
  }

  private writeInfo(dst: usize, size: i32, ttl: i64, version: i64): void {
    store<u32>(dst, size);
    store<i32>(dst, <i32>ttl, 4);
    store<i64>(dst, version, 8);
  }

  /** 1: a result, its head in dst; 0: there are no more. */
  private next(dst: usize, cap: i32): i32 {
    const query = this.documents.query;
    if (cap < RESULT_HEAD_BYTES) return Status.TooLarge;
    const status = query.next(BUDGET);
    if (status < 0) return status == Status.NotFound ? 0 : status;
    const item = query.result.item;
    return this.writeHead(dst, cap, item, item.valueBytes);
  }

  private nextChange(version: usize, versionBytes: i32, dst: usize, cap: i32): i32 {
    if (versionBytes < 8 || cap < RESULT_HEAD_BYTES) return Status.Invalid;
    const status = this.documents.nextChange(load<i64>(version), BUDGET);
    const item = this.documents.found.item;
    // A refusal carries nothing back, so Busy is told as a change of nothing: without a key.
    if (status == Status.Busy) item.keyBytes = 0;
    else if (status < 0) return status == Status.NotFound ? 0 : status;
    return this.writeHead(dst, cap, item, item.isRemoved || item.keyBytes == 0 ? -1 : item.valueBytes);
  }

  private writeHead(dst: usize, cap: i32, item: Item, size: i32): i32 {
    if (cap < RESULT_HEAD_BYTES + item.keyBytes) return Status.TooLarge;
    this.writeInfo(dst, size, size < 0 ? 0 : this.store.ttl(item.key, item.keyBytes), item.version);
    store<u32>(dst, item.keyBytes, 16);
    store<u32>(dst, 0, 20);
    memory.copy(dst + RESULT_HEAD_BYTES, item.key, item.keyBytes);
    return 1;
  }

  /** path: u8[pathBytes], without quotes; none: only to count. */
  private openAggregate(condition: usize, len: i32, path: usize, pathBytes: i32): i32 {
    if (pathBytes > PATH_BYTES) return Status.TooLarge;
    if (!isPath(path, pathBytes)) return Status.Invalid;
    store<u8>(pathText, 0x22);
    memory.copy(pathText + 1, path, pathBytes);
    store<u8>(pathText + pathBytes, 0x22, 1);
    this.path.reset(pathText, pathBytes + 2);
    return this.aggregate.open(condition, len, pathBytes > 0 ? this.path : null, 0);
  }

  private stepAggregate(dst: usize, cap: i32): i32 {
    const aggregate = this.aggregate;
    if (cap < AGGREGATE_BYTES) return Status.TooLarge;
    const status = aggregate.step(BUDGET);
    if (status < 0) return status;
    store<u32>(dst, aggregate.count);
    store<u32>(dst, aggregate.numbers, 4);
    store<f64>(dst, aggregate.min.float, 8);
    store<f64>(dst, aggregate.max.float, 16);
    store<f64>(dst, aggregate.sum.float, 24);
    store<i64>(dst, aggregate.sum.isInteger ? aggregate.sum.integer : 0, 32);
    return Status.Ok;
  }

  /** Its fields are those of the row, in their order. */
  private tellStats(dst: usize, cap: i32): i32 {
    const stats = this.stats;
    const bytes = <i32>offsetof<StoreStats>();
    if (cap < bytes) return Status.TooLarge;
    const status = this.store.stats(stats);
    memory.copy(dst, changetype<usize>(stats), bytes);
    return status;
  }

  private verify(isNew: bool, dst: usize, cap: i32): i32 {
    const report = this.report;
    if (cap < VERIFY_BYTES) return Status.TooLarge;
    if (isNew) {
      this.store.startVerify();
      report.clear();
    }
    const status = report.isDone ? Status.Ok : this.store.verify(report);
    store<i32>(dst, report.records);
    store<i32>(dst, report.corrupt, 4);
    store<i32>(dst, report.dangling, 8);
    return status < 0 ? status : report.isDone ? Status.Ok : Status.Busy;
  }

  /** Keeps what db_error tells until the next error. */
  private explain(status: i32, isQuery: bool, src: usize, len: i32): void {
    const documents = this.documents;
    this.error.reset(errorText, ERROR_BYTES);
    if (status == Status.BadQuery && isQuery) writeQueryError(this.error, src, len);
    else writeError(this.error, status, documents.error, documents.sizeBytes, documents.limitBytes);
  }

  private copyError(dst: usize, cap: i32): i32 {
    const length = min(cap, this.error.length);
    memory.copy(dst, errorText, length);
    return length;
  }
}

/** Opens the database in a store that is mounted. */
export function openDatabase(store: Store): void {
  databaseCalls.answers = new Database(store);
}
