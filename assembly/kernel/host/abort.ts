import { textLength } from "../../lib/text";
import { sysAbort } from "./imports";

const MESSAGE_BYTES: i32 = 64;
/** In a kernel where nothing calls abort there is no room for what it would say. */
@lazy const message: usize = memory.data(MESSAGE_BYTES, 1);

/**
 * Takes the place of AssemblyScript's `abort` (build option `--use abort=`): logs the text, which is the compiler's own, in UTF-16, its
 * line and column, and traps. A kernel that traps restarts the device; nothing stored is lost.
 */
export function abort(text: string | null, file: string | null, line: u32, column: u32): void {
  let length = 0;
  if (text != null) {
    length = min(textLength(text), MESSAGE_BYTES);
    for (let i = 0; i < length; i++) store<u8>(message + i, load<u8>(changetype<usize>(text) + ((<usize>i) << 1)));
  }
  sysAbort(message, length, line, column);
  unreachable();
}
