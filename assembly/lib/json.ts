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
    this.string(name, len);
    this.u8(0x3a);
  }

  /** Writes `src`: u8[len], UTF-8, as a string: quotes, backslashes and control characters escaped. */
  string(src: usize, len: i32): void {
    this.separate();
    this.u8(0x22);
    for (let i = 0; i < len; i++) writeEscaped(this, load<u8>(src + i));
    this.u8(0x22);
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

  /** Only `{`, `[` and `:` may stand directly before a value; a string that ends so is followed by its quote. */
  private separate(): void {
    const last = this.last;
    if (last != 0 && last != 0x7b && last != 0x5b && last != 0x3a) this.u8(0x2c);
  }
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
