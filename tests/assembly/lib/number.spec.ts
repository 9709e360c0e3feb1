import { Writer } from "../../../assembly/lib/bytes";
import { parseDecimal, writeF32, writeF64, writeI64, writeU64 } from "../../../assembly/lib/number";
import { at, text, utf8 } from "../hex";

const buffer = new StaticArray<u8>(32);
const writer = new Writer();

function f64Text(value: f64): string {
  writer.reset(at(buffer), 32);
  writeF64(writer, value);
  return text(at(buffer), writer.length);
}

function f32Text(value: f32): string {
  writer.reset(at(buffer), 32);
  writeF32(writer, value);
  return text(at(buffer), writer.length);
}

function parse(value: string): i32 {
  const bytes = utf8(value);
  return parseDecimal(at(bytes), bytes.length, 65535);
}

describe("lib/number", () => {
  it("writes integers to their ends", () => {
    writer.reset(at(buffer), 32);
    writeI64(writer, i64.MIN_VALUE);
    expect(text(at(buffer), writer.length)).toBe("-9223372036854775808");
    writer.reset(at(buffer), 32);
    writeU64(writer, u64.MAX_VALUE);
    expect(text(at(buffer), writer.length)).toBe("18446744073709551615");
    writer.reset(at(buffer), 32);
    writeI64(writer, 0);
    expect(text(at(buffer), writer.length)).toBe("0");
  });

  it("writes the shortest f64", () => {
    expect(f64Text(0.1)).toBe("0.1");
    expect(f64Text(0.1 + 0.2)).toBe("0.30000000000000004");
    expect(f64Text(21.5)).toBe("21.5");
    expect(f64Text(-273.15)).toBe("-273.15");
    expect(f64Text(9007199254740993.0)).toBe("9007199254740992");
    expect(f64Text(5e-324)).toBe("5e-324");
    expect(f64Text(f64.MAX_VALUE)).toBe("1.7976931348623157e+308");
    expect(f64Text(1e23)).toBe("1e+23");
  });

  it("changes to an exponent where ECMAScript does", () => {
    expect(f64Text(1e20)).toBe("100000000000000000000");
    expect(f64Text(1e21)).toBe("1e+21");
    expect(f64Text(0.000001)).toBe("0.000001");
    expect(f64Text(0.0000001)).toBe("1e-7");
    expect(f64Text(1.5e-9)).toBe("1.5e-9");
  });

  it("writes the shortest f32, not the f64 it widens to", () => {
    expect(f32Text(0.1)).toBe("0.1");
    expect(f64Text(<f64>(<f32>0.1))).toBe("0.10000000149011612");
    expect(f32Text(16777216)).toBe("16777216");
    expect(f32Text(f32.MAX_VALUE)).toBe("3.4028235e+38");
    expect(f32Text(f32.MIN_VALUE)).toBe("1e-45");
  });

  it("writes 0 for both zeros and null for what JSON cannot say", () => {
    expect(f64Text(-0.0)).toBe("0");
    expect(f64Text(f64.NaN)).toBe("null");
    expect(f64Text(Infinity)).toBe("null");
    expect(f32Text(<f32>-Infinity)).toBe("null");
  });

  it("reads decimals within their limit, and nothing else", () => {
    expect(parse("0")).toBe(0);
    expect(parse("65535")).toBe(65535);
    expect(parse("65536")).toBe(-1);
    expect(parse("99999999999999999999")).toBe(-1);
    expect(parse("")).toBe(-1);
    expect(parse("-1")).toBe(-1);
    expect(parse("12a")).toBe(-1);
    expect(parse(" 12")).toBe(-1);
  });
});
