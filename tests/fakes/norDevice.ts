import { BlockDevice } from "../../assembly/kernel/store/flash/blockDevice";
import { crc32 } from "../../assembly/lib/crc32";
import { Status } from "../../assembly/lib/status";

const UNIT: i32 = 16;

/** How far the operation gets in which the power is cut. */
export enum Cut {
  /** Nothing of it is done. */
  Before,
  /** Half of its bytes, to a whole unit, are done. */
  HalfUnits,
  /** Half of its bytes, and some bits of the unit after that. */
  InsideUnit,
  /** All but some bits of its last unit. */
  AlmostAll,
  /** It is done; what was programmed since the last sync is lost, as from a cache. */
  LosesCache,
}
export const CUT_KINDS: i32 = 5;

/**
 * NOR flash in RAM. Programs only clear bits, erases set whole sectors; no unit may be programmed twice between erases,
 * no program may cross a sector, and all is counted. A broken rule is remembered in `violation`.
 * After a power cut every call fails with Io until `powerOn`.
 */
export class NorDevice extends BlockDevice {
  readonly bytes: StaticArray<u8>;
  private readonly before: StaticArray<u8>;
  readonly programmedUnits: StaticArray<u8>;
  readonly erases: StaticArray<i32>;
  /** Units programmed since the last sync: their numbers. */
  private cache: Array<i32> = [];

  isOff: bool = false;
  /** Whether sync does nothing: a device, or a store above it, that is broken on purpose. */
  ignoresSync: bool = false;
  violation: string = "";
  programs: i32 = 0;
  programmedBytes: i32 = 0;
  eraseTotal: i32 = 0;
  readBytes: i32 = 0;
  reads: i32 = 0;
  syncs: i32 = 0;
  /** Programs and erases so far. */
  operations: i32 = 0;
  /** Number of the operation in which the power is cut, from 1; 0: never. */
  cutAt: i32 = 0;
  cut: Cut = Cut.Before;
  /** Number of the operation that fails with Io and half of its bytes done, from 1; 0: none. */
  failAt: i32 = 0;

  constructor(sectorBytes: i32, sectorCount: i32) {
    super();
    this.sectorBytes = sectorBytes;
    this.sectorCount = sectorCount;
    this.programBytes = UNIT;
    const size = sectorBytes * sectorCount;
    this.bytes = new StaticArray<u8>(size);
    this.before = new StaticArray<u8>(size);
    this.programmedUnits = new StaticArray<u8>(size / UNIT);
    this.erases = new StaticArray<i32>(sectorCount);
    memory.fill(changetype<usize>(this.bytes), 0xff, size);
  }

  /** Address of the flash's bytes. */
  get base(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Takes what another device of the same geometry holds. */
  copyFrom(other: NorDevice): void {
    memory.copy(this.base, other.base, this.bytes.length);
    memory.copy(changetype<usize>(this.programmedUnits), changetype<usize>(other.programmedUnits), this.programmedUnits.length);
  }

  /** Cuts the power in the `operation`-th program or erase from now. */
  cutAfter(operation: i32, cut: Cut): void {
    this.cutAt = this.operations + operation;
    this.cut = cut;
  }

  powerOn(): void {
    this.isOff = false;
    this.cutAt = 0;
    this.cache = [];
  }

  read(offset: i32, dst: usize, len: i32): i32 {
    if (this.isOff) return Status.Io;
    if (offset < 0 || len < 0 || offset + len > this.bytes.length) {
      this.violation = "read outside: " + offset.toString() + "+" + len.toString();
      return Status.Io;
    }
    memory.copy(dst, this.base + offset, len);
    this.reads++;
    this.readBytes += len;
    return Status.Ok;
  }

  program(offset: i32, src: usize, len: i32): i32 {
    if (this.isOff) return Status.Io;
    this.operations++;
    const last = offset + len - 1;
    if (((offset | len) & (UNIT - 1)) != 0 || len == 0 || offset / this.sectorBytes != last / this.sectorBytes) {
      this.violation = "program of a span that is not allowed: " + offset.toString() + "+" + len.toString();
    }
    if (offset < 0 || last >= this.bytes.length) return Status.Io;
    this.programs++;
    this.programmedBytes += len;
    if (this.operations == this.cutAt) return this.cutProgram(offset, src, len);
    if (this.operations == this.failAt) {
      this.programUnits(offset, src, (len / 2) & -UNIT);
      return Status.Io;
    }
    this.programUnits(offset, src, len);
    return Status.Ok;
  }

  private programUnits(offset: i32, src: usize, len: i32): void {
    for (let done = 0; done < len; done += UNIT) this.programUnit((offset + done) / UNIT, src + done, -1);
  }

  /** Programs one unit. bits: mask of the bits that get done, the same in each of its four words. */
  private programUnit(unit: i32, src: usize, bits: u32): void {
    if (this.programmedUnits[unit] != 0) this.violation = "unit programmed twice: " + unit.toString();
    const at = this.base + unit * UNIT;
    memory.copy(changetype<usize>(this.before) + unit * UNIT, at, UNIT);
    for (let word = 0; word < UNIT; word += 4) {
      const value = load<u32>(at + word) & (load<u32>(src + word) | ~bits);
      store<u32>(at + word, value);
    }
    this.programmedUnits[unit] = 1;
    this.cache.push(unit);
  }

  private cutProgram(offset: i32, src: usize, len: i32): i32 {
    const half = (len / 2) & -UNIT;
    if (this.cut == Cut.HalfUnits || this.cut == Cut.InsideUnit) this.programUnits(offset, src, half);
    if (this.cut == Cut.InsideUnit) this.programUnit((offset + half) / UNIT, src + half, 0x0f0ff00f);
    if (this.cut == Cut.AlmostAll) {
      this.programUnits(offset, src, len - UNIT);
      this.programUnit((offset + len) / UNIT - 1, src + len - UNIT, 0x7ffffffe);
    }
    if (this.cut == Cut.LosesCache) {
      this.programUnits(offset, src, len);
      this.dropCache();
    }
    this.isOff = true;
    return Status.Io;
  }

  /** What was programmed since the last sync is lost, as from a cache. */
  dropCache(): void {
    for (let i = this.cache.length - 1; i >= 0; i--) {
      const unit = this.cache[i];
      memory.copy(this.base + unit * UNIT, changetype<usize>(this.before) + unit * UNIT, UNIT);
      this.programmedUnits[unit] = 0;
    }
    this.cache = [];
  }

  erase(sector: i32): i32 {
    if (this.isOff) return Status.Io;
    this.operations++;
    if (sector < 0 || sector >= this.sectorCount) {
      this.violation = "erase outside: " + sector.toString();
      return Status.Io;
    }
    this.eraseTotal++;
    this.erases[sector]++;
    const start = sector * this.sectorBytes;
    for (let i = this.cache.length - 1; i >= 0; i--) {
      if ((this.cache[i] * UNIT) / this.sectorBytes == sector) this.cache.splice(i, 1);
    }
    const isFailing = this.operations == this.failAt;
    if (this.operations == this.cutAt) {
      this.tearErase(start);
      this.isOff = true;
      return Status.Io;
    }
    const len = isFailing ? this.sectorBytes / 2 : this.sectorBytes;
    memory.fill(this.base + start, 0xff, len);
    memory.fill(changetype<usize>(this.programmedUnits) + start / UNIT, 0, len / UNIT);
    return isFailing ? Status.Io : Status.Ok;
  }

  /**
   * A sector of which the erase was cut short may hold old bytes, blank ones and some in between, and none of its units may be
   * programmed. Cells of a sector are erased together, so its first unit never stays whole while all others come out blank.
   */
  private tearErase(start: i32): void {
    if (this.cut == Cut.Before) return;
    const half = this.sectorBytes / 2;
    memory.fill(changetype<usize>(this.programmedUnits) + start / UNIT, 1, this.sectorBytes / UNIT);
    if (this.cut == Cut.HalfUnits) memory.fill(this.base + start, 0xff, half);
    if (this.cut == Cut.InsideUnit) memory.fill(this.base + start + half, 0xff, half);
    if (this.cut == Cut.AlmostAll) {
      store<u32>(this.base + start, load<u32>(this.base + start) | 0x00ff00f0);
      memory.fill(this.base + start + UNIT, 0xff, this.sectorBytes - 2 * UNIT);
    }
    if (this.cut == Cut.LosesCache) {
      memory.fill(this.base + start, 0xff, this.sectorBytes);
      this.dropCache();
    }
  }

  sync(): i32 {
    if (this.isOff) return Status.Io;
    this.syncs++;
    if (!this.ignoresSync) this.cache = [];
    return Status.Ok;
  }

  crc32(crc: u32, src: usize, len: i32): u32 {
    return crc32(src, len, crc);
  }
}
