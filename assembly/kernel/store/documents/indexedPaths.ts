import { equalBytes } from "../../../lib/bytes";
import { Status } from "../../../lib/status";
import { copyText } from "../../../lib/text";
import { compareText } from "./jsonText";
import { TextView } from "./textView";

/** Most paths that a store may index, beside the tags (spec: 4). */
export const MAX_INDEXED: i32 = 4;
/** Bytes of one of them. */
const MAX_PATH_BYTES: i32 = 64;
/** The path of the tags stands behind the declared ones: in slot MAX_INDEXED. */
export const TAGS_SLOT: i32 = MAX_INDEXED;
export const TAGS_PATH: string = "_tags";

/** Index ids (item.ts: 2 to 7). */
export const TAG_INDEX: i32 = 2;
export const FIRST_PATH_INDEX: i32 = 3;
/** Documents whose tags are no list: one entry, whatever they are. */
export const LOOSE_TAGS_INDEX: i32 = 7;

const SLOTS: i32 = MAX_INDEXED + 1;
const SLOT_BYTES: i32 = MAX_PATH_BYTES + 2;
const DOT: i32 = 0x2e;

/** The paths of which a store keeps the values in order, each between quotes: a table that only grows. */
export class IndexedPaths {
  count: i32 = 0;
  /** Whether every document in the store is indexed for all of them. */
  areWhole: bool = false;
  readonly view: TextView = new TextView();
  private readonly table: StaticArray<u8> = new StaticArray<u8>(SLOTS * SLOT_BYTES);
  private readonly ends: StaticArray<i32> = new StaticArray<i32>(SLOTS);

  constructor() {
    this.view.reset(changetype<usize>(this.table), SLOTS * SLOT_BYTES);
    const tags = changetype<usize>(this.table) + TAGS_SLOT * SLOT_BYTES;
    store<u8>(tags, 0x22);
    copyText(tags + 1, TAGS_PATH);
    store<u8>(tags + TAGS_PATH.length, 0x22, 1);
    unchecked((this.ends[TAGS_SLOT] = TAGS_SLOT * SLOT_BYTES + 1 + TAGS_PATH.length));
  }

  /**
   * Declares a path: u8[len], UTF-8 without quotes, backslashes and control characters. 1: it is new, 0: it was there;
   * NoSpace, Invalid, TooLarge.
   */
  add(src: usize, len: i32): i32 {
    if (len <= 0) return Status.Invalid;
    if (len > MAX_PATH_BYTES) return Status.TooLarge;
    if (!isPath(src, len)) return Status.Invalid;
    for (let slot = 0; slot < this.count; slot++) {
      const from = this.start(slot) + 1;
      if (this.end(slot) - from == len && equalBytes(changetype<usize>(this.table) + from, src, len)) return 0;
    }
    if (this.count == MAX_INDEXED) return Status.NoSpace;
    const from = this.count * SLOT_BYTES;
    const slot = changetype<usize>(this.table) + from;
    store<u8>(slot, 0x22);
    memory.copy(slot + 1, src, len);
    store<u8>(slot + len, 0x22, 1);
    unchecked((this.ends[this.count++] = from + 1 + len));
    return 1;
  }

  /** Whether a slot holds a path. */
  has(slot: i32): bool {
    return slot < this.count || slot == TAGS_SLOT;
  }

  /** Offset in `view` of the path's opening quote. */
  start(slot: i32): i32 {
    return slot * SLOT_BYTES;
  }

  /** Offset in `view` behind the path's last byte. */
  end(slot: i32): i32 {
    return unchecked(this.ends[slot]);
  }

  /** Offset in `view` of the first byte of a path's step, counted from 1; the path has as many. */
  step(slot: i32, step: i32): i32 {
    let at = slot * SLOT_BYTES + 1;
    while (step > 1) {
      if (this.view.at(at++) == DOT) step--;
    }
    return at;
  }

  /** Writes all declared paths in their quotes to dst: u8[272]. Returns how many bytes. */
  write(dst: usize): i32 {
    let length = 0;
    for (let slot = 0; slot < this.count; slot++) {
      const bytes = this.end(slot) + 1 - this.start(slot);
      memory.copy(dst + length, changetype<usize>(this.table) + this.start(slot), bytes);
      length += bytes;
    }
    return length;
  }

  /** The index id of the path that is the string at `at` of `paths`, 0: no index may be asked for it. */
  find(paths: TextView, at: i32): i32 {
    for (let slot = 0; slot < this.count && this.areWhole; slot++) {
      if (compareText(this.view, slot * SLOT_BYTES, paths, at) == 0) return FIRST_PATH_INDEX + slot;
    }
    return 0;
  }
}

/** Whether u8[len] at `src` can stand between quotes as it is: no quotes, backslashes and control characters. */
export function isPath(src: usize, len: i32): bool {
  for (let i = 0; i < len; i++) {
    const byte = load<u8>(src + i);
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) return false;
  }
  return true;
}
