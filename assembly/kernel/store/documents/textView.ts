/**
 * Bytes that are looked at by their offset, whether they lie in RAM or are fetched through a window: documents in the store
 * are larger than any buffer. Outside of [0, length) and behind a failed fetch every byte is 0, which stands nowhere in JSON,
 * so whoever walks over a view comes to an end.
 */
export class TextView {
  length: i32 = 0;
  /** Where the bytes held begin and how many they are. */
  protected first: i32 = 0;
  protected held: i32 = 0;
  protected address: usize = 0;

  /** Looks at `src`: u8[len]. */
  reset(src: usize, len: i32): void {
    this.address = src;
    this.first = 0;
    this.held = len;
    this.length = len;
  }

  at(offset: i32): i32 {
    if (<u32>(offset - this.first) >= <u32>this.held && !this.fetch(offset)) return 0;
    return load<u8>(this.address + (offset - this.first));
  }

  /** Makes the byte at `offset` one of those held. False: there is none. */
  protected fetch(offset: i32): bool {
    return false;
  }

  /** Copies the bytes from `from` up to `to`, which exist, to `dst`: u8[to - from]. */
  copy(from: i32, to: i32, dst: usize): void {
    for (; from < to; from++) store<u8>(dst++, this.at(from));
  }
}
