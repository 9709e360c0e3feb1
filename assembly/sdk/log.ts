import { LogLevel } from "../lib/device";
import { OUT, OUT_BYTES } from "./buffers";
import { encodeText } from "./encode";
import { log as logRow } from "./syscalls";

/** Writes one line to the device's log; what is beyond 504 bytes of it is cut off. */
export function log(text: string, level: LogLevel = LogLevel.Info): void {
  logRow(level, OUT, encodeText(text, 0, OUT, OUT_BYTES));
}
