import { encodeText, encodeWhole, encodedBytes, encodedTo, equalsBytes } from "../../../assembly/sdk/encode";

const BUFFER: usize = memory.data(64);

function bytesOf(text: string, cap: i32): StaticArray<u8> {
  const length = encodeText(text, 0, BUFFER, cap);
  const bytes = new StaticArray<u8>(length);
  memory.copy(changetype<usize>(bytes), BUFFER, length);
  return bytes;
}

describe("assembly/sdk/encode.ts", () => {
  it("encodes the first and last code point of each length", () => {
    expect(bytesOf("\u0000\u007f", 64)).toStrictEqual(StaticArray.fromArray<u8>([0x00, 0x7f]));
    expect(bytesOf("\u0080\u07ff", 64)).toStrictEqual(StaticArray.fromArray<u8>([0xc2, 0x80, 0xdf, 0xbf]));
    expect(bytesOf("\u0800\uffff", 64)).toStrictEqual(StaticArray.fromArray<u8>([0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbf]));
    expect(bytesOf("\ud800\udc00\udbff\udfff", 64)).toStrictEqual(
      StaticArray.fromArray<u8>([0xf0, 0x90, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf]),
    );
  });

  it("puts U+FFFD where a surrogate stands alone", () => {
    const replacement = StaticArray.fromArray<u8>([0xef, 0xbf, 0xbd]);
    expect(bytesOf("\ud800", 64)).toStrictEqual(replacement);
    expect(bytesOf("\udc00", 64)).toStrictEqual(replacement);
    expect(bytesOf("\ud800x", 64)).toStrictEqual(StaticArray.fromArray<u8>([0xef, 0xbf, 0xbd, 0x78]));
    expect(bytesOf("\ud800", 64)).not.toStrictEqual(StaticArray.fromArray<u8>([0xed, 0xa0, 0x80]));
  });

  it("stops in front of the character that does not fit, and goes on from there", () => {
    const text = "a\u00e9\ud83c\udf21z";
    expect(encodeText(text, 0, BUFFER, 2)).toBe(1);
    expect(encodedTo()).toBe(1);
    expect(encodeText(text, 1, BUFFER, 5)).toBe(2);
    expect(encodedTo()).toBe(2);
    expect(encodeText(text, 2, BUFFER, 4)).toBe(4);
    expect(encodedTo()).toBe(4);
    expect(encodeText(text, 4, BUFFER, 4)).toBe(1);
    expect(encodedTo()).toBe(text.length);
  });

  it("counts what it would write, and writes nothing beyond", () => {
    const text = "a\u00e9\u6e29\ud83c\udf21\ud800";
    expect(encodedBytes(text)).toBe(1 + 2 + 3 + 4 + 3);
    store<u8>(BUFFER + 13, 0xaa);
    expect(encodeWhole(text, BUFFER, 13)).toBe(13);
    expect(load<u8>(BUFFER + 13)).toBe(0xaa);
    expect(encodeWhole(text, BUFFER, 12)).toBe(-1);
  });

  it("compares text with bytes, whole lengths only", () => {
    const text = "gr\u00f6\u00dfe \ud83c\udf21";
    const length = encodeWhole(text, BUFFER, 64);
    expect(equalsBytes(text, BUFFER, length)).toBe(true);
    expect(equalsBytes(text, BUFFER, length - 1)).toBe(false);
    expect(equalsBytes(text + "x", BUFFER, length)).toBe(false);
    expect(equalsBytes("gr\u00f6sse", BUFFER, length)).toBe(false);
    expect(equalsBytes("", BUFFER, 0)).toBe(true);
  });
});
