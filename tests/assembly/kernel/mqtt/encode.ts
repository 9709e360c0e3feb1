import { Writer } from "../../../../assembly/lib/bytes";
import { hex } from "../../hex";

const buffer = new StaticArray<u8>(512);

/** A writer with room for `cap` bytes; `packet` shows what was written. */
export function fresh(cap: i32 = 512): Writer {
  const out = new Writer();
  out.reset(changetype<usize>(buffer), cap);
  return out;
}

export function packet(out: Writer): string {
  return hex(out.address, out.length);
}
