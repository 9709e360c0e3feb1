/** NOR flash of a test in this process: programs only clear bits, the power can be cut in the middle of a program or an erase. */
import assert from "node:assert/strict";

const UNIT = 16;
const IO = -4;

export class NorFlash {
  readonly bytes: Buffer;
  /** Programs and erases so far. */
  operations = 0;
  isOff = false;
  /** Whether it was an erase that the power was cut in last. */
  isEraseCut = false;
  #cutAt = 0;
  readonly #isProgrammed: Uint8Array;

  /** random: of the bits and bytes that a cut leaves. */
  constructor(
    readonly sectorBytes: number,
    readonly sectorCount: number,
    private readonly random: () => number,
  ) {
    this.bytes = Buffer.alloc(sectorBytes * sectorCount, 0xff);
    this.#isProgrammed = new Uint8Array(this.bytes.length / UNIT);
  }

  /** Takes what another flash of the same geometry holds. */
  copyFrom(other: NorFlash): void {
    this.bytes.set(other.bytes);
    this.#isProgrammed.set(other.#isProgrammed);
  }

  /** Cuts the power in the operations-th program or erase from now. */
  cutAfter(operations: number): void {
    this.#cutAt = this.operations + operations;
  }

  powerOn(): void {
    this.isOff = false;
    this.isEraseCut = false;
    this.#cutAt = 0;
  }

  read(offset: number, target: Uint8Array): number {
    if (this.isOff) return IO;
    target.set(this.bytes.subarray(offset, offset + target.length));
    return 0;
  }

  program(offset: number, source: Uint8Array): number {
    if (this.isOff) return IO;
    const last = offset + source.length - 1;
    assert.ok(offset % UNIT === 0 && source.length % UNIT === 0 && source.length > 0, `program of ${offset}+${source.length}`);
    assert.equal(Math.floor(offset / this.sectorBytes), Math.floor(last / this.sectorBytes), "program across sectors");
    const isCut = this.#nextIsCut();
    const done = isCut ? Math.floor(this.random() * (source.length / UNIT + 1)) * UNIT : source.length;
    for (let at = 0; at < done; at += UNIT) this.#programUnit(offset + at, source.subarray(at, at + UNIT), () => 0xff);
    if (isCut && done < source.length && this.random() < 0.7) {
      this.#programUnit(offset + done, source.subarray(done, done + UNIT), () => Math.floor(this.random() * 256));
    }
    return isCut ? IO : 0;
  }

  erase(sector: number): number {
    if (this.isOff) return IO;
    const start = sector * this.sectorBytes;
    const isCut = this.#nextIsCut();
    this.isEraseCut = isCut;
    this.#isProgrammed.fill(isCut ? 1 : 0, start / UNIT, (start + this.sectorBytes) / UNIT);
    if (!isCut) this.bytes.fill(0xff, start, start + this.sectorBytes);
    else this.#tearErase(start);
    return isCut ? IO : 0;
  }

  sync(): number {
    return this.isOff ? IO : 0;
  }

  #nextIsCut(): boolean {
    this.operations++;
    this.isOff = this.operations === this.#cutAt;
    return this.isOff;
  }

  #programUnit(offset: number, source: Uint8Array, mask: () => number): void {
    assert.equal(this.#isProgrammed[offset / UNIT], 0, `unit ${offset / UNIT} is programmed twice`);
    this.#isProgrammed[offset / UNIT] = 1;
    for (let i = 0; i < UNIT; i++) this.bytes[offset + i]! &= source[i]! | ~mask();
  }

  /** Nothing, one half, or all but some bits of the first unit: cells of a sector are erased together. */
  #tearErase(start: number): void {
    const half = this.sectorBytes / 2;
    const kind = Math.floor(this.random() * 4);
    if (kind === 1) this.bytes.fill(0xff, start, start + half);
    if (kind === 2) this.bytes.fill(0xff, start + half, start + this.sectorBytes);
    if (kind !== 3) return;
    for (let i = 0; i < UNIT; i++) this.bytes[start + i]! |= 1 << Math.floor(this.random() * 8);
    this.bytes.fill(0xff, start + UNIT, start + this.sectorBytes);
  }
}

/** Turns a bit in each page of trees on a flash: system records (kind 0, number 1) of up to 248 bytes. Returns how many there are. */
export function damageIndex(flash: Uint8Array): number {
  const bytes = Buffer.from(flash.buffer, flash.byteOffset, flash.byteLength);
  let pages = 0;
  for (let at = 0; at < bytes.length; at += 16) {
    const header = bytes.readUInt32LE(at) & 0x3fffffff;
    const length = header & 0xffff;
    if (header >> 16 !== 1 || length < 8 || length > 248) continue;
    bytes[at + 8]! ^= 4;
    pages++;
  }
  return pages;
}
