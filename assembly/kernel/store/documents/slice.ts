import { Writer } from "../../../lib/bytes";
import { textByte } from "../../../lib/text";
import { TextView } from "./textView";

/** Takes a text as it is made and keeps the part that was asked for: whoever reads in parts has it made again for each. */
export class Slice {
  /** Bytes kept. */
  length: i32 = 0;
  private skip: i32 = 0;
  private dst: usize = 0;
  private cap: i32 = 0;

  /** Starts over: keeps what comes from `offset` on in dst: u8[cap]. */
  start(offset: i32, dst: usize, cap: i32): void {
    this.skip = offset;
    this.dst = dst;
    this.cap = cap;
    this.length = 0;
  }

  byte(byte: i32): void {
    if (this.skip > 0) this.skip--;
    else if (this.length < this.cap) store<u8>(this.dst + this.length++, byte);
  }

  /** Takes the bytes of a view from `from` up to `to`; those outside of the part are not looked at. */
  view(view: TextView, from: i32, to: i32): void {
    const skipped = min(this.skip, to - from);
    this.skip -= skipped;
    from += skipped;
    for (to = min(to, from + this.cap - this.length); from < to; from++) this.byte(view.at(from));
  }

  /** Takes an ASCII literal. */
  text(literal: string): void {
    for (let i = 0; i < literal.length; i++) this.byte(textByte(literal, i));
  }

  /** Takes what a writer holds. */
  written(writer: Writer): void {
    for (let i = 0; i < writer.length; i++) this.byte(load<u8>(writer.address + i));
  }
}
