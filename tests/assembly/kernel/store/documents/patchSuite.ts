import { Bench, freshBench } from "./bench";
import { Status } from "../../../../../assembly/lib/status";

let bench = freshBench();

/** What a document is after a patch, or the status. */
function patched(document: string, patch: string): string {
  bench.put("k", document);
  const status = bench.update("k", patch);
  return status < 0 ? status.toString() : bench.get("k");
}

describe("assembly/kernel/store/documents/patch", () => {
  beforeEach(() => {
    bench = freshBench();
  });
  afterEach(() => {
    expect(bench.violation).toBe("");
  });

  it("sets values that are there and values that are not", () => {
    expect(patched('{"a":1,"b":2}', '{"$set":{"a":"x"}}')).toBe('{"a":"x","b":2}');
    expect(patched('{"a":1}', '{"$set":{"b":[1, 2]}}')).toBe('{"b":[1, 2],"a":1}');
    expect(patched("{}", '{"$set":{"b":1}}')).toBe('{"b":1}');
    expect(patched("{}", '{"$set":{"a.b.c":1}}')).toBe('{"a":{"b":{"c":1}}}');
    expect(patched('{"a":{"x":1}}', '{"$set":{"a.b":1}}')).toBe('{"a":{"b":1,"x":1}}');
    expect(patched('{"a":null}', '{"$set":{"a.b":1}}')).toBe('{"a":{"b":1}}');
    expect(patched("{}", '{"$set":{"a.b":1,"a.c":2}}')).toBe('{"a":{"c":2,"b":1}}');
  });

  it("removes members wherever they stand, and all of one name", () => {
    expect(patched('{"a":1}', '{"$unset":["a"]}')).toBe("{}");
    expect(patched('{"a":1,"b":2,"c":3}', '{"$unset":["a"]}')).toBe('{"b":2,"c":3}');
    expect(patched('{"a":1,"b":2,"c":3}', '{"$unset":["b"]}')).toBe('{"a":1,"c":3}');
    expect(patched('{"a":1,"b":2,"c":3}', '{"$unset":["c"]}')).toBe('{"a":1,"b":2}');
    expect(patched('{"a":1,"b":2,"c":3}', '{"$unset":["c","b","a"]}')).toBe("{}");
    expect(patched('{"a":{"b":1}}', '{"$unset":["a.b","x","a.x.y"]}')).toBe('{"a":{}}');
    expect(patched('{"a":1,"b":2,"a":3}', '{"$unset":["a"]}')).toBe('{"b":2}');
  });

  it("adds to numbers, exactly as long as 64 bits hold them", () => {
    expect(patched('{"n":5}', '{"$inc":{"n":2}}')).toBe('{"n":7}');
    expect(patched('{"n":5}', '{"$inc":{"n":-0.5}}')).toBe('{"n":4.5}');
    expect(patched("{}", '{"$inc":{"a.n":2}}')).toBe('{"a":{"n":2}}');
    expect(patched('{"a":null}', '{"$inc":{"a.n":2}}')).toBe('{"a":{"n":2}}');
    expect(patched('{"n":9223372036854775806}', '{"$inc":{"n":1}}')).toBe('{"n":9223372036854775807}');
    expect(patched('{"n":9223372036854775807}', '{"$inc":{"n":1}}')).toBe('{"n":9223372036854776000}');
    expect(patched('{"n":"5"}', '{"$inc":{"n":1}}')).toBe("-1");
    expect(patched('{"n":5}', '{"$inc":{"n":"1"}}')).toBe("-1");
  });

  it("every change sees those before it", () => {
    expect(patched('{"a":1}', '{"$set":{"b":{}},"$inc":{"a":1,"b.c":1},"$unset":["a"]}')).toBe('{"b":{"c":1}}');
  });

  it("names with quotes, backslashes and control characters", () => {
    expect(patched("{}", '{"$set":{"a\\"b\\\\c\\n.d":1}}')).toBe('{"a\\"b\\\\c\\u000a":{"d":1}}');
  });

  it("keeps indexes and tags right", () => {
    bench.index("n");
    bench.put("k", '{"n":1}', 0, '["x"]');
    expect(bench.update("k", '{"$inc":{"n":1},"$set":{"_tags":["y"]}}')).toBe(Status.Ok);
    expect(bench.ask('{"n":1}')).toBe("");
    expect(bench.ask('{"n":2}')).toBe("k");
    expect(bench.ask('{"tags":"x"}')).toBe("");
    expect(bench.ask('{"tags":"y"}')).toBe("k");
  });

  it("refuses what is no patch, and leaves the document as it was", () => {
    const wrong: string[] = [
      "{",
      "[]",
      "5",
      '{"a":1}',
      '{"$set":[]}',
      '{"$unset":{}}',
      '{"$unset":[1]}',
      '{"$push":{}}',
      '{"$set":{"a.b.c.d.e.f.g.h.i":1}}',
    ];
    for (let i = 0; i < wrong.length; i++) expect(patched('{"a":1}', wrong[i])).toBe("-14", wrong[i]);
    expect(patched('{"a":1}', '{"$set":{"a.b":1}}')).toBe("-1");
    expect(patched("[1]", '{"$set":{"a":1}}')).toBe("-1");
    expect(patched('{"a":1}', '{"$set":{"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1}}')).toBe("-14");
    expect(patched('{"a":1}', '{"$set":{"_tags":5}}')).toBe("-1");
    expect(patched('{"a":1e308}', '{"$inc":{"a":1e308}}')).toBe("-1", "no f64 holds it, and no JSON");
    expect(patched('{"a":1}', '{"$inc":{"a":-1e400}}')).toBe("-1");
    bench.put("k", '{"a":1}');
    expect(bench.get("k")).toBe('{"a":1}');
    expect(bench.update("none", '{"$set":{"a":1}}')).toBe(Status.NotFound);
  });

  it("B8: changes only the version that was asked for", () => {
    bench.put("k", '{"n":1}');
    bench.get("k");
    const version = bench.documents.found.item.version;
    expect(bench.update("k", '{"$inc":{"n":1}}', version)).toBe(Status.Ok);
    expect(bench.update("k", '{"$inc":{"n":1}}', version)).toBe(Status.Refused);
    expect(bench.get("k")).toBe('{"n":2}');
  });

  it("the TTL goes on", () => {
    bench.time(1000000);
    bench.put("k", '{"n":1}', 100);
    bench.time(1040000);
    bench.update("k", '{"$inc":{"n":1}}');
    expect(bench.ttl("k")).toBe(60);
    bench.put("l", '{"n":1}');
    bench.update("l", '{"$inc":{"n":1}}');
    expect(bench.ttl("l")).toBe(-1);
  });

  it("a document of 8 KB is changed without a copy of it", () => {
    const filler = "x".repeat(8000);
    bench.put("k", `{"f":"${filler}","n":1}`);
    expect(bench.update("k", '{"$inc":{"n":41},"$set":{"m":{"p":[]}}}')).toBe(Status.Ok);
    expect(bench.get("k")).toBe(`{"m":{"p":[]},"f":"${filler}","n":42}`);
  });
});
