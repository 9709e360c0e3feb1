import { Event } from "../../sdk/thingsboardWire";
import { JsonMembers } from "../../lib/jsonMembers";
import { equalBytes, Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { inbox } from "../client/inbox";
import { RowTable } from "../client/rowTable";
import { scratch, scratchBytes } from "../client/scratch";
import { sysCrc32 } from "../host/imports";
import { limits } from "../limits";
import { eventHead } from "./requests";

const ROWS: i32 = 16;
const CRC: usize = 0;
const FLAGS: usize = 4;
const NAME: i32 = 5;
const COMMA: i32 = 0x2c;
const LIST: i32 = 0x5b;

/** The app asked for this key. */
const WATCHED: i32 = 1;
/** The key has a value, whose checksum is kept. */
const HAS_VALUE: i32 = 2;
/** It was in the answer that is being read. */
const SEEN: i32 = 4;
/** It was deleted while the device was away, and the app has not been told. */
const GONE: i32 = 8;

const members = new JsonMembers();
const inner = new JsonMembers();
const writer = new Writer();

/**
 * The shared attributes that the app follows, each with a checksum of its last value: what changed while the device was away is told
 * apart from what did not. A row: u32 checksum, u8 flags, name. Keys beyond the table are passed on each time.
 */
export class Attributes {
  private table: RowTable = new RowTable(ROWS, limits.scratchBytes >> 1);
  /** The app follows all of them. */
  private isAll: bool = false;
  /** What the server has is to be asked for. */
  mustFetch: bool = false;

  /** Follows a key: u8[len], `*` for all, or no longer. Ok; Invalid: a key with a comma or a quote, which cannot be asked for; NoSpace. */
  watch(key: usize, len: i32, isWanted: bool): i32 {
    if (equalsText(key, len, "*")) {
      this.isAll = isWanted;
    } else {
      if (len == 0 || !isKey(key, len)) return Status.Invalid;
      const row = this.rowOf(key, len);
      if (row < 0) return isWanted ? row : Status.NotFound;
      this.setFlags(row, (this.flags(row) & ~WATCHED) | i32(isWanted));
      if (!isWanted && !this.isAll) this.table.remove(row);
    }
    this.mustFetch = this.mustFetch || isWanted;
    return Status.Ok;
  }

  /** The app started anew, and follows nothing yet. What it last saw stays known. */
  forgetApp(): void {
    this.isAll = false;
    for (let row = 0; row < ROWS; row++) if (this.table.length(row) >= 0) this.setFlags(row, this.flags(row) & ~WATCHED & ~HAS_VALUE);
  }

  connected(): void {
    this.mustFetch = this.isAll;
    for (let row = 0; row < ROWS; row++) {
      if (this.table.length(row) < 0) continue;
      this.mustFetch = this.mustFetch || this.isWatched(row);
      this.setFlags(row, this.flags(row) & ~SEEN);
    }
  }

  /** Writes what to ask for: the keys followed, or all. */
  writeRequest(out: Writer): void {
    out.u8(0x7b);
    if (!this.isAll) {
      out.text('"sharedKeys":"');
      let isFirst = true;
      for (let row = 0; row < ROWS; row++) {
        if (!this.isWatched(row)) continue;
        if (!isFirst) out.u8(COMMA);
        isFirst = false;
        out.bytes(this.table.address(row) + NAME, this.table.length(row) - NAME);
      }
      out.u8(0x22);
    }
    out.u8(0x7d);
  }

  /** An update: u8[len] has come. True: it has something that the app follows. */
  takeUpdate(update: usize, len: i32): bool {
    let isWanted = this.isAll;
    if (!members.open(update, len) || members.isList) return false;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "deleted") && members.kind == LIST) {
        inner.open(members.value, members.valueLen);
        while (inner.next()) {
          const row = this.find(inner.value + 1, inner.valueLen - 2);
          if (row < 0) continue;
          isWanted = isWanted || this.isWatched(row);
          this.setFlags(row, this.flags(row) & ~HAS_VALUE);
        }
      } else {
        this.note();
        const row = this.find(members.name, members.nameLen);
        isWanted = isWanted || (row >= 0 && this.isWatched(row));
      }
    }
    return isWanted && !members.isBroken;
  }

  /**
   * The answer: u8[len] to writeRequest has come. Leaves in its place an object of what is new in it. Its length, 0: nothing is.
   * Keys that are not in it and were are told as deleted, by `step`.
   */
  takeFetched(answer: usize, len: i32): i32 {
    let shared: usize = 0;
    let sharedLen = 0;
    if (!members.open(answer, len) || members.isList) return 0;
    while (members.next()) {
      if (!equalsText(members.name, members.nameLen, "shared")) continue;
      shared = members.value;
      sharedLen = members.valueLen;
    }
    if (members.isBroken) return 0;
    let end = answer;
    if (members.open(shared, sharedLen)) {
      while (members.next()) {
        if (!this.note()) continue;
        // What is kept moves to the front, behind a bracket or a comma: never past where it is read.
        store<u8>(end, end == answer ? 0x7b : COMMA);
        end++;
        const from = members.name - 1;
        const size = <i32>(members.value + members.valueLen - from);
        memory.copy(end, from, size);
        end += size;
      }
    }
    this.findGone();
    if (end == answer) return 0;
    store<u8>(end, 0x7d);
    return <i32>(end - answer) + 1;
  }

  /** Tells the app what was deleted meanwhile. False: the inbox has no room yet. */
  step(): bool {
    writer.reset(scratch, scratchBytes);
    for (let row = 0; row < ROWS; row++) {
      if (!this.has(row, GONE)) continue;
      writer.text(writer.length ? ',"' : '{"deleted":["');
      writer.bytes(this.table.address(row) + NAME, this.table.length(row) - NAME);
      writer.u8(0x22);
    }
    if (writer.length == 0) return true;
    writer.text("]}");
    if (inbox.post(Event.Update, eventHead(0, Status.Ok), 8, scratch, writer.length) < 0) return false;
    for (let row = 0; row < ROWS; row++) if (this.has(row, GONE)) this.setFlags(row, this.flags(row) & ~GONE);
    return true;
  }

  /** Keeps the value of the member read. True: the app follows it, and it differs from the one before. */
  private note(): bool {
    let row = this.find(members.name, members.nameLen);
    if (row < 0 && this.isAll) row = this.rowOf(members.name, members.nameLen);
    if (row < 0) return this.isAll;
    const crc = sysCrc32(0, members.value, members.valueLen);
    const isNew = !this.has(row, HAS_VALUE) || load<i32>(this.table.address(row), CRC) != crc;
    store<i32>(this.table.address(row), crc, CRC);
    this.setFlags(row, (this.flags(row) | HAS_VALUE | SEEN) & ~GONE);
    return isNew && (this.isAll || this.isWatched(row));
  }

  private findGone(): void {
    for (let row = 0; row < ROWS; row++) {
      if (this.table.length(row) < 0) continue;
      const flags = this.flags(row);
      const isGone = (flags & (HAS_VALUE | SEEN)) == HAS_VALUE;
      this.setFlags(row, isGone ? (flags & ~HAS_VALUE) | GONE : flags & ~SEEN);
    }
  }

  /** The row of a key, new when there is none. NoSpace. */
  private rowOf(key: usize, len: i32): i32 {
    let row = this.find(key, len);
    if (row >= 0) return row;
    row = this.table.add(len + NAME);
    if (row < 0) return row;
    const address = this.table.address(row);
    memory.fill(address, 0, NAME);
    memory.copy(address + NAME, key, len);
    return row;
  }

  private find(key: usize, len: i32): i32 {
    for (let row = 0; row < ROWS; row++) {
      if (this.table.length(row) == len + NAME && equalBytes(this.table.address(row) + NAME, key, len)) return row;
    }
    return Status.NotFound;
  }

  private isWatched(row: i32): bool {
    return this.has(row, WATCHED);
  }

  private has(row: i32, flag: i32): bool {
    return this.table.length(row) >= 0 && (this.flags(row) & flag) != 0;
  }

  private flags(row: i32): i32 {
    return load<u8>(this.table.address(row), FLAGS);
  }

  private setFlags(row: i32, flags: i32): void {
    store<u8>(this.table.address(row), <u8>flags, FLAGS);
  }
}

/** Whether a key can be asked for as it is: no comma, and nothing that JSON would escape. */
function isKey(key: usize, len: i32): bool {
  for (let i = 0; i < len; i++) {
    const byte = <i32>load<u8>(key + i);
    if (byte < 0x20 || byte == COMMA || byte == 0x22 || byte == 0x5c) return false;
  }
  return true;
}

export const attributes = new Attributes();
