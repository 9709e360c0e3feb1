import { Partition } from "../../../assembly/kernel/host/constants";
import { flashProgram } from "../../../assembly/kernel/host/imports";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";

const PAGE_BYTES: i32 = 512;

/**
 * Broken on purpose: says "done" of a program that it carries out only when the next call comes, as a write cache does.
 * A power cut then takes a reading that was reported STORED. The fault tests must notice.
 */
export class LazyFlash extends FlashDevice {
  private page: StaticArray<u8> = new StaticArray<u8>(PAGE_BYTES);
  private offset: i32 = 0;
  private length: i32 = 0;

  program(offset: i32, src: usize, len: i32): i32 {
    const status = this.carryOut();
    memory.copy(changetype<usize>(this.page), src, len);
    this.offset = offset;
    this.length = len;
    return status;
  }

  /** Reads see what waits in the cache. */
  read(offset: i32, dst: usize, len: i32): i32 {
    const status = super.read(offset, dst, len);
    const from = max(offset, this.offset);
    const end = min(offset + len, this.offset + this.length);
    if (from < end) memory.copy(dst + (from - offset), changetype<usize>(this.page) + (from - this.offset), end - from);
    return status;
  }

  erase(sector: i32): i32 {
    this.carryOut();
    return super.erase(sector);
  }

  private carryOut(): i32 {
    const length = this.length;
    this.length = 0;
    return length ? flashProgram(Partition.Store, this.offset, changetype<usize>(this.page), length) : 0;
  }
}
