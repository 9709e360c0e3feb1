/** CRC of each nibble, for the reflected polynomial. */
const TABLE = memory.data<u32>([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
  0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);

/**
 * Continues a CRC-32 (IEEE 802.3: reflected polynomial 0xEDB88320, start and final complement) over `src`: u8[len].
 * `crc`: 0 to start, or the result over the bytes before. Two table look-ups a byte, 64 bytes of table.
 */
export function crc32(src: usize, len: i32, crc: u32 = 0): u32 {
  crc = ~crc;
  for (let i = 0; i < len; i++) {
    crc ^= load<u8>(src + i);
    crc = (crc >> 4) ^ load<u32>(TABLE + ((crc & 15) << 2));
    crc = (crc >> 4) ^ load<u32>(TABLE + ((crc & 15) << 2));
  }
  return ~crc;
}
