import { KEY_MAX } from "../item";

/** Bytes for the least results known so far: 19 by key, 15 with one sort path, 12 with two. */
const ARENA_BYTES: i32 = 1248;

/* A slot: u8 length, u8 sortBytes (how many of them stand before the key), u8[length]; slots in ascending order. */
const HEAD: i32 = 2;

/** Room for one entry: its sort values and its key. */
export const SELECTED_MAX: i32 = 2 * 31 + KEY_MAX;

/**
 * The least few of any number of entries, in order: what makes an ordered answer of an unordered one in bounded RAM. A pass
 * offers them all; those behind the last one handed out that fit are kept. Who wants more offers all of them again.
 */
export class Selection {
  count: i32 = 0;
  /** Whether an entry was turned away for want of room: there is more behind those held. */
  isOverfull: bool = false;
  private capacity: i32 = 1;
  private slotBytes: i32 = 0;
  private given: i32 = 0;
  private readonly arena: StaticArray<u8> = new StaticArray<u8>(ARENA_BYTES);
  private lastBytes: i32 = 0;
  private readonly last: StaticArray<u8> = new StaticArray<u8>(SELECTED_MAX);

  /** Starts anew. entryMax: bytes of the longest entry. */
  start(entryMax: i32): void {
    this.slotBytes = HEAD + entryMax;
    this.capacity = ARENA_BYTES / this.slotBytes;
    this.lastBytes = 0;
    this.clear();
  }

  /** Begins the next pass. */
  clear(): void {
    this.count = 0;
    this.given = 0;
    this.isOverfull = false;
  }

  get room(): i32 {
    return this.capacity;
  }

  /** Offers an entry: u8[len], its key behind sortBytes. Returns false when it, and so all behind it, cannot be kept. */
  offer(entry: usize, len: i32, sortBytes: i32): bool {
    if (this.lastBytes > 0 && compareBytes(entry, len, changetype<usize>(this.last), this.lastBytes) <= 0) return true;
    let place = this.count;
    while (place > 0) {
      const slot = this.slot(place - 1);
      const order = compareBytes(entry, len, slot + HEAD, load<u8>(slot));
      if (order == 0) return true;
      if (order > 0) break;
      place--;
    }
    const isFull = this.count == this.capacity;
    this.isOverfull = this.isOverfull || isFull;
    if (place == this.capacity) return false;
    if (!isFull) this.count++;
    const slot = this.slot(place);
    memory.copy(slot + this.slotBytes, slot, (this.count - 1 - place) * this.slotBytes);
    store<u8>(slot, len);
    store<u8>(slot, sortBytes, 1);
    memory.copy(slot + HEAD, entry, len);
    return true;
  }

  /** Hands out the next one held: key and keyBytes tell it. False: there is none. */
  take(): bool {
    if (this.given == this.count) return false;
    const slot = this.slot(this.given++);
    this.lastBytes = load<u8>(slot);
    memory.copy(changetype<usize>(this.last), slot + HEAD, this.lastBytes);
    this.sortBytes = load<u8>(slot, 1);
    return true;
  }

  /** The one taken last comes again. */
  back(): void {
    this.given--;
  }

  /** Of the one taken last. */
  private sortBytes: i32 = 0;

  get key(): usize {
    return changetype<usize>(this.last) + this.sortBytes;
  }

  /** 0: none was taken yet. */
  get keyBytes(): i32 {
    return this.lastBytes - (this.lastBytes > 0 ? this.sortBytes : 0);
  }

  private slot(index: i32): usize {
    return changetype<usize>(this.arena) + index * this.slotBytes;
  }
}

/** Order of two spans of bytes. */
export function compareBytes(a: usize, aLen: i32, b: usize, bLen: i32): i32 {
  const order = memory.compare(a, b, min(aLen, bLen));
  return order != 0 ? order : aLen - bLen;
}
