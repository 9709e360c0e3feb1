import { crc32 } from "../../../lib/crc32";
import { Status } from "../../../lib/status";
import { BlockDevice } from "./blockDevice";
import { UNIT } from "./units";

/**
 * A device in RAM: with it the store is a memory store, the same in all but what a reset leaves. Allocates its bytes in the
 * constructor.
 */
export class RamDevice extends BlockDevice {
  private readonly bytes: StaticArray<u8>;

  constructor(sectorBytes: i32, sectorCount: i32) {
    super();
    this.sectorBytes = sectorBytes;
    this.sectorCount = sectorCount;
    this.programBytes = UNIT;
    this.bytes = new StaticArray<u8>(sectorBytes * sectorCount);
    memory.fill(changetype<usize>(this.bytes), 0xff, sectorBytes * sectorCount);
  }

  read(offset: i32, dst: usize, len: i32): i32 {
    memory.copy(dst, changetype<usize>(this.bytes) + offset, len);
    return Status.Ok;
  }

  program(offset: i32, src: usize, len: i32): i32 {
    memory.copy(changetype<usize>(this.bytes) + offset, src, len);
    return Status.Ok;
  }

  erase(sector: i32): i32 {
    memory.fill(changetype<usize>(this.bytes) + sector * this.sectorBytes, 0xff, this.sectorBytes);
    return Status.Ok;
  }

  sync(): i32 {
    return Status.Ok;
  }

  crc32(crc: u32, src: usize, len: i32): u32 {
    return crc32(src, len, crc);
  }
}
