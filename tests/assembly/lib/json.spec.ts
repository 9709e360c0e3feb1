import { JsonWriter } from "../../../assembly/lib/json";
import { at, text, utf8 } from "../hex";

const buffer = new StaticArray<u8>(64);

function fresh(cap: i32 = 64): JsonWriter {
  const json = new JsonWriter();
  json.reset(at(buffer), cap);
  return json;
}

function quoted(value: string): string {
  const json = fresh();
  const bytes = utf8(value);
  json.string(at(bytes), bytes.length);
  return text(at(buffer), json.length);
}

describe("lib/json", () => {
  it("sets commas between members and elements, and nowhere else", () => {
    const json = fresh();
    const name = utf8("n");
    json.open(0x7b);
    json.member(at(name), 1);
    json.open(0x5b);
    json.signed(-1);
    json.unsigned(2);
    json.boolean(true);
    json.close(0x5d);
    json.member(at(name), 1);
    json.open(0x7b);
    json.close(0x7d);
    json.member(at(name), 1);
    json.float32(0.5);
    json.close(0x7d);
    expect(text(at(buffer), json.length)).toBe('{"n":[-1,2,true],"n":{},"n":0.5}');
  });

  it("sets a comma behind a string that ends like an opening", () => {
    const json = fresh();
    const tricky = utf8("{");
    json.open(0x5b);
    json.string(at(tricky), 1);
    json.string(at(tricky), 1);
    json.close(0x5d);
    expect(text(at(buffer), json.length)).toBe('["{","{"]');
  });

  it("escapes quotes, backslashes and control characters, and leaves UTF-8 as it is", () => {
    expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quoted("\n\x1f")).toBe('"\\u000a\\u001f"');
    expect(quoted("grün €")).toBe('"grün €"');
    expect(quoted("")).toBe('""');
  });

  it("turns broken when it runs out of room", () => {
    const json = fresh(4);
    const bytes = utf8("long text");
    json.string(at(bytes), bytes.length);
    expect(json.isBroken).toBe(true);
    const enough = fresh(11);
    enough.string(at(bytes), bytes.length);
    expect(enough.isBroken).toBe(false);
  });
});
