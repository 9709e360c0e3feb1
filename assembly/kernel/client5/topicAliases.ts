import { equalBytes } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { RowTable } from "../client/rowTable";

/** Topic names by alias, 1 to `count`, of one direction of one connection. Row r holds alias r + 1. Source: MQTT 5, 3.3.2.3.4. */
export class TopicAliases {
  private table: RowTable;
  private used: i32 = 0;

  constructor(
    readonly count: i32,
    bytes: i32,
  ) {
    this.table = new RowTable(count, bytes);
  }

  /** A connection ended: aliases go with it [MQTT-3.3.2-7]. */
  clear(): void {
    for (let row = 0; row < this.count; row++) {
      if (this.table.length(row) >= 0) this.table.remove(row);
    }
    this.used = 0;
  }

  /** The alias of a topic name: u8[len], or 0. */
  find(topic: usize, len: i32): i32 {
    for (let row = 0; row < this.used; row++) {
      if (this.table.length(row) == len && equalBytes(this.table.address(row), topic, len)) return row + 1;
    }
    return 0;
  }

  /** Gives a topic name: u8[len] the next alias up to `limit`, or 0 when none is left. */
  add(topic: usize, len: i32, limit: i32): i32 {
    if (this.used >= min(this.count, limit) || this.table.add(len) != this.used) return 0;
    memory.copy(this.table.address(this.used), topic, len);
    return ++this.used;
  }

  /** Takes the alias given last back. */
  removeNewest(): void {
    this.table.remove(--this.used);
  }

  /** Sets what an alias (1..count) stands for. Ok, NoSpace. */
  set(alias: i32, topic: usize, len: i32): i32 {
    const row = alias - 1;
    if (this.table.length(row) >= 0) this.table.remove(row);
    const status = this.table.addAt(row, len);
    if (status < 0) return status;
    memory.copy(this.table.address(row), topic, len);
    return Status.Ok;
  }

  /** Bytes of the topic name of an alias (1..count), -1 for an unknown one. */
  length(alias: i32): i32 {
    return this.table.length(alias - 1);
  }

  address(alias: i32): usize {
    return this.table.address(alias - 1);
  }
}
