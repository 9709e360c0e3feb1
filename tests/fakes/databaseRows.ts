/** The rows of the database that answer in parts or many times, as an app asks them. */
import { type KernelBoard, STATUS } from "./kernelBoard.js";

const FOUND_BYTES = 88;
const KEY_AT = 24;

export interface FoundDocument {
  key: string;
  text: string;
  ttl: number;
  /** How often the row said Busy before it came. */
  pauses: number;
}

/** Reads a text in parts of `part` bytes, or a status. */
export function inParts(part: number, read: (offset: number, out: Uint8Array) => number): string | number {
  const bytes: number[] = [];
  for (;;) {
    const out = new Uint8Array(part);
    const got = read(bytes.length, out);
    if (got < 0) return got;
    bytes.push(...out.subarray(0, got));
    if (got < part) return Buffer.from(bytes).toString();
  }
}

/** A document's text, or a status. */
export function getDocument(board: KernelBoard, key: string, part = 100): string | number {
  return inParts(part, (offset, out) => board.call("db_get", key, offset, { out }));
}

/** All that a condition brings, or a status. */
export function askDatabase(board: KernelBoard, condition: string): FoundDocument[] | number {
  const status = board.call("db_query", condition);
  if (status < 0) return status;
  const results: FoundDocument[] = [];
  for (let pauses = 0; ;) {
    const out = new Uint8Array(FOUND_BYTES);
    const found = board.call("db_next", { out });
    if (found === STATUS.Busy) pauses++;
    else if (found <= 0) return found < 0 ? found : results;
    else {
      const head = new DataView(out.buffer);
      const key = Buffer.from(out.subarray(KEY_AT, KEY_AT + head.getUint32(16, true))).toString();
      const text = String(inParts(50, (offset, part) => board.call("db_result", offset, { out: part })));
      results.push({ key, text, ttl: head.getInt32(4, true), pauses });
      pauses = 0;
    }
  }
}
