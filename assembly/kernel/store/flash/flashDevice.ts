import { flashErase, flashGeometry, flashProgram, flashRead, flashSync, sysCrc32 } from "../../host/imports";
import { BlockDevice } from "./blockDevice";
import { SCRATCH } from "../scratch";

const GEOMETRY_BYTES: i32 = 12;

/** A partition of the board's flash. Without that partition sectorCount stays 0. Made without a call of the host: it may be when the module is built. */
export class FlashDevice extends BlockDevice {
  constructor(private readonly partition: i32) {
    super();
  }

  measure(): void {
    if (flashGeometry(this.partition, SCRATCH, GEOMETRY_BYTES) < 0) return;
    this.sectorBytes = load<i32>(SCRATCH);
    this.sectorCount = load<i32>(SCRATCH, 4);
    this.programBytes = load<i32>(SCRATCH, 8);
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
