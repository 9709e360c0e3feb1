/** Bytes as hexadecimal text and back, for expectations that read like a packet dump. */

function digit(code: i32): i32 {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x61 + 10;
}

/** "10 0c 00" -> its bytes. Spaces do not matter. */
export function bytes(text: string): StaticArray<u8> {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) != 0x20) count++;
  const out = new StaticArray<u8>(count >> 1);
  let nibble = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x20) continue;
    const at = nibble++ >> 1;
    out[at] = <u8>((out[at] << 4) | digit(code));
  }
  return out;
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): StaticArray<u8> {
  const buffer = String.UTF8.encode(text);
  const out = new StaticArray<u8>(buffer.byteLength);
  memory.copy(changetype<usize>(out), changetype<usize>(buffer), buffer.byteLength);
  return out;
}

/** Address of the bytes. */
export function at(data: StaticArray<u8>): usize {
  return changetype<usize>(data);
}

/** src: u8[len] -> "10 0c 00". */
export function hex(src: usize, len: i32): string {
  const digits = "0123456789abcdef";
  let text = "";
  for (let i = 0; i < len; i++) {
    const byte = <i32>load<u8>(src + i);
    if (i) text += " ";
    text += digits.charAt(byte >> 4) + digits.charAt(byte & 15);
  }
  return text;
}

/** src: u8[len], UTF-8 -> text. */
export function text(src: usize, len: i32): string {
  return String.UTF8.decodeUnsafe(src, len);
}
