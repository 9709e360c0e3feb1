import { equalBytes, Reader, Writer } from "../../../assembly/lib/bytes";
import { at, bytes, hex } from "../hex";

const buffer = new StaticArray<u8>(8);

describe("lib/bytes equalBytes", () => {
  it("compares as many bytes as it is told", () => {
    const one = at(bytes("01 02 03 04"));
    const other = at(bytes("01 02 03 05"));
    expect(equalBytes(one, other, 0)).toBe(true);
    expect(equalBytes(one, other, 3)).toBe(true);
    expect(equalBytes(one, other, 4)).toBe(false);
    expect(equalBytes(one + 1, other, 1)).toBe(false);
  });
});

describe("lib/bytes Reader", () => {
  it("reads little-endian integers in order", () => {
    const data = bytes("01 0203 04050607 08090a0b0c0d0e0f");
    const reader = new Reader();
    reader.reset(at(data), data.length);
    expect(reader.u8()).toBe(0x01);
    expect(reader.u16()).toBe(0x0302);
    expect(reader.u32()).toBe(0x07060504);
    expect(reader.u64()).toBe(0x0f0e0d0c0b0a0908);
    expect(reader.left).toBe(0);
    expect(reader.isBroken).toBe(false);
  });

  it("gives zero beyond the end, takes nothing, and stays broken", () => {
    const data = bytes("01 02 03");
    const reader = new Reader();
    reader.reset(at(data), 3);
    expect(reader.u32()).toBe(0);
    expect(reader.isBroken).toBe(true);
    expect(reader.left).toBe(3);
    expect(reader.u8()).toBe(1);
    expect(reader.isBroken).toBe(true);
    reader.reset(at(data), 3);
    expect(reader.isBroken).toBe(false);
  });

  it("refuses a negative or huge length", () => {
    const data = bytes("01 02");
    const reader = new Reader();
    reader.reset(at(data), 2);
    expect(reader.take(-1)).toBe(0);
    expect(reader.take(i32.MAX_VALUE)).toBe(0);
    reader.reset(at(data), -5);
    expect(reader.left).toBe(0);
  });

  it("goes back to an address it gave", () => {
    const data = bytes("01 02");
    const reader = new Reader();
    reader.reset(at(data), 2);
    const start = reader.address;
    reader.u16();
    reader.rewind(start);
    expect(reader.u8()).toBe(1);
  });
});

describe("lib/bytes Writer", () => {
  it("writes bytes, big-endian u16 and literals", () => {
    const writer = new Writer();
    writer.reset(at(buffer), 8);
    writer.u8(0x7f);
    writer.u16Be(0x1234);
    writer.text("MQTT");
    expect(hex(at(buffer), writer.length)).toBe("7f 12 34 4d 51 54 54");
    expect(writer.last).toBe(0x54);
    expect(writer.isBroken).toBe(false);
  });

  it("writes nothing once something did not fit", () => {
    const writer = new Writer();
    writer.reset(at(buffer), 3);
    writer.text("four");
    expect(writer.isBroken).toBe(true);
    expect(writer.length).toBe(0);
    writer.u8(1);
    expect(writer.length).toBe(0);
    writer.reset(at(buffer), 3);
    writer.text("fit");
    expect(writer.isBroken).toBe(false);
    expect(writer.length).toBe(3);
  });

  it("has no last byte before the first", () => {
    const writer = new Writer();
    writer.reset(at(buffer), 8);
    expect(writer.last).toBe(0);
  });
});
