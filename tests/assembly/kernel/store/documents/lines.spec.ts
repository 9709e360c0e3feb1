import { Bench } from "./bench";
import { MapStore } from "../../../../fakes/mapStore";
import { importLine } from "../../../../../assembly/kernel/store/documents/importLine";
import { readLine } from "../../../../../assembly/kernel/store/documents/resultText";
import { Status } from "../../../../../assembly/lib/status";

const buffer = new StaticArray<u8>(1024);

/** The whole store as JSON lines, read in parts. */
function exported(bench: Bench, part: i32): string {
  bench.open("{}");
  const query = bench.documents.query;
  let text = "";
  while (query.next(1000) == Status.Ok) {
    let length = 0;
    while (true) {
      const ttl = bench.ttl(bench.resultKey);
      const got = readLine(query.result, ttl, length, changetype<usize>(buffer) + length, part);
      if (got <= 0) break;
      length += got;
    }
    text += String.UTF8.decodeUnsafe(changetype<usize>(buffer), length);
  }
  return text;
}

function imports(bench: Bench, line: string): i32 {
  const bytes = String.UTF8.encode(line);
  return importLine(bench.documents, changetype<usize>(bytes), bytes.byteLength);
}

describe("assembly/kernel/store/documents, export and import", () => {
  it("B18: lines of key, expiry and document come back the same", () => {
    const bench = new Bench(new MapStore());
    bench.time(1732374523000);
    bench.put('q"k', '{"a": [1, "é"]}');
    bench.put("t", "5.0", 60);
    const lines = exported(bench, 7);
    expect(lines).toBe('{"key":"q\\"k","expiry":null,"document":{"a": [1, "é"]}}\n{"key":"t","expiry":1732374583,"document":5.0}\n');
    const other = new Bench(new MapStore());
    other.time(1732374523000 + 20000);
    const list = lines.split("\n");
    expect(imports(other, list[0])).toBe(Status.Ok);
    expect(imports(other, list[1])).toBe(Status.Ok);
    expect(exported(other, 1000)).toBe(lines);
    expect(other.ttl("t")).toBe(40);
    other.time(1732374583000);
    expect(imports(other, list[1])).toBe(Status.Expired);
  });

  it("a TTL from before the clock was known is told in seconds left", () => {
    const bench = new Bench(new MapStore());
    expect(imports(bench, '{"key":"k","ttl":30,"document":{}}')).toBe(Status.Ok);
    expect(bench.ttl("k")).toBe(30);
  });

  it("a document is one line, whatever white space it has and however deep it is, and comes back as it was but for that", () => {
    const bench = new Bench(new MapStore());
    const deep = '{"a":' + "[".repeat(15) + "]".repeat(15) + "}";
    bench.put("a\n", '{\n\t"x\\n":\r\n[1,\n2]}');
    bench.put("b", deep);
    for (let part = 1; part < 100; part += 9) {
      expect(exported(bench, part)).toBe(
        '{"key":"a\\u000a","expiry":null,"document":{ \t"x\\n":  [1, 2]}}\n{"key":"b","expiry":null,"document":' + deep + "}\n",
      );
    }
    const other = new Bench(new MapStore());
    const list = exported(bench, 100).split("\n");
    expect(list.length).toBe(3);
    for (let i = 0; i < 2; i++) expect(imports(other, list[i])).toBe(Status.Ok);
    expect(other.get("a\n")).toBe('{ \t"x\\n":  [1, 2]}');
    expect(other.get("b")).toBe(deep);
    expect(imports(other, '{"key":"c","document":[' + deep + "]}")).toBe(Status.TooLarge);
    expect(imports(other, '{"key":"c","document":[[' + deep + "]]}")).toBe(Status.TooLarge);
  });

  it("waits with an expiry until the time of day is known", () => {
    const bench = new Bench(new MapStore());
    const line = '{"key":"k","expiry":1732374583,"document":{}}';
    bench.documents.setTime(5000, -1);
    expect(imports(bench, line)).toBe(Status.Busy);
    expect(imports(bench, '{"key":"l","expiry":null,"document":{}}')).toBe(Status.Ok);
    bench.time(1732374523000);
    expect(imports(bench, line)).toBe(Status.Ok);
    expect(bench.ttl("k")).toBe(60);
  });

  it("refuses what is no line", () => {
    const bench = new Bench(new MapStore());
    const wrong: string[] = [
      "",
      "{",
      "[]",
      '{"key":"k"}',
      '{"document":{}}',
      '{"key":5,"document":{}}',
      '{"key":"k","expiry":"x","document":{}}',
      '{"key":"k","expiry":-1,"document":{}}',
      '{"key":"k","ttl":1.5,"document":{}}',
      '{"key":"k","document":{}}x',
      '{"key":"","document":{}}',
      '{"key":"\\u0001","document":{}}',
      '{"key":"' + "x".repeat(65) + '","document":{}}',
    ];
    for (let i = 0; i < wrong.length; i++) expect(imports(bench, wrong[i])).toBe(Status.Invalid, wrong[i]);
  });
});
