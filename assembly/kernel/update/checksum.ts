/** The checksum that a cloud names beside a package: of the whole file, head and image. The host computes it from what the slot holds. */
import { hexDigit } from "../../lib/number";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";

/** Numbers of update_check; the same stand in host/update/update.h (compared by tests/contract). */
export enum Algorithm {
  None = 0,
  Crc32 = 1,
  Md5 = 2,
  Sha256 = 3,
  Sha384 = 4,
  Sha512 = 5,
}

const DIGEST_MAX: i32 = 64;
const NAME_MAX: i32 = 6;
const name: usize = memory.data(NAME_MAX, 1);

export class Checksum {
  algorithm: Algorithm = Algorithm.None;
  private bytes: StaticArray<u8> = new StaticArray<u8>(DIGEST_MAX);

  get address(): usize {
    return changetype<usize>(this.bytes);
  }

  get length(): i32 {
    return digestBytes(this.algorithm);
  }

  forget(): void {
    this.algorithm = Algorithm.None;
  }

  /**
   * Takes an algorithm's name: u8[nameLen], whatever the case of its letters, and a digest as hexadecimal digits: u8[len], all of them.
   * Ok; Unsupported: another algorithm; Invalid: no digest of it.
   * Source: spec of ThingsBoard's device API, 8.4: the digits of a CRC are those of its bytes, the lowest first, zeros and all.
   */
  take(algorithm: usize, nameLen: i32, digits: usize, len: i32): i32 {
    this.algorithm = algorithmOf(algorithm, nameLen);
    const count = this.length;
    if (count == 0) return Status.Unsupported;
    let isGood = len == count << 1;
    for (let i = 0; isGood && i < count; i++) {
      const value = (hexDigit(load<u8>(digits + (i << 1))) << 4) | hexDigit(load<u8>(digits + (i << 1), 1));
      isGood = value >= 0;
      unchecked((this.bytes[i] = <u8>value));
    }
    if (!isGood) this.forget();
    return isGood ? Status.Ok : Status.Invalid;
  }
}

function algorithmOf(text: usize, len: i32): Algorithm {
  if (len > NAME_MAX) return Algorithm.None;
  for (let i = 0; i < len; i++) {
    const byte = load<u8>(text + i);
    store<u8>(name + i, <u32>(byte - 0x61) < 26 ? byte - 0x20 : byte);
  }
  if (equalsText(name, len, "SHA256")) return Algorithm.Sha256;
  if (equalsText(name, len, "SHA384")) return Algorithm.Sha384;
  if (equalsText(name, len, "SHA512")) return Algorithm.Sha512;
  if (equalsText(name, len, "CRC32")) return Algorithm.Crc32;
  return equalsText(name, len, "MD5") ? Algorithm.Md5 : Algorithm.None;
}

function digestBytes(algorithm: Algorithm): i32 {
  switch (algorithm) {
    case Algorithm.Crc32:
      return 4;
    case Algorithm.Md5:
      return 16;
    case Algorithm.Sha256:
      return 32;
    case Algorithm.Sha384:
      return 48;
    case Algorithm.Sha512:
      return 64;
    default:
      return 0;
  }
}
