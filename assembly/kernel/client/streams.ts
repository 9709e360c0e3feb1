import { FLAG_ENVELOPE, FLAG_TEXT } from "../../sdk/flags";
import { equalBytes } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { Status } from "../../lib/status";
import { isUtf8 } from "../../lib/utf8";
import { limits } from "../limits";
import { isTopicName } from "../mqtt/topicFilter";
import { face } from "./face";
import { RowTable } from "./rowTable";
import { SchemaWalk } from "./schema";
import { scratch } from "./scratch";

const TTL: usize = 0;
const NAME_LEN: usize = 4;
const CONTEXT_LEN: usize = 6;
const FLAGS: usize = 8;
const FLAGS_MASK: i32 = 0xffffff;
const SLASH: u32 = 0x2f000000;
const BODY: i32 = 12;

/** Writes what goes into envelopes. */
export const json = new JsonWriter();
const walk = new SchemaWalk(json);

/**
 * The streams an app registered: name, context and schema, kept while the device runs.
 *
 *     | 0 u32 ttlSeconds | 4 u16 nameLen | 6 u16 contextLen | 8 u24 flags | 11 "/" | 12 name | context | schema |
 *
 * What a reading says of its stream lies in one piece: the end of its topic, then its context.
 */
export class Streams {
  private table: RowTable = new RowTable(limits.streams, limits.streamBytes);
  /** Address of the stream that was selected: good until another one is registered. */
  private row: usize = 0;

  /** Registers a stream; the same name replaces its row. Its number; Invalid (name, context, schema, flags), NoSpace. */
  open(name: usize, nameLen: i32, context: usize, contextLen: i32, schema: usize, schemaLen: i32, flags: i32, ttl: i32): i32 {
    if (!isTopicName(name, nameLen) || !isUtf8(context, contextLen) || (flags & ~FLAGS_MASK) != 0) return Status.Invalid;
    if (!walk.isValid(schema, schemaLen)) return Status.Invalid;
    if (face.convertsContext) {
      contextLen = face.convertContext(context, contextLen);
      if (contextLen < 0) return Status.Invalid;
      context = scratch;
    }
    const size = BODY + nameLen + contextLen + schemaLen;
    let row = this.find(name, nameLen);
    const status = row < 0 ? this.table.add(size) : this.table.resize(row, size);
    if (status < 0) return status;
    if (row < 0) row = status;
    const address = this.table.address(row);
    store<i32>(address, SLASH | flags | FLAG_ENVELOPE | (schemaLen ? 0 : FLAG_TEXT), FLAGS);
    store<i32>(address, ttl, TTL);
    store<u16>(address, <u16>nameLen, NAME_LEN);
    store<u16>(address, <u16>contextLen, CONTEXT_LEN);
    const body = address + BODY;
    memory.copy(body, name, nameLen);
    memory.copy(body + nameLen, context, contextLen);
    memory.copy(body + nameLen + contextLen, schema, schemaLen);
    return row;
  }

  /** Chooses the stream that all below is about. False: there is no such row. */
  select(row: i32): bool {
    const isThere = this.table.length(row) >= 0;
    if (isThere) this.row = this.table.address(row);
    return isThere;
  }

  get flags(): i32 {
    return load<i32>(this.row, FLAGS) & FLAGS_MASK;
  }

  get ttl(): i32 {
    return load<i32>(this.row, TTL);
  }

  get nameLen(): i32 {
    return load<u16>(this.row, NAME_LEN);
  }

  get contextLen(): i32 {
    return load<u16>(this.row, CONTEXT_LEN);
  }

  /** Address of the context; in front of it "/" and the name. */
  get context(): usize {
    return this.row + BODY + this.nameLen;
  }

  /** Writes the values: u8[len] of a reading as JSON, by the stream's schema. False: they do not fit. */
  write(row: i32, values: usize, len: i32): bool {
    const before = BODY + this.nameLen + this.contextLen;
    return walk.write(this.row + before, this.table.length(row) - before, values, len);
  }

  private find(name: usize, len: i32): i32 {
    for (let row = 0; row < this.table.rows; row++) {
      if (this.select(row) && this.nameLen == len && equalBytes(this.row + BODY, name, len)) return row;
    }
    return Status.NotFound;
  }
}

export const streams = new Streams();
