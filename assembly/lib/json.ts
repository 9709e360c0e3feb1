import { Writer } from "./bytes";
import { writeF32, writeF64, writeI64, writeU64 } from "./number";

/** Writes JSON into a bounded buffer. Commas come by themselves: before a member or an element that is not the first. */
export class JsonWriter extends Writer {
  open(bracket: i32): void {
    this.separate();
    this.u8(bracket);
  }

  close(bracket: i32): void {
    this.u8(bracket);
  }

  /** name: u8[len], UTF-8. */
  member(name: usize, len: i32): void {
    this.quote(name, len, 1);
  }

  /** Writes `src`: u8[len], UTF-8, as a string: quotes, backslashes and control characters escaped. */
  string(src: usize, len: i32): void {
    this.quote(src, len, 0);
  }

  /** Writes a string, and so many colons behind it. */
  private quote(src: usize, len: i32, colons: i32): void {
    const commas = this.commas;
    if (unescaped(src, len) < len) {
      this.separate();
      this.u8(0x22);
      for (let i = 0; i < len; i++) writeEscaped(this, load<u8>(src + i));
      this.u8(0x22);
      if (colons) this.u8(0x3a);
      return;
    }
    // At once, as most are: each byte by itself takes a multiple of its cost.
    let at = this.reserve(commas + len + 2 + colons);
    if (!at) return;
    store<u8>(at, 0x2c);
    at += commas;
    store<u8>(at, 0x22);
    memory.copy(at + 1, src, len);
    store<u8>(at + len, 0x22, 1);
    if (colons) store<u8>(at + len, 0x3a, 2);
  }

  boolean(value: bool): void {
    this.separate();
    this.text(value ? "true" : "false");
  }

  signed(value: i64): void {
    this.separate();
    writeI64(this, value);
  }

  unsigned(value: u64): void {
    this.separate();
    writeU64(this, value);
  }

  float32(value: f32): void {
    this.separate();
    writeF32(this, value);
  }

  float64(value: f64): void {
    this.separate();
    writeF64(this, value);
  }

  private separate(): void {
    if (this.commas) this.u8(0x2c);
  }

  /** How many belong in front of a value: only `{`, `[` and `:` may stand directly before one; a string that ends so is followed by its quote. */
  private get commas(): i32 {
    const last = this.last;
    return i32(last != 0 && last != 0x7b && last != 0x5b && last != 0x3a);
  }
}

/** Bytes of `src`: u8[len] from its start that stand in a string as they are. */
function unescaped(src: usize, len: i32): i32 {
  let i = 0;
  for (; i < len; i++) {
    const byte = <i32>load<u8>(src + i);
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) break;
  }
  return i;
}

/** Writes one byte of a text inside quotes: quotes, backslashes and control characters escaped. */
export function writeEscaped(out: Writer, byte: i32): void {
  if (byte < 0x20) {
    out.text("\\u00");
    out.u8(48 + (byte >> 4));
    const low = byte & 15;
    out.u8(low < 10 ? 48 + low : 87 + low);
    return;
  }
  if (byte == 0x22 || byte == 0x5c) out.u8(0x5c);
  out.u8(byte);
}
