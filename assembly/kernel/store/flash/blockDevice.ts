/**
 * NOR flash as the store sees it: sectors that are erased whole to 0xFF and programmed in units, which only clears bits.
 * Programs and erases reach the flash in the order they were called.
 */
export abstract class BlockDevice {
  /** Bytes of one sector: one erase; known after `measure`, as the two below. A power of two from 256 to 65,536. */
  sectorBytes: i32 = 0;
  /** Number of sectors; 0: there is no such partition. */
  sectorCount: i32 = 0;
  /** Smallest program and its alignment in bytes. The store programs in multiples of 16 whatever it is. */
  programBytes: i32 = 0;

  /** Learns the geometry, where it is not known by itself. */
  measure(): void {}

  /** Reads by `fetch` that failed so far: whoever makes much of many reads looks here whether all of them were good. */
  failedReads: i32 = 0;

  /** As read, and counts what fails. */
  fetch(offset: i32, dst: usize, len: i32): i32 {
    const status = this.read(offset, dst, len);
    if (status < 0) this.failedReads++;
    return status;
  }

  /** Reads len bytes at offset of the partition. Ok, Io. */
  abstract read(offset: i32, dst: usize, len: i32): i32;
  /** Programs len bytes; offset and len are multiples of 16, within one sector. Ok, Io: any part of it may be done. */
  abstract program(offset: i32, src: usize, len: i32): i32;
  /** Erases one sector. Ok, Io: any part of it may be done. */
  abstract erase(sector: i32): i32;
  /** Returns when everything programmed survives a power cut. Ok, Io. */
  abstract sync(): i32;
  /** Continues a CRC-32 (crc: 0 to start) over src: u8[len], as lib/crc32.ts: with the device, because a board has it in native code. */
  abstract crc32(crc: u32, src: usize, len: i32): u32;
}
