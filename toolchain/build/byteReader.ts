/** Bounded reading and writing of WebAssembly's primitive encodings. Source: WebAssembly core specification 2.0, 5.2. */

/** The module is not what the reader knows how to read. */
export class WasmError extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true });

export class ByteReader {
  constructor(
    readonly data: Uint8Array,
    public offset = 0,
    readonly end = data.length,
  ) {}

  get isDone(): boolean {
    return this.offset >= this.end;
  }

  u8(): number {
    if (this.offset >= this.end) throw new WasmError(`module ends inside a value at byte ${this.offset}`);
    return this.data[this.offset++]!;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new WasmError(`number over 32 bits before byte ${this.offset}`);
  }

  /** Signed LEB128 of 32 bits. */
  i32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
    throw new WasmError(`number over 32 bits before byte ${this.offset}`);
  }

  /** Walks over a signed LEB128 of at most 64 bits. */
  skipSigned(): void {
    for (let i = 0; i < 10; i++) if (this.u8() < 0x80) return;
    throw new WasmError(`number over 64 bits before byte ${this.offset}`);
  }

  bytes(length: number): Uint8Array {
    if (length > this.end - this.offset) throw new WasmError(`module ends inside ${length} bytes at byte ${this.offset}`);
    this.offset += length;
    return this.data.subarray(this.offset - length, this.offset);
  }

  name(): string {
    return utf8.decode(this.bytes(this.u32()));
  }
}

/** Unsigned LEB128. */
export function encodeU32(value: number): number[] {
  const out: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    out.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return out;
}

/** Signed LEB128 of a 32-bit integer. */
export function encodeI32(value: number): number[] {
  const out: number[] = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    const isLast = (value === 0 && (byte & 0x40) === 0) || (value === -1 && (byte & 0x40) !== 0);
    out.push(isLast ? byte : byte | 0x80);
    if (isLast) return out;
  }
}

export function encodeName(name: string): number[] {
  const text = new TextEncoder().encode(name);
  return [...encodeU32(text.length), ...text];
}
