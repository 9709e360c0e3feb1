import { Member, ObjectReader } from "../../../../assembly/kernel/tendrl/objectReader";
import { at, text, utf8 } from "../../hex";

const reader = new ObjectReader();
const first = new StaticArray<u8>(16);
const second = new StaticArray<u8>(4);

/** Reads JSON in parts of so many bytes, with two members wanted. Whether it is one object. */
function read(json: string, partBytes: i32 = 1000): bool {
  const bytes = utf8(json);
  reader.start();
  reader.want(Member.sub, at(first), 16);
  reader.want(Member.jti, at(second), 4);
  for (let from = 0; from < bytes.length; from += partBytes) {
    if (reader.feed(at(bytes) + from, min(partBytes, bytes.length - from)) < 0) return false;
  }
  return reader.isObjectWhole;
}

describe("kernel/tendrl/objectReader", () => {
  it("notes the members that are looked at, their kinds and what they say, over any split", () => {
    const json = '{"x":{"sub":"inner","data":1},"sub":"a:b\\u00e9\\n","jti":"id","data":[1,{"tags":2}],"context":{},"later":null}';
    for (let part = 1; part < 20; part++) {
      expect(read(json, part)).toBe(true, `${part} bytes at a time`);
      expect(text(at(first), reader.textBytes(Member.sub))).toBe("a:b\u00e9\n");
      expect(text(at(second), reader.textBytes(Member.jti))).toBe("id");
      expect(reader.has(Member.data)).toBe(true);
      expect(reader.isArrayAt(Member.data)).toBe(true);
      expect(reader.isObjectAt(Member.context)).toBe(true);
      expect(reader.has(Member.tags)).toBe(false);
      expect(reader.has(Member.dest)).toBe(false);
    }
  });

  it("takes the original's names of the cache for the same members", () => {
    expect(read('{"api_key_id":"k","subject":"s","cached_at":1700000000.0}')).toBe(true);
    expect(reader.textBytes(Member.jti)).toBe(1);
    expect(reader.textBytes(Member.sub)).toBe(1);
    expect(reader.numberBytes(Member.cached_at)).toBe(12);
    expect(reader.textBytes(Member.cached_at)).toBe(0);
  });

  it("tells the length of a text that is longer than its place, and writes no further", () => {
    store<u8>(at(second) + 3, 0x7a);
    expect(read('{"jti":"abcdefgh"}')).toBe(true);
    expect(reader.textBytes(Member.jti)).toBe(8);
    expect(text(at(second), 4)).toBe("abcd");
  });

  it("lets the last of two members of one name count", () => {
    expect(read('{"sub":"first","sub":"2"}')).toBe(true);
    expect(text(at(first), reader.textBytes(Member.sub))).toBe("2");
    expect(read('{"sub":"first","sub":2}')).toBe(true);
    expect(reader.isText(Member.sub)).toBe(false);
    expect(reader.textBytes(Member.sub)).toBe(0);
  });

  it("tells a number from a text, an empty text from none", () => {
    expect(read('{"sub":"","jti":-7,"dest":"x"}')).toBe(true);
    expect(reader.isText(Member.sub)).toBe(true);
    expect(reader.textBytes(Member.sub)).toBe(0);
    expect(reader.numberBytes(Member.jti)).toBe(2);
    expect(reader.numberBytes(Member.dest)).toBe(0);
  });

  it("refuses what is no whole object", () => {
    const bad: string[] = ["", "[]", '"sub"', "{", '{"sub":"a"', '{"sub":"a"}}', '{"sub":"a",}', "{sub:1}", '{"sub":"a"} 1'];
    for (let i = 0; i < bad.length; i++) expect(read(bad[i])).toBe(false, bad[i]);
  });

  it("forgets what it read before", () => {
    expect(read('{"sub":"a:b","data":1}')).toBe(true);
    expect(read("{}")).toBe(true);
    expect(reader.has(Member.sub)).toBe(false);
    expect(reader.has(Member.data)).toBe(false);
  });
});
