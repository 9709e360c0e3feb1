import { crc32 } from "../../../assembly/lib/crc32";
import { at, utf8 } from "../hex";

describe("lib/crc32", () => {
  it("gives the check value of the polynomial", () => {
    const data = utf8("123456789");
    expect(crc32(at(data), 9)).toBe(0xcbf43926);
    expect(crc32(at(data), 8)).not.toBe(0xcbf43926);
  });

  it("continues over parts", () => {
    const data = utf8("123456789");
    for (let cut = 0; cut <= 9; cut++) {
      expect(crc32(at(data) + cut, 9 - cut, crc32(at(data), cut))).toBe(0xcbf43926);
    }
  });

  it("is 0 over nothing", () => {
    expect(crc32(0, 0)).toBe(0);
  });
});
