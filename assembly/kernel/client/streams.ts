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

const FLAGS: usize = 0;
const TTL: usize = 4;
const NAME_LEN: usize = 8;
const CONTEXT_LEN: usize = 10;
const BODY: i32 = 12;

/** Writes what goes into envelopes. */
export const json = new JsonWriter();
const walk = new SchemaWalk(json);

/**
 * The streams an app registered: name, context and schema, kept while the device runs.
 *
 *     | 0 u32 flags | 4 u32 ttlSeconds | 8 u16 nameLen | 10 u16 contextLen | 12 name | context | schema |
 */
export class Streams {
  private table: RowTable = new RowTable(limits.streams, limits.streamBytes);

  /** Registers a stream; the same name replaces its row. Its number; Invalid (name, context, schema), NoSpace. */
  open(name: usize, nameLen: i32, context: usize, contextLen: i32, schema: usize, schemaLen: i32, flags: i32, ttl: i32): i32 {
    if (!isTopicName(name, nameLen) || !isUtf8(context, contextLen)) return Status.Invalid;
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
    store<i32>(address, flags | FLAG_ENVELOPE | (schemaLen ? 0 : FLAG_TEXT), FLAGS);
    store<i32>(address, ttl, TTL);
    store<u16>(address, <u16>nameLen, NAME_LEN);
    store<u16>(address, <u16>contextLen, CONTEXT_LEN);
    const body = address + BODY;
    memory.copy(body, name, nameLen);
    memory.copy(body + nameLen, context, contextLen);
    memory.copy(body + nameLen + contextLen, schema, schemaLen);
    return row;
  }

  exists(row: i32): bool {
    return this.table.length(row) >= 0;
  }

  flags(row: i32): i32 {
    return load<i32>(this.table.address(row), FLAGS);
  }

  ttl(row: i32): i32 {
    return load<i32>(this.table.address(row), TTL);
  }

  name(row: i32): usize {
    return this.table.address(row) + BODY;
  }

  nameLen(row: i32): i32 {
    return load<u16>(this.table.address(row), NAME_LEN);
  }

  context(row: i32): usize {
    return this.name(row) + this.nameLen(row);
  }

  contextLen(row: i32): i32 {
    return load<u16>(this.table.address(row), CONTEXT_LEN);
  }

  /** Writes the values: u8[len] of a reading as JSON, by the stream's schema. False: they do not fit. */
  write(row: i32, values: usize, len: i32): bool {
    const before = BODY + this.nameLen(row) + this.contextLen(row);
    return walk.write(this.table.address(row) + before, this.table.length(row) - before, values, len);
  }

  private find(name: usize, len: i32): i32 {
    for (let row = 0; row < this.table.rows; row++) {
      if (!this.exists(row) || this.nameLen(row) != len) continue;
      if (equalBytes(this.name(row), name, len)) return row;
    }
    return Status.NotFound;
  }
}

export const streams = new Streams();
