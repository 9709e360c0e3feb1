import { Status } from "../../lib/status";
import { FLAG_ENVELOPE, FLAG_KIND_MASK, FLAG_OFFLINE, FLAG_QOS_1 } from "../../sdk/flags";
import { WhenFull } from "../client/face";
import { publications } from "../client/publications";
import { updates } from "../client/updateHooks";
import { scratch } from "../client/scratch";
import { DatabaseCalls, DatabaseRow } from "../databaseCalls";
import { JsonCheck } from "../store/documents/jsonCheck";
import { sysWatchdog } from "../host/imports";
import { counts, COUNTS_BYTES } from "./counts";
import { convertContext } from "./envelope";
import { heartbeat } from "./heartbeat";
import { messages } from "./messages";
import { tendrlFace } from "./tendrlFace";

/** Rows of host/include/app_imports.def that this face answers, counted from db_put. */
enum CloudRow {
  cloud_begin = DatabaseRow.db_error + 1,
  cloud_write,
  cloud_commit,
  cloud_member,
  cloud_set,
  cloud_stats,
}

/** What cloud_set sets (sdk/tendrl.ts has the same). */
enum Setting {
  Batch,
  Heartbeat,
  Watchdog,
  Messages,
  WhenFull,
}

const RECEIPT_BYTES: i32 = 8;
const ALLOWED_FLAGS: i32 = FLAG_OFFLINE | FLAG_ENVELOPE | FLAG_KIND_MASK;
/** Open messages: one stored, one queued (client/publications.ts). */
const HANDLES: i32 = 3;

/** The rows of the Tendrl face, and in front of them those of the database, if there is one. */
export class TendrlCalls extends DatabaseCalls {
  database: DatabaseCalls | null = null;
  /** What each open message has to be: JSON. */
  private readonly checks: StaticArray<JsonCheck> = new StaticArray<JsonCheck>(HANDLES);

  constructor() {
    super();
    for (let i = 0; i < HANDLES; i++) unchecked((this.checks[i] = new JsonCheck()));
  }

  call(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32 {
    if (row < CloudRow.cloud_begin || row >= DatabaseRow.store_stats) {
      const database = this.database;
      return database ? database.call(row, a0, a1, a2, a3, a4, a5, a6) : Status.Unsupported;
    }
    switch (row) {
      case CloudRow.cloud_begin:
        return this.begin(a0, a1, a2, a3, a4);
      case CloudRow.cloud_write:
        return this.write(a0, a1, a2);
      case CloudRow.cloud_commit:
        return a2 < RECEIPT_BYTES ? Status.Invalid : this.commit(a0, a1);
      case CloudRow.cloud_member:
        return messages.member(a0, a1, a2, a3, a4);
      case CloudRow.cloud_set:
        return set(a0, a1);
      case CloudRow.cloud_stats:
        return writeCounts(a0, a1);
      default:
        return Status.Unsupported;
    }
  }

  setTime(nowMs: i64, wallMs: i64): void {
    const database = this.database;
    if (database) database.setTime(nowMs, wallMs);
  }

  step(): bool {
    const database = this.database;
    return database ? database.step() : false;
  }

  forgetApp(): void {
    const database = this.database;
    if (database) database.forgetApp();
  }

  /** Data of `total` bytes is to follow. With the envelope it must be JSON. */
  private begin(context: usize, contextLen: i32, total: i32, flags: i32, ttl: i32): i32 {
    if (flags & ~ALLOWED_FLAGS || total < 0) return Status.Invalid;
    const length = convertContext(context, contextLen);
    if (length < 0) return length;
    const handle = publications.openData(scratch, length, total, flags | FLAG_QOS_1, ttl);
    if (handle > 0) unchecked(this.checks[handle]).reset();
    return handle;
  }

  private write(handle: i32, part: usize, len: i32): i32 {
    if (<u32>(handle - 1) >= <u32>(HANDLES - 1)) return Status.Invalid;
    let status = unchecked(this.checks[handle]).feed(part, len);
    if (status >= 0) status = publications.write(handle, part, len);
    if (status < 0) publications.abort(handle);
    return status;
  }

  /** What is no JSON is refused here, and forgotten: around it no envelope could be read. */
  private commit(handle: i32, receipt: usize): i32 {
    if (<u32>(handle - 1) >= <u32>(HANDLES - 1)) return Status.Invalid;
    const status = unchecked(this.checks[handle]).finish();
    if (status < 0) {
      publications.abort(handle);
      return status;
    }
    const answer = publications.commit(handle, receipt);
    if (updates.listens) updates.published(answer, receipt);
    return answer;
  }
}

function set(setting: i32, value: i32): i32 {
  if (setting == Setting.Watchdog) return sysWatchdog(value);
  if (setting == Setting.Batch && value > 0) tendrlFace.batch = value;
  else if (setting == Setting.Heartbeat) heartbeat.isOn = value != 0;
  else if (setting == Setting.WhenFull && <u32>value <= <u32>WhenFull.Spill) tendrlFace.fullWay = value as WhenFull;
  else if (setting == Setting.Messages) messages.isWanted = value != 0;
  else return Status.Invalid;
  return Status.Ok;
}

function writeCounts(dst: usize, cap: i32): i32 {
  if (cap < COUNTS_BYTES) return Status.TooLarge;
  memory.copy(dst, changetype<usize>(counts), COUNTS_BYTES);
  return COUNTS_BYTES;
}

export const tendrlCalls = new TendrlCalls();
