import { Writer } from "../../../lib/bytes";
import { writeI64 } from "../../../lib/number";
import { Status } from "../../../lib/status";
import { errorAt } from "./conditionParser";

/** What a status of the documents leaves open. */
export enum DocumentError {
  None,
  TtlCount,
  TtlType,
}

/** Bytes of a condition that are shown from where it goes wrong. */
const SHOWN_BYTES: i32 = 24;

/** Writes what a condition, u8[len] at `src`, was refused for: the name or value at which it goes wrong, and where it is. */
export function writeQueryError(out: Writer, src: usize, len: i32): void {
  const at = min(errorAt, len);
  out.text("BAD_QUERY: not understood from ");
  out.bytes(src + at, shownBytes(src + at, len - at));
  out.text(" at ");
  writeI64(out, at);
}

/** A name up to its closing quote, or as much of anything else as is shown, whole characters. */
function shownBytes(src: usize, len: i32): i32 {
  len = min(len, SHOWN_BYTES);
  for (let i = 1; i < len && load<u8>(src) == 0x22; i++) {
    if (load<u8>(src + i) == 0x22) return i + 1;
  }
  while (len > 0 && (load<u8>(src + len - 1) & 0x80) != 0) len--;
  return len;
}

/** Writes what `status` means to the one who uses documents; texts of the specification where it has some. size: of the document. */
export function writeError(out: Writer, status: i32, error: DocumentError, size: i32, limit: i32): void {
  if (status == Status.TooLarge && size > limit) {
    out.text("Data too large: maximum size is 8KB after JSON serialization");
    out.text(" (limit ");
    writeI64(out, limit);
    out.text(", size ");
    writeI64(out, size);
    out.text(")");
  } else if (error == DocumentError.TtlCount) out.text("TTL list must match the number of items");
  else if (error == DocumentError.TtlType) out.text("TTL must be an integer, float, or list of numbers");
  else {
    out.text("status ");
    writeI64(out, status);
  }
}
