/** The host's side of updates over the air, as the kernel's rows see it: one package at a time, in memory. */
import { createHash } from "node:crypto";

import { crc32 } from "../../toolchain/config/crc32.js";
import type { KernelBoard } from "./kernelBoard.js";

const UNSUPPORTED = -13;
const BUSY = -15;
const INVALID = -1;
const NOT_FOUND = -6;
const CORRUPT = -5;
/** By number: assembly/kernel/update/checksum.ts. */
const ALGORITHMS: readonly (string | undefined)[] = [undefined, "crc32", "md5", "sha256", "sha384", "sha512"];

const PHASE = { idle: 0, loading: 1, verifying: 2, verified: 3, trial: 4 } as const;
export const NEWS = { none: 0, confirmed: 1, failed: 2 } as const;

export class FakeUpdates {
  /** What update_begin answers instead of a place to go on from, or undefined. */
  refusal: number | undefined;
  error = "";
  /** How often update_finish says Busy, and what it says then. */
  parts = 2;
  verdict = 0;
  /** The same of update_check. */
  checkParts = 2;
  /** Algorithms that were asked for. */
  readonly checks: string[] = [];
  phase: number = PHASE.idle;
  news: number = NEWS.none;
  /** Bytes of the image taken in. */
  image = Buffer.alloc(0);
  size = 0;
  name = "mote";
  version = "1.0";
  firmwareVersion = "0.9";
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

  /** A board with firmware slots. */
  hasFirmware = false;
  /** Of the package under way. */
  kind = 0;
  /** Rounds until the slot is ready, and how many it takes. */
  preparing = 0;
  preparation = 2;

  takes(kind: number): boolean {
    return kind === 0 || (kind === 1 && (this.hasFirmware || this.isFirmwareTrial));
  }

  /** What the host does behind each step of the kernel. */
  round(): void {
    if (this.preparing > 0) this.preparing--;
  }

  begin(kind: number, head: Buffer): number {
    if (this.phase > PHASE.idle && this.phase < PHASE.trial && this.offers.at(-1)?.equals(head)) return this.image.length;
    this.offers.push(head);
    if (this.refusal !== undefined) return this.refusal;
    if (this.phase === PHASE.trial) return BUSY;
    this.kind = kind;
    const size = head.readUInt32LE(8);
    if (this.size !== size || this.phase === PHASE.idle) this.image = this.image.subarray(0, this.size === size ? this.image.length : 0);
    this.size = size;
    this.preparing = this.preparation;
    this.phase = this.image.length === size ? PHASE.verifying : PHASE.loading;
    return this.image.length;
  }

  write(offset: number, bytes: Buffer): number {
    if (this.phase === PHASE.idle || this.preparing > 0 || offset > this.image.length || offset + bytes.length > this.size) return INVALID;
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

  check(algorithm: number, digest: Buffer): number {
    if (this.phase !== PHASE.verified) return INVALID;
    if (this.checkParts-- > 0) return BUSY;
    const name = ALGORITHMS[algorithm];
    if (name === undefined) return UNSUPPORTED;
    const file = Buffer.concat([this.offers.at(-1)!, this.image]);
    const is = name === "crc32" ? Buffer.alloc(4) : createHash(name).update(file).digest();
    if (name === "crc32") is.writeUInt32LE(crc32(file));
    this.checks.push(name);
    if (is.equals(digest)) return 0;
    this.error = "checksum: differs from the one announced";
    return CORRUPT;
  }

  apply(): number {
    if (this.phase !== PHASE.verified) return INVALID;
    this.applied++;
    this.phase = PHASE.trial;
    const version = this.offers.at(-1)!.toString("latin1", 64, 88).replace(/\0+$/, "");
    if (this.kind === 0) this.version = version;
    else this.firmwareVersion = version;
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

  state(kind: number): Buffer {
    const bytes = Buffer.alloc(72);
    bytes[0] = kind === 1 && this.isFirmwareTrial ? PHASE.trial : kind === this.kind ? this.phase : PHASE.idle;
    bytes[1] = kind === this.kind ? this.news : NEWS.none;
    bytes.writeUInt32LE(this.image.length, 4);
    bytes.writeUInt32LE(this.size, 8);
    bytes.write(this.name, 16);
    bytes.write(kind === 1 ? this.firmwareVersion : this.version, 48);
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
  const taken = (updates: FakeUpdates, kind: number, work: () => number): number => (updates.takes(kind) ? work() : UNSUPPORTED);
  return {
    update_begin: answer((updates, kind, head, len) => taken(updates, kind!, () => updates.begin(kind!, bytesAt(head!, len!)))),
    update_write: answer((updates, kind, offset, src, len) => taken(updates, kind!, () => updates.write(offset!, bytesAt(src!, len!)))),
    update_finish: answer((updates) => updates.finish()),
    update_check: answer((updates, _kind, algorithm, digest, len) => updates.check(algorithm!, bytesAt(digest!, len!))),
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
    update_state: answer((updates, kind, dst, cap) => taken(updates, kind!, () => put(updates.state(kind!), dst!, cap!))),
    update_error: answer((updates, _what, dst, cap) => put(Buffer.from(updates.error), dst!, cap!)),
  };
}
