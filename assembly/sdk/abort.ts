/** Where the compiler's own calls for the outside go: nothing may be imported from `env`. */
import { OUT, OUT_BYTES, SMALL } from "./buffers";
import { encodeText } from "./encode";
import { abortWith, random } from "./syscalls";

/** Ends the app with a message in the log; it starts again after a while. */
export function abort(message: string | null, fileName: string | null, line: u32, column: u32): void {
  const text = message !== null ? message : "abort";
  abortWith(OUT, encodeText(text, 0, OUT, OUT_BYTES), line, column);
}

/** Seeds Math.random. */
export function seed(): f64 {
  random(SMALL, 8);
  return reinterpret<f64>(load<u64>(SMALL));
}
