import { ENTRY_MAX } from "../item";
import { JsonNumber, TWO_63 } from "./jsonNumber";
import { Kind } from "./jsonScan";
import { TextBytes } from "./jsonText";
import { TextView } from "./textView";
import { comparedKind } from "./values";

/*
 * Values as bytes whose order is theirs. Prefix-free, so that the entries of one index can be told from one another.
 *
 *   number, boolean | 0x20 | f64 with sign and order bits, big-endian: 8 | integer less float, big-endian: 2 |   exact
 *                     an index keeps the first NUMBER_ENTRY bytes: 28 bits of the fraction
 *   text            | 0x30 | UTF-8, 0x00 as 0x01 0x01, 0x01 as 0x01 0x02 ... | 0x00 |   cut to ENTRY_MAX bytes in all
 *   tag             | FNV-1a over its UTF-8: 4 |   an index of its own, asked for equality alone
 *
 * What is cut compares equal to what it was cut from, never wrongly less or greater: whoever reads an index looks at the
 * document again. null, arrays and objects have no entry.
 */
const NUMBER: i32 = 0x20;
const TEXT: i32 = 0x30;

/** Bytes of a number in an index, and in full. */
export const NUMBER_ENTRY: i32 = 6;
export const NUMBER_BYTES: i32 = 11;
export const TAG_BYTES: i32 = 4;

const FNV_START: u32 = 2166136261;
const FNV_PRIME: u32 = 16777619;

/** Room for any encoding. */
export const ENCODING_BYTES: i32 = ENTRY_MAX;

/** Encodes one value, in one go or byte by byte, into a buffer of the caller. */
export class Encoding {
  /** u8[ENCODING_BYTES]. */
  address: usize = 0;
  /** Bytes so far; 0: no entry. */
  length: i32 = 0;
  private isCut: bool = false;

  constructor(address: usize) {
    this.address = address;
  }

  number(value: JsonNumber): void {
    const address = this.address;
    let bits = reinterpret<u64>(value.float + 0); // -0 becomes 0
    bits = bits >> 63 ? ~bits : bits | 0x8000000000000000;
    // The float nearest to the greatest integers is 2^63, which no i64 holds.
    const whole = value.float < TWO_63 ? <i64>value.float : i64.MAX_VALUE;
    const rest = value.isInteger ? <i32>(value.integer - whole) : 0;
    store<u8>(address, NUMBER);
    store<u64>(address, bswap<u64>(bits), 1);
    store<u16>(address, bswap<u16>(<u16>(rest + 0x8000)), 9);
    this.length = NUMBER_BYTES;
  }

  /** Keeps of a number what an index keeps. */
  forIndex(): void {
    if (this.length == NUMBER_BYTES && load<u8>(this.address) == NUMBER) this.length = NUMBER_ENTRY;
  }

  beginText(): void {
    store<u8>(this.address, TEXT);
    this.length = 1;
    this.isCut = false;
  }

  textByte(byte: i32): void {
    const needed = byte < 2 ? 2 : 1;
    this.isCut = this.isCut || this.length + needed >= ENTRY_MAX;
    if (this.isCut) return;
    if (byte < 2) store<u8>(this.address + this.length++, 1);
    store<u8>(this.address + this.length++, byte < 2 ? byte + 1 : byte);
  }

  endText(): void {
    store<u8>(this.address + this.length++, 0);
  }

  /** Encodes the value at `at` in full, its text cut; length 0: it is one without entry. */
  value(view: TextView, at: i32): void {
    this.length = 0;
    const kind = comparedKind(view, at);
    if (kind == Kind.Text) {
      this.text(view, at);
      this.endText();
    } else if (kind == Kind.Number || kind == Kind.Boolean) {
      number.read(view, at);
      this.number(number);
    }
  }

  /** Encodes what all texts begin with that begin with the text at `at`. */
  text(view: TextView, at: i32): void {
    this.beginText();
    characters.start(view, at);
    for (let byte = characters.next(); byte >= 0; byte = characters.next()) this.textByte(byte);
  }

  /** Encodes the text at `at` as a tag. */
  tag(view: TextView, at: i32): void {
    let hash = FNV_START;
    characters.start(view, at);
    for (let byte = characters.next(); byte >= 0; byte = characters.next()) hash = hashByte(hash, byte);
    store<u32>(this.address, hash);
    this.length = TAG_BYTES;
  }
}

export function hashStart(): u32 {
  return FNV_START;
}

export function hashByte(hash: u32, byte: i32): u32 {
  return (hash ^ byte) * FNV_PRIME;
}

const characters = new TextBytes();
const number = new JsonNumber();
