import { Reader } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { isUtf8 } from "../../lib/utf8";

/** Token types of a schema (ARCHITECTURE.md, "Schema"). */
enum Token {
  Bool = 1,
  I8 = 2,
  U8 = 3,
  I16 = 4,
  U16 = 5,
  I32 = 6,
  U32 = 7,
  I64 = 8,
  U64 = 9,
  F32 = 10,
  F64 = 11,
  Text = 12,
  Object = 13,
  End = 14,
  Array = 15,
}

const NESTING_MAX: i32 = 4;

/**
 * Turns packed values into JSON by a schema, or only checks the schema. A walk reads tokens and values side by side; while
 * `isWriting` is false it takes no values and writes nothing.
 */
export class SchemaWalk {
  private tokens: Reader = new Reader();
  private values: Reader = new Reader();
  private isWriting: bool = false;
  private depth: i32 = 0;
  private out: JsonWriter;

  constructor(out: JsonWriter) {
    this.out = out;
  }

  /** Tells whether `schema`: u8[len] is one: known tokens, closed objects, nesting at most 4, names in UTF-8. */
  isValid(schema: usize, len: i32): bool {
    this.depth = 0;
    this.tokens.reset(schema, len);
    this.isWriting = false;
    return this.members(false) && !this.tokens.isBroken;
  }

  /** Appends the object of `values`: u8[valuesLen] to the writer. False: they do not fit the schema, or it broke. */
  write(schema: usize, schemaLen: i32, values: usize, valuesLen: i32): bool {
    this.depth = 0;
    this.tokens.reset(schema, schemaLen);
    this.values.reset(values, valuesLen);
    this.isWriting = true;
    this.out.open(0x7b);
    const isWhole = this.members(false) && this.values.left == 0 && !this.values.isBroken;
    this.out.close(0x7d);
    return isWhole && !this.out.isBroken;
  }

  /** Members up to the end of the schema, or of their object. */
  private members(isNested: bool): bool {
    while (this.tokens.left > 0) {
      const type = this.tokens.u8();
      if (type == Token.End) return isNested;
      const nameLen = this.tokens.u8();
      const name = this.tokens.take(nameLen);
      if (nameLen == 0 || name == 0) return false;
      // A schema that is written by was checked when it was registered.
      if (this.isWriting) this.out.member(name, nameLen);
      else if (!isUtf8(name, nameLen)) return false;
      if (!this.value(type)) return false;
    }
    return !isNested;
  }

  private value(type: i32): bool {
    if (type == Token.Object || type == Token.Array) {
      if (++this.depth > NESTING_MAX) return false;
      const isGood = type == Token.Object ? this.object() : this.array();
      this.depth--;
      return isGood;
    }
    if (type < Token.Bool || type > Token.Text) return false;
    return !this.isWriting || (type == Token.Text ? this.text() : this.scalar(type));
  }

  private object(): bool {
    if (this.isWriting) this.out.open(0x7b);
    const isGood = this.members(true);
    if (this.isWriting) this.out.close(0x7d);
    return isGood;
  }

  /** One element token stands for all elements; with none it is only checked. */
  private array(): bool {
    const count = this.tokens.u8();
    const element = this.tokens.address;
    const wasWriting = this.isWriting;
    if (wasWriting) this.out.open(0x5b);
    this.isWriting = wasWriting && count > 0;
    let isGood = this.value(this.tokens.u8());
    for (let i = 1; isGood && this.isWriting && i < count; i++) {
      this.tokens.rewind(element);
      isGood = this.value(this.tokens.u8());
    }
    this.isWriting = wasWriting;
    if (wasWriting) this.out.close(0x5d);
    return isGood;
  }

  private text(): bool {
    const len = this.values.u16();
    const src = this.values.take(len);
    if (src == 0 || !isUtf8(src, len)) return false;
    this.out.string(src, len);
    return true;
  }

  private scalar(type: i32): bool {
    const out = this.out;
    const values = this.values;
    switch (type) {
      case Token.Bool:
        out.boolean(values.u8() != 0);
        break;
      case Token.I8:
        out.signed(<i64>(<i8>values.u8()));
        break;
      case Token.U8:
        out.signed(values.u8());
        break;
      case Token.I16:
        out.signed(<i64>(<i16>values.u16()));
        break;
      case Token.U16:
        out.signed(values.u16());
        break;
      case Token.I32:
        out.signed(<i64>(<i32>values.u32()));
        break;
      case Token.U32:
        out.signed(<i64>values.u32());
        break;
      case Token.I64:
        out.signed(<i64>values.u64());
        break;
      case Token.U64:
        out.unsigned(values.u64());
        break;
      case Token.F32:
        out.float32(reinterpret<f32>(values.u32()));
        break;
      default:
        out.float64(reinterpret<f64>(values.u64()));
    }
    return !values.isBroken;
  }
}
