/** What the code made from @payload and @tether calls (toolchain/transform). Authors do not import this. */
import { Status } from "../lib/status";
import { LogLevel } from "../lib/device";
import { OUT, OUT_BYTES, RECEIPT, RECEIPT_BYTES } from "./buffers";
import { encodeText, encodeWhole, encodedTo } from "./encode";
import { log } from "./log";
import { streamOpen, streamPublish } from "./syscalls";
import { every } from "./timer";

import { abort, seed } from "./abort";

/** Keeps the compiler's hooks in every app, where the build's aliases look for them. */
export { abort, seed };

/** Mentioned, so that the compiler tells the build where static data ends in an app without objects, too. */
__heap_base;

const UNOPENED: i32 = -1;

/** The stream behind one @tether function: where its values are packed, and the row the kernel keeps for it. */
export class Stream {
  private id: i32 = UNOPENED;

  constructor(
    private name: usize,
    private nameLen: i32,
    private context: usize,
    private contextLen: i32,
    private schema: usize,
    private schemaLen: i32,
    private flags: i32,
    private ttlSeconds: i32,
  ) {}

  /**
   * Publishes the values packed from packStart() up to `end`; 0 means that they did not fit.
   * The kernel forgets streams when it restarts: it then answers Invalid, and the stream is opened anew, once.
   */
  publish(end: usize): i32 {
    if (end == 0) return Status.TooLarge;
    const wasOpen = this.id >= 0;
    if (!wasOpen && this.open() < 0) return this.id;
    const length = i32(end - OUT);
    const result = streamPublish(this.id, OUT, length, RECEIPT, RECEIPT_BYTES);
    if (result != Status.Invalid || !wasOpen) return result;
    return this.open() < 0 ? this.id : streamPublish(this.id, OUT, length, RECEIPT, RECEIPT_BYTES);
  }

  /** Publishes text, in a stream without schema. */
  publishText(text: string): i32 {
    const length = encodeWhole(text, OUT, OUT_BYTES);
    return this.publish(length < 0 ? 0 : OUT + length);
  }

  private open(): i32 {
    this.id = streamOpen(this.name, this.nameLen, this.context, this.contextLen, this.schema, this.schemaLen, this.flags, this.ttlSeconds);
    return this.id;
  }
}

// @ts-ignore: decorator
@inline
export function packStart(): usize {
  return OUT;
}

// @ts-ignore: decorator
@inline
export function packEnd(): usize {
  return OUT + OUT_BYTES;
}

/** Packs text as u16 length, u8[length] UTF-8. Returns the address behind it, 0 when it does not fit before `end`. */
export function packText(at: usize, end: usize, text: string): usize {
  if (at + 2 > end) return 0;
  const length = encodeText(text, 0, at + 2, i32(end - at - 2));
  if (encodedTo() != text.length) return 0;
  store<u16>(at, length);
  return at + 2 + length;
}

/** Schedules a @tether function. Without a free timer nothing would ever be published: that is said aloud. */
export function schedule(everyMs: i32, tether: () => void): void {
  if (every(everyMs, tether) < 0) log("@tether: more than 8 timers", LogLevel.Error);
}
