import { Writer } from "../../lib/bytes";
import { updateError } from "../host/imports";

/** What update_error is asked for beside the failure of a kind. */
const LAST_REFUSAL: i32 = -1;
/** Longest text that update_error writes. */
const REASON_BYTES: i32 = 96;

/** Why a package is not taken, as people read it. What is too long is cut. */
export class Reason extends Writer {
  private room: StaticArray<u8> = new StaticArray<u8>(REASON_BYTES);

  /** Nothing is wrong. */
  clear(): void {
    this.reset(changetype<usize>(this.room), REASON_BYTES);
  }

  /** Adds text: u8[len] that somebody else wrote. */
  quote(text: usize, len: i32): void {
    this.bytes(text, min(len, REASON_BYTES - this.length));
  }

  /** What the host says of its last refusal, or of why a kind's last package failed. */
  ask(kind: i32 = LAST_REFUSAL): void {
    this.clear();
    this.reserve(max(updateError(kind, changetype<usize>(this.room), REASON_BYTES), 0));
  }
}
