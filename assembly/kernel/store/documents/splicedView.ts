import { TextView } from "./textView";

/** A view with one span of another view replaced: how an edited document looks, without a copy of it. */
export class SplicedView extends TextView {
  private base: TextView = changetype<TextView>(0);
  private from: i32 = 0;
  private inserted: usize = 0;
  private insertedBytes: i32 = 0;
  /** What to add to an offset behind the splice to get the base's. */
  private shift: i32 = 0;
  private byte: i32 = 0;

  /** Shows `base` with u8[len] at `src` in the place of its bytes from `from` up to `to`. */
  splice(base: TextView, from: i32, to: i32, src: usize, len: i32): void {
    this.base = base;
    this.from = from;
    this.inserted = src;
    this.insertedBytes = len;
    this.shift = to - from - len;
    this.address = changetype<usize>(this) + offsetof<SplicedView>("byte");
    this.held = 0;
    this.length = base.length - this.shift;
  }

  protected fetch(offset: i32): bool {
    if (<u32>offset >= <u32>this.length) return false;
    const behind = offset - this.from;
    this.first = offset;
    this.held = 1;
    if (behind < 0) this.byte = this.base.at(offset);
    else if (behind < this.insertedBytes) this.byte = load<u8>(this.inserted + behind);
    else this.byte = this.base.at(offset + this.shift);
    return true;
  }
}
