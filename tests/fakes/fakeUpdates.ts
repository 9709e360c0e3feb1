/** The host's side of updates over the air, as the kernel's rows see it: one package at a time, in memory. */
import type { KernelBoard } from "./kernelBoard.js";

const UNSUPPORTED = -13;
const BUSY = -15;
const INVALID = -1;
const NOT_FOUND = -6;

const PHASE = { idle: 0, loading: 1, verifying: 2, verified: 3, trial: 4 } as const;
export const NEWS = { none: 0, confirmed: 1, failed: 2 } as const;

export class FakeUpdates {
  /** What update_begin answers instead of a place to go on from, or undefined. */
  refusal: number | undefined;
  error = "";
  /** How often update_finish says Busy, and what it says then. */
  parts = 2;
  verdict = 0;
  phase: number = PHASE.idle;
  news: number = NEWS.none;
  /** Bytes of the image taken in. */
  image = Buffer.alloc(0);
  size = 0;
  version = "1.0";
  readonly offers: Buffer[] = [];
  /** Offsets of each write that was taken. */
  readonly writes: number[] = [];
  applied = 0;
  confirmed = 0;
  aborted = 0;
  told = 0;
  /** Whether the app on trial confirms itself. */
  isHeld = false;
  isFirmwareTrial = false;

  begin(head: Buffer): number {
    this.offers.push(head);
    if (this.refusal !== undefined) return this.refusal;
    const size = head.readUInt32LE(8);
    if (this.size !== size || this.phase === PHASE.idle) this.image = this.image.subarray(0, this.size === size ? this.image.length : 0);
    this.size = size;
    this.phase = this.image.length === size ? PHASE.verifying : PHASE.loading;
    return this.image.length;
  }

  write(offset: number, bytes: Buffer): number {
    if (this.phase === PHASE.idle || offset > this.image.length || offset + bytes.length > this.size) return INVALID;
    const fresh = bytes.subarray(this.image.length - offset);
    if (fresh.length > 0) this.writes.push(offset);
    this.image = Buffer.concat([this.image, fresh]);
    if (this.image.length === this.size) this.phase = PHASE.verifying;
    return this.image.length;
  }

  finish(): number {
    if (this.phase < PHASE.verifying) return INVALID;
    if (this.parts-- > 0) return BUSY;
    this.phase = this.verdict < 0 ? PHASE.idle : PHASE.verified;
    return this.verdict;
  }

  apply(): number {
    if (this.phase !== PHASE.verified) return INVALID;
    this.applied++;
    this.phase = PHASE.trial;
    return 0;
  }

  confirm(): number {
    if (this.phase !== PHASE.trial) return NOT_FOUND;
    if (this.isHeld) return BUSY;
    this.confirmed++;
    this.phase = PHASE.idle;
    this.news = NEWS.confirmed;
    return 0;
  }

  confirmFirmware(): number {
    if (!this.isFirmwareTrial) return NOT_FOUND;
    this.isFirmwareTrial = false;
    return 0;
  }

  state(phase: number = this.phase): Buffer {
    const bytes = Buffer.alloc(72);
    bytes[0] = phase;
    bytes[1] = this.news;
    bytes.writeUInt32LE(this.image.length, 4);
    bytes.writeUInt32LE(this.size, 8);
    bytes.write(this.version, 48);
    return bytes;
  }
}

/** The rows of a board; without updates each says Unsupported. */
export function updateRows(board: KernelBoard): Record<string, (...args: never[]) => number> {
  const answer =
    (work: (updates: FakeUpdates, ...args: number[]) => number) =>
    (...args: never[]): number =>
      board.updates === null ? UNSUPPORTED : work(board.updates, ...(args as number[]));
  const bytesAt = (address: number, len: number): Buffer => Buffer.from(board.bytes(address, len));
  const put = (bytes: Buffer, dst: number, cap: number): number => {
    const part = bytes.subarray(0, cap);
    board.bytes(dst, part.length).set(part);
    return part.length;
  };
  const appAlone = (kind: number, work: () => number): number => (kind === 0 ? work() : UNSUPPORTED);
  return {
    update_begin: answer((updates, kind, head, len) => appAlone(kind!, () => updates.begin(bytesAt(head!, len!)))),
    update_write: answer((updates, kind, offset, src, len) => appAlone(kind!, () => updates.write(offset!, bytesAt(src!, len!)))),
    update_finish: answer((updates) => updates.finish()),
    update_apply: answer((updates) => updates.apply()),
    update_abort: answer((updates) => {
      updates.aborted++;
      updates.phase = PHASE.idle;
      return 0;
    }),
    update_confirm_firmware: answer((updates) => updates.confirmFirmware()),
    update_confirm: answer((updates) => updates.confirm()),
    update_told: answer((updates) => {
      updates.told++;
      updates.news = NEWS.none;
      return 0;
    }),
    update_state: answer((updates, kind, dst, cap) =>
      kind === 1 && updates.isFirmwareTrial
        ? put(updates.state(PHASE.trial), dst!, cap!)
        : appAlone(kind!, () => put(updates.state(), dst!, cap!)),
    ),
    update_error: answer((updates, _what, dst, cap) => put(Buffer.from(updates.error), dst!, cap!)),
  };
}
