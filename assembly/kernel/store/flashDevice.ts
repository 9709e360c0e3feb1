import { flashErase, flashGeometry, flashProgram, flashRead, flashSync, sysCrc32 } from "../host/imports";
import { BlockDevice } from "./blockDevice";

/** A partition of the board's flash. Without that partition sectorCount stays 0. */
export class FlashDevice extends BlockDevice {
  private partition: i32;

  constructor(partition: i32) {
    super();
    this.partition = partition;
    const geometry = new StaticArray<i32>(3);
    if (flashGeometry(partition, changetype<usize>(geometry), 12) >= 0) {
      this.sectorBytes = unchecked(geometry[0]);
      this.sectorCount = unchecked(geometry[1]);
      this.programBytes = unchecked(geometry[2]);
    }
  }

  read(offset: i32, dst: usize, len: i32): i32 {
    return flashRead(this.partition, offset, dst, len);
  }

  program(offset: i32, src: usize, len: i32): i32 {
    return flashProgram(this.partition, offset, src, len);
  }

  erase(sector: i32): i32 {
    return flashErase(this.partition, sector);
  }

  sync(): i32 {
    return flashSync(this.partition);
  }

  crc32(crc: u32, src: usize, len: i32): u32 {
    return sysCrc32(crc, src, len);
  }
}
