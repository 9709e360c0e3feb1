import { Writer } from "../../lib/bytes";
import { FLAG_QOS_1 } from "../../sdk/flags";
import { Status } from "../../lib/status";
import { copyText, equalsText } from "../../lib/text";
import { isUtf8 } from "../../lib/utf8";
import { isJson, JsonMembers } from "../../lib/jsonMembers";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { scratch, scratchBytes } from "../client/scratch";
import { RowTable } from "../client/rowTable";
import { sysCrc32 } from "../host/imports";
import { limits } from "../limits";
import { RPC_RESPONSE, topicAt, writeTopic } from "./topics";

/** Source: spec/thingsboard.md, 5.1. */
const CALLS_MAX: i32 = 8;
const KEPT_MS: i64 = 60000;

const ERROR_BYTES: i32 = 32;
const error: usize = memory.data(ERROR_BYTES, 1);
const receipt: usize = memory.data(8, 8);

const members = new JsonMembers();
const writer = new Writer();

class Call {
  /** 0: no call. */
  id: i32 = 0;
  crc: i32 = 0;
  cameAtMs: i64 = 0;
  isAnswered: bool = false;
}

/**
 * Calls of the server: the last eight, each for a minute at least, with their replies as far as those have room. A call that comes
 * again is not run again: its reply is sent again. The server counts from 1 anew when it restarts, so a call is known by its
 * number and its text.
 */
export class ServerCalls {
  private rows: StaticArray<Call> = new StaticArray<Call>(CALLS_MAX);
  private replies: RowTable = new RowTable(CALLS_MAX, limits.scratchBytes >> 1);
  /** Calls that came a second time. */
  repeats: i32 = 0;

  constructor() {
    for (let i = 0; i < CALLS_MAX; i++) unchecked((this.rows[i] = new Call()));
  }

  /** A call: u8[len] has come. True: it is for the app. */
  take(id: i32, request: usize, len: i32): bool {
    const crc = sysCrc32(0, request, len);
    const row = this.find(id);
    if (row >= 0 && unchecked(this.rows[row]).crc == crc && this.isKept(row)) {
      this.repeats++;
      if (this.replies.length(row) >= 0) this.publish(id, this.replies.address(row), this.replies.length(row));
      return false;
    }
    const free = row >= 0 ? row : this.findFree();
    if (free < 0) {
      this.refuse(id, '{"error":"busy"}');
      return false;
    }
    this.forgetReply(free);
    const call = unchecked(this.rows[free]);
    call.id = id;
    call.crc = crc;
    call.cameAtMs = clock.nowMs;
    call.isAnswered = false;
    return true;
  }

  /** Replies to a call with JSON: u8[len]. Ok; NotFound: no such call, or answered, or over a minute old and forgotten; Invalid, NoSpace. */
  reply(id: i32, json: usize, len: i32): i32 {
    if (!isUtf8(json, len) || !isJson(json, len)) return Status.Invalid;
    const row = this.find(id);
    if (id <= 0 || row < 0 || unchecked(this.rows[row]).isAnswered) return Status.NotFound;
    const status = this.publish(id, json, len);
    if (status < 0) return status;
    unchecked(this.rows[row]).isAnswered = true;
    if (this.replies.addAt(row, len) == row) memory.copy(this.replies.address(row), json, len);
    return Status.Ok;
  }

  /** Answers a call that cannot be taken, with JSON that is an ASCII literal. */
  refuse(id: i32, json: string): void {
    this.publish(id, error, copyText(error, json));
  }

  /** Answers a call: u8[len] for an app that takes none, as the SDK answers one that has no handler. */
  refuseMethod(id: i32, request: usize, len: i32): void {
    writer.reset(scratch, scratchBytes);
    writer.text('{"error":"unknown method","method":');
    const isFound = members.open(request, len) && findMethod();
    if (isFound) writer.bytes(members.value, members.valueLen);
    else writer.text('""');
    writer.u8(0x7d);
    if (writer.isBroken) this.refuse(id, '{"error":"unknown method"}');
    else this.publish(id, scratch, writer.length);
  }

  private publish(id: i32, json: usize, len: i32): i32 {
    return publications.publish(topicAt, writeTopic(RPC_RESPONSE, id), json, len, FLAG_QOS_1, 0, receipt);
  }

  private isKept(row: i32): bool {
    return clock.nowMs - unchecked(this.rows[row]).cameAtMs < KEPT_MS;
  }

  private find(id: i32): i32 {
    for (let row = 0; row < CALLS_MAX; row++) if (unchecked(this.rows[row]).id == id) return row;
    return Status.NotFound;
  }

  /** A row that is not needed: free, else the oldest that is answered or past its time. */
  private findFree(): i32 {
    let oldest = Status.NotFound as i32;
    for (let row = 0; row < CALLS_MAX; row++) {
      const call = unchecked(this.rows[row]);
      if (call.id == 0) return row;
      if (!call.isAnswered && this.isKept(row)) continue;
      if (oldest < 0 || call.cameAtMs < unchecked(this.rows[oldest]).cameAtMs) oldest = row;
    }
    return oldest;
  }

  private forgetReply(row: i32): void {
    if (this.replies.length(row) >= 0) this.replies.remove(row);
  }
}

function findMethod(): bool {
  while (members.next()) if (equalsText(members.name, members.nameLen, "method")) return true;
  return false;
}

export const serverCalls = new ServerCalls();
