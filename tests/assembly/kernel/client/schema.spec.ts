import { JsonWriter } from "../../../../assembly/lib/json";
import { SchemaWalk } from "../../../../assembly/kernel/client/schema";
import { at, bytes, text } from "../../hex";

const buffer = new StaticArray<u8>(256);
const json = new JsonWriter();
const walk = new SchemaWalk(json);

function isValid(schema: string): bool {
  const data = bytes(schema);
  return walk.isValid(at(data), data.length);
}

function write(schema: string, values: string, cap: i32 = 256): string {
  const tokens = bytes(schema);
  const packed = bytes(values);
  json.reset(at(buffer), cap);
  const isWhole = walk.write(at(tokens), tokens.length, at(packed), packed.length);
  return isWhole ? text(at(buffer), json.length) : "refused";
}

describe("kernel/client/schema", () => {
  it("writes every scalar at its ends", () => {
    expect(write("01 01 61", "01")).toBe('{"a":true}');
    expect(write("01 01 61", "00")).toBe('{"a":false}');
    expect(write("02 01 61", "80")).toBe('{"a":-128}');
    expect(write("03 01 61", "ff")).toBe('{"a":255}');
    expect(write("04 01 61", "0080")).toBe('{"a":-32768}');
    expect(write("05 01 61", "ffff")).toBe('{"a":65535}');
    expect(write("06 01 61", "00000080")).toBe('{"a":-2147483648}');
    expect(write("07 01 61", "ffffffff")).toBe('{"a":4294967295}');
    expect(write("08 01 61", "0000000000000080")).toBe('{"a":-9223372036854775808}');
    expect(write("09 01 61", "ffffffffffffffff")).toBe('{"a":18446744073709551615}');
    expect(write("0a 01 61", "0000ac41")).toBe('{"a":21.5}');
    expect(write("0b 01 61", "0000000000803540")).toBe('{"a":21.5}');
    expect(write("0a 01 61", "0000c07f")).toBe('{"a":null}');
  });

  it("writes text, members, nested objects and arrays", () => {
    expect(write("0c 01 61", "0200 6869")).toBe('{"a":"hi"}');
    expect(write("06 01 61 0d 01 62 01 01 63 0e 06 01 64", "01000000 01 02000000")).toBe('{"a":1,"b":{"c":true},"d":2}');
    expect(write("0f 01 61 03 03", "010203")).toBe('{"a":[1,2,3]}');
    expect(write("0f 01 61 02 0d 03 01 62 0e", "0102")).toBe('{"a":[{"b":1},{"b":2}]}');
    expect(write("0f 01 61 02 0f 02 03", "01020304")).toBe('{"a":[[1,2],[3,4]]}');
    expect(write("0f 01 61 00 0d 03 01 62 0e 03 01 63", "07")).toBe('{"a":[],"c":7}');
    expect(write("", "")).toBe("{}");
  });

  it("refuses values that are too short, too long or not UTF-8", () => {
    expect(write("06 01 61", "010000")).toBe("refused");
    expect(write("06 01 61", "0100000000")).toBe("refused");
    expect(write("0c 01 61", "0300 6869")).toBe("refused");
    expect(write("0c 01 61", "0200 c328")).toBe("refused");
    expect(write("0f 01 61 03 03", "0102")).toBe("refused");
  });

  it("refuses what does not fit the buffer", () => {
    expect(write("06 01 61", "01000000", 7)).toBe('{"a":1}');
    expect(write("06 01 61", "01000000", 6)).toBe("refused");
  });

  it("knows a schema from what is none", () => {
    expect(isValid("")).toBe(true);
    expect(isValid("06 01 61")).toBe(true);
    expect(isValid("0d 01 61 06 01 62 0e")).toBe(true);
    expect(isValid("0d 01 61 06 01 62")).toBe(false, "an object left open");
    expect(isValid("0e")).toBe(false, "an end without an object");
    expect(isValid("10 01 61")).toBe(false, "an unknown type");
    expect(isValid("00 01 61")).toBe(false, "type 0");
    expect(isValid("06 00")).toBe(false, "an empty name");
    expect(isValid("06 02 61")).toBe(false, "a cut name");
    expect(isValid("06 02 c3 28")).toBe(false, "a name that is not UTF-8");
    expect(isValid("0f 01 61 02")).toBe(false, "an array without an element");
    expect(isValid("0f 01 61 02 0e")).toBe(false, "an array of nothing");
  });

  it("nests four deep, not five, and counts anew each time", () => {
    const open = "0d 01 61";
    expect(isValid(open + open + open + open + "0e 0e 0e 0e")).toBe(true);
    expect(isValid(open + open + open + open + open + "0e 0e 0e 0e 0e")).toBe(false);
    expect(isValid(open + open + open + open + "0e 0e 0e 0e")).toBe(true);
  });

  it("answers yes or no to any bytes at all", () => {
    const schema = new StaticArray<u8>(24);
    const values = new StaticArray<u8>(24);
    let seed: u32 = 99;
    let valid = 0;
    for (let i = 0; i < 20000; i++) {
      for (let j = 0; j < 24; j++) {
        seed = seed * 1664525 + 1013904223;
        schema[j] = <u8>((seed >> 16) % 18);
        values[j] = <u8>(seed >> 8);
      }
      const length = <i32>(seed >> 24) % 25;
      if (!walk.isValid(at(schema), length)) continue;
      valid++;
      json.reset(at(buffer), 256);
      walk.write(at(schema), length, at(values), 24);
    }
    expect(valid).toBeGreaterThan(10);
  });
});
