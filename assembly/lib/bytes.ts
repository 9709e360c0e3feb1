import { copyText, textLength } from "./text";

/** Tells whether two spans of `len` bytes are the same. */
export function equalBytes(a: usize, b: usize, len: i32): bool {
  for (let i = 0; i < len; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

/**
 * Bounded cursors over bytes in linear memory: never beyond the end, whatever they are asked. A cursor that was asked for too
 * much turns `isBroken` and stays so; readers then give zeros. Made once, reused by `reset`. Integers are little-endian unless
 * the name says Be.
 */
export class Reader {
  private at: usize = 0;
  private end: usize = 0;
  isBroken: bool = false;

  /** Starts over at `src`: u8[len]. */
  reset(src: usize, len: i32): void {
    this.at = src;
    this.end = src + <usize>max(len, 0);
    this.isBroken = false;
  }

  get left(): i32 {
    return <i32>(this.end - this.at);
  }

  /** Address of the next byte; a place to come back to by `rewind`. */
  get address(): usize {
    return this.at;
  }

  /** Goes back to an address this reader gave. */
  rewind(address: usize): void {
    this.at = address;
  }

  /** Takes `len` bytes. Returns their address, or 0 with nothing taken. */
  take(len: i32): usize {
    if (len < 0 || len > this.left) {
      this.isBroken = true;
      return 0;
    }
    const address = this.at;
    this.at = address + len;
    return address;
  }

  u8(): i32 {
    const address = this.take(1);
    return address ? <i32>load<u8>(address) : 0;
  }

  u16(): i32 {
    const address = this.take(2);
    return address ? <i32>load<u16>(address) : 0;
  }

  u32(): u32 {
    const address = this.take(4);
    return address ? load<u32>(address) : 0;
  }

  u64(): u64 {
    const address = this.take(8);
    return address ? load<u64>(address) : 0;
  }
}

export class Writer {
  private start: usize = 0;
  private at: usize = 0;
  private end: usize = 0;
  isBroken: bool = false;

  /** Starts over at `dst`: u8[cap]. */
  reset(dst: usize, cap: i32): void {
    this.start = dst;
    this.at = dst;
    this.end = dst + <usize>cap;
    this.isBroken = false;
  }

  get address(): usize {
    return this.start;
  }

  /** Bytes written. */
  get length(): i32 {
    return <i32>(this.at - this.start);
  }

  /** Makes room for `len` bytes. Returns their address, or 0 with nothing written. */
  reserve(len: i32): usize {
    const at = this.at;
    if (<u32>len > <u32>(this.end - at)) {
      this.isBroken = true;
      this.end = at; // nothing shorter may follow what did not fit
      return 0;
    }
    this.at = at + len;
    return at;
  }

  u8(value: i32): void {
    const address = this.reserve(1);
    if (address) store<u8>(address, value);
  }

  u16Be(value: i32): void {
    const address = this.reserve(2);
    if (!address) return;
    store<u8>(address, <u8>(value >> 8));
    store<u8>(address, <u8>value, 1);
  }

  bytes(src: usize, len: i32): void {
    const address = this.reserve(len);
    if (address) memory.copy(address, src, len);
  }

  /** Writes an ASCII literal (lib/text.ts). */
  text(literal: string): void {
    const address = this.reserve(textLength(literal));
    if (address) copyText(address, literal);
  }

  /** The byte written last, 0 when there is none. */
  get last(): i32 {
    return this.at > this.start ? <i32>load<u8>(this.at - 1) : 0;
  }
}
