import { Utf8Check, isUtf8 } from "../../../assembly/lib/utf8";
import { at, bytes } from "../hex";

function isGood(hexBytes: string): bool {
  const data = bytes(hexBytes);
  return isUtf8(at(data), data.length);
}

describe("lib/utf8", () => {
  it("accepts the first and last character of every length", () => {
    expect(isGood("01 7f")).toBe(true);
    expect(isGood("c280 dfbf")).toBe(true);
    expect(isGood("e0a080 ed9fbf ee8080 efbfbf")).toBe(true);
    expect(isGood("f0908080 f48fbfbf")).toBe(true);
    expect(isUtf8(0, 0)).toBe(true);
  });

  it("keeps EF BB BF as an ordinary character", () => {
    expect(isGood("efbbbf 61")).toBe(true);
  });

  it("refuses U+0000, surrogates, and what lies above U+10FFFF", () => {
    expect(isGood("61 00")).toBe(false);
    expect(isGood("eda080")).toBe(false);
    expect(isGood("edbfbf")).toBe(false);
    expect(isGood("f4908080")).toBe(false);
    expect(isGood("f5808080")).toBe(false);
  });

  it("refuses overlong forms", () => {
    expect(isGood("c080")).toBe(false);
    expect(isGood("c1bf")).toBe(false);
    expect(isGood("e09fbf")).toBe(false);
    expect(isGood("f08fbfbf")).toBe(false);
  });

  it("refuses a lone continuation, a cut sequence and a wrong continuation", () => {
    expect(isGood("80")).toBe(false);
    expect(isGood("e282")).toBe(false);
    expect(isGood("c3 41")).toBe(false);
    expect(isGood("ff")).toBe(false);
  });

  it("agrees with the definition for every sequence of two bytes", () => {
    const pair = new StaticArray<u8>(2);
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        pair[0] = <u8>a;
        pair[1] = <u8>b;
        const isAscii = a > 0 && a < 128 && b > 0 && b < 128;
        const isTwo = a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf;
        if (isUtf8(at(pair), 2) != (isAscii || isTwo)) expect(`${a} ${b}`).toBe("judged rightly");
      }
    }
  });

  it("says whether the text may end here", () => {
    const check = new Utf8Check();
    check.reset();
    expect(check.isComplete).toBe(true);
    expect(check.feed(0xe2)).toBe(true);
    expect(check.isComplete).toBe(false);
    check.feed(0x82);
    check.feed(0xac);
    expect(check.isComplete).toBe(true);
  });
});
