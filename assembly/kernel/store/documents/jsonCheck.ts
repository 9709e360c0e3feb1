import { Status } from "../../../lib/status";
import { Utf8Check, utf8Byte, utf8Length } from "../../../lib/utf8";

/** Deepest nesting of objects and arrays (spec: 16). */
export const MAX_NESTING: i32 = 16;

/** What the next byte may be. */
enum Expect {
  Value,
  /** Directly behind `[`. */
  ValueOrEnd,
  /** Directly behind `{`. */
  NameOrEnd,
  /** Behind a comma in an object. */
  Name,
  Colon,
  /** Behind a value: comma, closing bracket, or nothing more. */
  Separator,
  Text,
  Escape,
  Hex,
  /** Behind \uD800..\uDBFF: the other half, or the text cannot be written in UTF-8. */
  LowBackslash,
  LowU,
  /** What is left of true, false, null. */
  Literal,
  Minus,
  Zero,
  Whole,
  Point,
  Fraction,
  Exponent,
  ExponentSign,
  ExponentDigits,
}

/**
 * Checks JSON byte by byte over any split: RFC 8259, nothing more lenient, in UTF-8. Refused beyond its grammar: nesting
 * deeper than `levels`, and an escaped half of a surrogate pair without the other, which no UTF-8 can hold.
 * A name that occurs twice in an object is accepted; its last value counts everywhere, as with JSON.parse.
 */
export class JsonCheck {
  /** Deepest nesting; one more where documents lie in something. */
  levels: i32 = MAX_NESTING;
  /** Objects and arrays open. */
  protected depth: i32 = 0;
  /** What one who listens (below) has against it. */
  protected fault: i32 = Status.Ok;

  /** Bytes accepted so far: where the offending one stands. */
  count: i32 = 0;
  /** Whether the value is an object. */
  isObject: bool = false;

  private expect: Expect = Expect.Value;
  /** Bit n: level n + 1 is an object. */
  private objects: u32 = 0;
  private isName: bool = false;
  private hex: u32 = 0;
  private hexLeft: i32 = 0;
  /** The first half of a surrogate pair, 0: none. */
  private highHalf: u32 = 0;
  /** Rest of the literal begun, its next byte lowest. */
  private literal: u32 = 0;
  private readonly utf8: Utf8Check = new Utf8Check();

  reset(): void {
    this.count = 0;
    this.isObject = false;
    this.expect = Expect.Value;
    this.depth = 0;
    this.fault = Status.Ok;
    this.highHalf = 0;
    this.utf8.reset();
  }

  /** Takes `src`: u8[len]. Ok, Invalid (count: the first byte that cannot stand there), TooLarge (nested too deep). */
  feed(src: usize, len: i32): i32 {
    for (let i = 0; i < len; i++) {
      const status = this.take(load<u8>(src + i));
      if (status < 0) return status;
      this.count++;
    }
    return this.fault;
  }

  /** The text ends here. Ok, Invalid: within a value, or before one. */
  finish(): i32 {
    if (this.isNumber) this.endNumber();
    return this.depth == 0 && this.expect == Expect.Separator ? this.fault : Status.Invalid;
  }

  // For those who want to know what goes by: a member's name or a value begins, bytes of a text or number (escapes resolved),
  // its end, an object or array is closed.
  protected onName(): void {}
  /** first: the value's first byte. */
  protected onValue(first: i32): void {}
  protected onText(byte: i32, isName: bool): void {}
  protected onTextEnd(isName: bool): void {}
  protected onNumber(byte: i32): void {}
  protected onNumberEnd(): void {}
  protected onClose(): void {}

  private endNumber(): void {
    this.expect = Expect.Separator;
    this.onNumberEnd();
  }

  /** Whether a number may end here. */
  private get isNumber(): bool {
    const expect = this.expect;
    return expect == Expect.Zero || expect == Expect.Whole || expect == Expect.Fraction || expect == Expect.ExponentDigits;
  }

  private take(byte: i32): i32 {
    switch (this.expect) {
      case Expect.Text:
        return this.text(byte);
      case Expect.Escape:
        return this.escape(byte);
      case Expect.Hex:
        return this.hexDigit(byte);
      case Expect.LowBackslash:
        return this.only(byte, 0x5c, Expect.LowU);
      case Expect.LowU: {
        this.hexLeft = 4;
        this.hex = 0;
        return this.only(byte, 0x75, Expect.Hex);
      }
      case Expect.Literal: {
        if (byte != <i32>(this.literal & 0xff)) return Status.Invalid;
        this.literal >>= 8;
        if (this.literal == 0) this.expect = Expect.Separator;
        return Status.Ok;
      }
      default:
        return this.expect >= Expect.Minus ? this.number(byte) : this.between(byte);
    }
  }

  private only(byte: i32, wanted: i32, next: Expect): i32 {
    this.expect = next;
    return byte == wanted ? Status.Ok : Status.Invalid;
  }

  /** A byte between values: white space, brackets, separators, the first of a value. */
  private between(byte: i32): i32 {
    if (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09) return Status.Ok;
    const expect = this.expect;
    if (expect == Expect.Colon) return this.only(byte, 0x3a, Expect.Value);
    if (expect == Expect.Separator) return this.separator(byte);
    if (byte == 0x7d && expect == Expect.NameOrEnd) return this.close();
    if (byte == 0x5d && expect == Expect.ValueOrEnd) return this.close();
    const isName = expect == Expect.Name || expect == Expect.NameOrEnd;
    if (byte == 0x22) {
      this.isName = isName;
      this.expect = Expect.Text;
      if (isName) this.onName();
      else this.onValue(byte);
      return Status.Ok;
    }
    return isName ? Status.Invalid : this.value(byte);
  }

  private value(byte: i32): i32 {
    if (byte == 0x7b || byte == 0x5b) return this.open(byte);
    this.onValue(byte);
    if (byte == 0x2d || isDigit(byte)) this.onNumber(byte);
    if (byte == 0x2d) this.expect = Expect.Minus;
    else if (byte == 0x30) this.expect = Expect.Zero;
    else if (isDigit(byte)) this.expect = Expect.Whole;
    else {
      // "rue", "alse", "ull" with their first byte lowest.
      this.literal = byte == 0x74 ? 0x657572 : byte == 0x66 ? 0x65736c61 : byte == 0x6e ? 0x6c6c75 : 0;
      if (this.literal == 0) return Status.Invalid;
      this.expect = Expect.Literal;
    }
    return Status.Ok;
  }

  private open(bracket: i32): i32 {
    if (this.depth == this.levels) return Status.TooLarge;
    this.onValue(bracket);
    const isObject = bracket == 0x7b;
    if (this.depth == 0) this.isObject = isObject;
    const bit = (<u32>1) << this.depth++;
    this.objects = isObject ? this.objects | bit : this.objects & ~bit;
    this.expect = isObject ? Expect.NameOrEnd : Expect.ValueOrEnd;
    return Status.Ok;
  }

  private close(): i32 {
    this.onClose();
    this.depth--;
    this.expect = Expect.Separator;
    return Status.Ok;
  }

  private separator(byte: i32): i32 {
    if (this.depth == 0) return Status.Invalid;
    const isObject = ((this.objects >> (this.depth - 1)) & 1) != 0;
    if (byte == (isObject ? 0x7d : 0x5d)) return this.close();
    return this.only(byte, 0x2c, isObject ? Expect.Name : Expect.Value);
  }

  private text(byte: i32): i32 {
    if (byte >= 0x80 || !this.utf8.isComplete) {
      this.onText(byte, this.isName);
      return this.utf8.feed(byte) ? Status.Ok : Status.Invalid;
    }
    if (byte < 0x20) return Status.Invalid;
    if (byte == 0x22) {
      this.expect = this.isName ? Expect.Colon : Expect.Separator;
      this.onTextEnd(this.isName);
    } else if (byte == 0x5c) this.expect = Expect.Escape;
    else this.onText(byte, this.isName);
    return Status.Ok;
  }

  private escape(byte: i32): i32 {
    if (byte == 0x75) {
      this.hexLeft = 4;
      this.hex = 0;
      this.expect = Expect.Hex;
      return Status.Ok;
    }
    const character = unescaped(byte);
    if (character == 0) return Status.Invalid;
    this.expect = Expect.Text;
    this.onText(character, this.isName);
    return Status.Ok;
  }

  private hexDigit(byte: i32): i32 {
    const digit = hexValue(byte);
    if (digit < 0) return Status.Invalid;
    this.hex = (this.hex << 4) | (<u32>digit);
    if (--this.hexLeft > 0) return Status.Ok;
    const half = this.hex >> 10;
    if ((half == 0x37) != (this.highHalf != 0)) return Status.Invalid; // DC00..DFFF
    if (half == 0x36) {
      // D800..DBFF
      this.highHalf = this.hex;
      this.expect = Expect.LowBackslash;
      return Status.Ok;
    }
    const point = <i32>(half == 0x37 ? 0x10000 + ((this.highHalf & 0x3ff) << 10) + (this.hex & 0x3ff) : this.hex);
    const length = utf8Length(point);
    for (let i = 0; i < length; i++) this.onText(utf8Byte(point, i, length), this.isName);
    this.highHalf = 0;
    this.expect = Expect.Text;
    return Status.Ok;
  }

  private number(byte: i32): i32 {
    const expect = this.expect;
    if (isDigit(byte)) {
      if (expect == Expect.Zero) return Status.Invalid;
      if (expect == Expect.Minus) this.expect = byte == 0x30 ? Expect.Zero : Expect.Whole;
      else if (expect == Expect.Point) this.expect = Expect.Fraction;
      else if (expect == Expect.Exponent || expect == Expect.ExponentSign) this.expect = Expect.ExponentDigits;
      this.onNumber(byte);
      return Status.Ok;
    }
    if (expect == Expect.Exponent && (byte == 0x2b || byte == 0x2d)) {
      this.expect = Expect.ExponentSign;
      this.onNumber(byte);
      return Status.Ok;
    }
    if (!this.isNumber) return Status.Invalid;
    if (byte == 0x2e && (expect == Expect.Zero || expect == Expect.Whole)) this.expect = Expect.Point;
    else if ((byte | 0x20) == 0x65 && expect != Expect.ExponentDigits) this.expect = Expect.Exponent;
    else {
      this.endNumber();
      return this.between(byte);
    }
    this.onNumber(byte);
    return Status.Ok;
  }
}

export function isDigit(byte: i32): bool {
  return <u32>(byte - 48) < 10;
}

/** The value of a hexadecimal digit, -1 for any other byte. */
export function hexValue(byte: i32): i32 {
  if (isDigit(byte)) return byte - 48;
  const letter = (byte | 0x20) - 97;
  return <u32>letter < 6 ? letter + 10 : -1;
}

/** The character that a backslash before `byte` stands for, 0 when it stands for none. */
export function unescaped(byte: i32): i32 {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return byte;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return 0;
  }
}
