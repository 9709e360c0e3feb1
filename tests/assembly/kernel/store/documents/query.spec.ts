import { Bench } from "./bench";
import { MapStore } from "../../../../fakes/mapStore";
import { Status } from "../../../../../assembly/lib/status";

let store = new MapStore();
let bench = new Bench(store);

function begin(): void {
  store = new MapStore();
  bench = new Bench(store);
}

/** `count` documents with n = i % modulus, under keys that sort as i. */
function fill(count: i32, modulus: i32): void {
  for (let i = 0; i < count; i++) {
    const n = (i % modulus).toString();
    bench.put("k" + i.toString().padStart(5, "0"), `{"n":${n},"i":${i},"t":"text ${n}","_tags":["tag${n}","all"]}`);
  }
}

function countKeys(keys: string): i32 {
  return keys.length == 0 ? 0 : keys.split(" ").length;
}

describe("assembly/kernel/store/documents/query", () => {
  beforeEach(begin);
  afterEach(() => {
    expect(store.violation).toBe("");
  });

  it("S13: unknown operators are BAD_QUERY", () => {
    bench.putVectors();
    const wrong: string[] = [
      '{"n":{"$foo":1}}',
      '{"n":{"$not":{"$regex":1}}}',
      '{"$nor":[]}',
      '{"$and":[{"$limit":1}]}',
      '{"n":{"$gt":1,"x":2}}',
      '{"n":{"k":{"$gt":1}}}',
      '{"n":{"$":1}}',
      '{"n":[{"$a":1}]}',
    ];
    for (let i = 0; i < wrong.length; i++) expect(bench.ask(wrong[i])).toBe("-14", wrong[i]);
  });

  it("S13: an object is compared, and does not match everything", () => {
    bench.put("a", '{"f":{}}');
    bench.put("b", '{"f":{"k":1}}');
    bench.put("c", "{}");
    expect(bench.ask('{"f":{}}')).toBe("a");
    expect(bench.ask('{"f":{"k":1}}')).toBe("b");
  });

  it("B4: $and, $or, $not, $nin, $between, $prefix", () => {
    bench.put("a", '{"n":1,"t":"alpha"}');
    bench.put("b", '{"n":2,"t":"beta"}');
    bench.put("c", '{"n":3,"t":"alps"}');
    bench.put("d", '{"t":5}');
    expect(bench.ask('{"$and":[{"n":{"$gt":1}},{"t":{"$prefix":"al"}}]}')).toBe("c");
    expect(bench.ask('{"$or":[{"n":1},{"t":5}],"t":{"$exists":true}}')).toBe("a d");
    expect(bench.ask('{"$not":{"n":{"$gte":2}}}')).toBe("a d");
    expect(bench.ask('{"n":{"$not":{"$gt":1}}}')).toBe("a d");
    expect(bench.ask('{"n":{"$nin":[1,3]}}')).toBe("b d");
    expect(bench.ask('{"n":{"$nin":[null]}}')).toBe("a b c");
    expect(bench.ask('{"n":{"$between":[2,3]}}')).toBe("b c");
    expect(bench.ask('{"t":{"$prefix":"alp"}}')).toBe("a c");
    expect(bench.ask('{"$not":{"$or":[{"n":1},{"$and":[{"n":2},{"t":"beta"}]}]}}')).toBe("c d");
  });

  it("operands that an operator cannot have are BAD_QUERY", () => {
    const wrong: string[] = [
      '{"a":{"$in":1}}',
      '{"a":{"$nin":"x"}}',
      '{"a":{"$exists":2}}',
      '{"a":{"$exists":"x"}}',
      '{"a":{"$between":[1]}}',
      '{"a":{"$between":[1,2,3]}}',
      '{"a":{"$prefix":1}}',
      '{"a":{"$not":{}}}',
      '{"a":{"$not":1}}',
      '{"$and":[]}',
      '{"$or":{}}',
      '{"$or":[1]}',
      '{"$not":[]}',
      '{"$limit":-1}',
      '{"$limit":1.5}',
      '{"$limit":"1"}',
      '{"$skip":-1}',
      '{"$sort":["a"]}',
      '{"$sort":{"a":2}}',
      '{"$sort":{"a":1,"b":1,"c":1}}',
      '{"$fields":{}}',
      '{"$fields":[]}',
      '{"$fields":[1]}',
      '{"a.b.c.d.e.f.g.h.i":1}',
      "[]",
      "1",
      "{",
      "",
      '{"a":1}x',
    ];
    for (let i = 0; i < wrong.length; i++) expect(bench.ask(wrong[i])).toBe("-14", wrong[i]);
  });

  it("names what it does not understand, and where", () => {
    expect(bench.queryError('{"n":{"$foo":1}}')).toBe('BAD_QUERY: not understood from "$foo" at 6');
    expect(bench.queryError('{"a":1,"$or":[]}')).toBe("BAD_QUERY: not understood from []} at 13");
    expect(bench.queryError('{"a":')).toBe("BAD_QUERY: not understood from  at 5");
    expect(bench.queryError('{"a":1}')).toBe("0");
  });

  it("a condition longer than 512 bytes is TOO_LARGE", () => {
    expect(bench.ask('{"a":"' + "x".repeat(505) + '"}')).toBe("-12");
    expect(bench.ask('{"a":"' + "x".repeat(504) + '"}')).toBe("");
  });

  it("S14: nothing in a document ends a query", () => {
    bench.put("a", '{"n":5}');
    bench.put("b", '{"n":"5"}');
    bench.put("c", '{"n":[5]}');
    bench.put("d", "[1]");
    bench.put("e", "null");
    bench.put("f", '{"n":6}');
    expect(bench.ask('{"n":{"$gt":4}}')).toBe("a f");
    expect(bench.ask('{"n":{"$contains":5}}')).toBe("c");
    expect(bench.ask("{}")).toBe("a b c d e f");
  });

  it("S14: a damaged record is passed over, and the others come", () => {
    bench.putVectors();
    store.rows[1].isCorrupt = true;
    expect(bench.ask("{}")).toBe("a c");
    expect(bench.get("b")).toBe(Status.Corrupt.toString());
  });

  it("S19: results come with their keys, and B5: version and expiry", () => {
    bench.put("k", '{"a":1}', 60);
    expect(bench.ask('{"a":1}')).toBe("k");
    expect(bench.documents.query.result.item.expiresAt).toBe(60);
    expect(bench.documents.query.result.item.version).toBeGreaterThan(0);
  });

  it("S21, B1: an indexed $eq reads its matches and no other document", () => {
    bench.index("n");
    fill(300, 60);
    store.recordReads = 0;
    expect(countKeys(bench.ask('{"n":7}'))).toBe(5);
    expect(store.recordReads).toBeLessThanOrEqual(5);
    store.recordReads = 0;
    expect(countKeys(bench.ask('{"t":"text 7"}'))).toBe(5);
    expect(store.recordReads).toBe(300, "without an index");
  });

  it("what an index cannot serve is answered as without one: what must not be, and what need not", () => {
    fill(60, 10);
    bench.put("none", '{"t":"text 3"}');
    const conditions: string[] = [
      '{"n":{"$ne":3}}',
      '{"n":{"$nin":[1,3,5]}}',
      '{"n":{"$not":{"$gt":3}}}',
      '{"$not":{"n":3}}',
      '{"$not":{"$and":[{"n":3},{"i":{"$lt":20}}]}}',
      '{"$or":[{"n":3},{"i":{"$lt":5}}]}',
      '{"n":{"$exists":false}}',
      '{"n":null}',
      '{"n":{"$ne":3},"$or":[{"i":4},{"i":13}]}',
    ];
    const expected: string[] = [];
    for (let i = 0; i < conditions.length; i++) expected.push(bench.ask(conditions[i]));
    bench.index("n");
    for (let i = 0; i < conditions.length; i++) {
      expect(expected[i].length).toBeGreaterThan(0, conditions[i]);
      expect(bench.ask(conditions[i])).toBe(expected[i], conditions[i]);
    }
  });

  it("tags are indexed always", () => {
    fill(300, 60);
    store.recordReads = 0;
    expect(countKeys(bench.ask('{"tags":"tag7"}'))).toBe(5);
    expect(countKeys(bench.ask('{"_tags":{"$contains":"tag7"},"i":{"$lt":70}}'))).toBe(2);
    expect(store.recordReads).toBeLessThanOrEqual(10);
  });

  it("what follows the list of tags is none of them", () => {
    expect(bench.put("k", '{"_tags":["a","b"],"l":[1,{"x":"y"},null],"m":["c"],"o":{"p":["d"]},"t":"e"}')).toBe(Status.Ok);
    expect(bench.ask('{"tags":"a"}') + bench.ask('{"tags":"b"}')).toBe("kk");
    store.recordReads = 0;
    expect(bench.ask('{"tags":"c"}') + bench.ask('{"tags":"d"}') + bench.ask('{"tags":"e"}')).toBe("");
    expect(store.recordReads).toBe(0, "no entry leads there");
  });

  it("W: tags that are a text instead of a list match by what it contains, as without an index", () => {
    fill(300, 60);
    bench.put("loose", '{"_tags":"one,tag7,two"}');
    store.recordReads = 0;
    const found = bench.ask('{"tags":"tag7"}');
    expect(countKeys(found)).toBe(6);
    expect(found.includes("loose")).toBe(true);
    expect(bench.ask('{"tags":"tag7,tw"}')).toBe("loose");
    expect(bench.ask('{"tags":"tag77"}')).toBe("");
    expect(store.recordReads).toBeLessThanOrEqual(30);
  });

  it("$in, ranges and $prefix use an index and come by key", () => {
    bench.index("n");
    bench.index("t");
    fill(300, 60);
    store.recordReads = 0;
    const expected = "k00003 k00007 k00063 k00067 k00123 k00127 k00183 k00187 k00243 k00247";
    expect(bench.ask('{"n":{"$in":[7,3,7.0]}}')).toBe(expected);
    expect(bench.ask('{"$or":[{"n":3},{"n":7}]}')).toBe(expected);
    store.recordReads = 0;
    expect(bench.ask('{"n":{"$gt":2,"$lte":3}}')).toBe("k00003 k00063 k00123 k00183 k00243");
    expect(bench.ask('{"n":{"$between":[3,3]}}')).toBe("k00003 k00063 k00123 k00183 k00243");
    expect(store.recordReads).toBeLessThanOrEqual(20);
    expect(countKeys(bench.ask('{"t":{"$prefix":"text 5"}}'))).toBe(55);
    expect(countKeys(bench.ask('{"n":{"$gte":0}}'))).toBe(300, "too wide for the index");
  });

  it("ranges of one index keep kinds apart", () => {
    bench.index("v");
    bench.put("a", '{"v":-1}');
    bench.put("b", '{"v":"text"}');
    bench.put("c", '{"v":true}');
    bench.put("d", '{"v":null}');
    bench.put("e", '{"v":1e300}');
    bench.put("f", '{"v":[1]}');
    expect(bench.ask('{"v":{"$lt":5}}')).toBe("a c");
    expect(bench.ask('{"v":{"$gt":-2}}')).toBe("a c e");
    expect(bench.ask('{"v":{"$gt":""}}')).toBe("b");
    expect(bench.ask('{"v":{"$lte":"u"}}')).toBe("b");
    expect(bench.ask('{"v":1}')).toBe("c");
    expect(bench.ask('{"v":null}')).toBe("d");
    expect(bench.ask('{"v":[1]}')).toBe("f");
    expect(bench.ask('{"v":{"$in":[null,-1]}}')).toBe("a d");
  });

  it("texts longer than an index keeps are told apart by the document", () => {
    bench.index("v");
    const long = "x".repeat(40);
    bench.put("a", `{"v":"${long}a"}`);
    bench.put("b", `{"v":"${long}b"}`);
    bench.put("c", `{"v":"${long}"}`);
    expect(bench.ask(`{"v":"${long}b"}`)).toBe("b");
    expect(bench.ask(`{"v":{"$gt":"${long}a"}}`)).toBe("b");
    expect(bench.ask(`{"v":{"$lt":"${long}a"}}`)).toBe("c");
    expect(bench.ask(`{"v":{"$prefix":"${long}"}}`)).toBe("a b c");
  });

  it("numbers that an index cuts are told apart by the document", () => {
    bench.index("v");
    bench.put("a", '{"v":1732374523001}');
    bench.put("b", '{"v":1732374523002}');
    bench.put("c", '{"v":9223372036854775807}');
    bench.put("d", '{"v":9223372036854775806}');
    expect(bench.ask('{"v":1732374523002}')).toBe("b");
    expect(bench.ask('{"v":{"$gt":9223372036854775806}}')).toBe("c");
    expect(bench.ask('{"v":{"$lt":1732374523002}}')).toBe("a");
  });

  it("of a name that occurs twice the index keeps the last value", () => {
    bench.index("v.w");
    bench.put("a", '{"v":{"w":1},"v":{"w":2}}');
    bench.put("b", '{"v":{"w":1},"v":5}');
    bench.put("c", '{"v":{"w":1,"w":3}}');
    // Row 0 is the list of paths, row 2 is b.
    expect(store.rows[2].entries.length).toBe(0, "b has no v.w at all");
    expect(bench.ask('{"v.w":1}')).toBe("");
    expect(bench.ask('{"v.w":2}')).toBe("a");
    expect(bench.ask('{"v.w":3}')).toBe("c");
  });

  it("B3: $sort over any number of documents, $skip and $limit", () => {
    fill(100, 10);
    expect(bench.ask('{"$sort":{"i":-1},"$limit":3}')).toBe("k00099 k00098 k00097");
    expect(bench.ask('{"$sort":{"n":1,"i":-1},"$skip":9,"$limit":3}')).toBe("k00000 k00091 k00081");
    const all = bench.ask('{"$sort":{"i":-1}}').split(" ");
    expect(all.length).toBe(100);
    for (let i = 1; i < 100; i++) expect(all[i - 1] > all[i]).toBeTruthy();
    expect(bench.ask('{"$skip":98}')).toBe("k00098 k00099");
    expect(bench.ask('{"$skip":100}')).toBe("");
  });

  it("$sort puts missing and null first, then numbers, texts, the others; equals by key", () => {
    bench.put("a", '{"v":"b"}');
    bench.put("b", '{"v":[1]}');
    bench.put("c", "{}");
    bench.put("d", '{"v":2}');
    bench.put("e", '{"v":"a"}');
    bench.put("f", '{"v":-2.5}');
    bench.put("g", '{"v":null}');
    bench.put("h", '{"v":true}');
    expect(bench.ask('{"$sort":{"v":1}}')).toBe("c g f h d e a b");
    expect(bench.ask('{"$sort":{"v":-1}}')).toBe("b a e d h f c g");
  });

  it("B3: $fields gives the paths asked for", () => {
    bench.putVectors();
    expect(bench.ask('{"n":5,"$fields":["s","o.p","none","l"]}')).toBe("a");
    expect(bench.resultText(1000)).toBe("", "there is no second one");
    for (let part = 1; part < 50; part += 7) {
      bench.open('{"n":5,"$fields":["s","o.p","none","l"]}');
      expect(bench.resultText(part)).toBe('{"s":"hello","o.p":1,"l":[1,"x"]}');
    }
    bench.open('{"b":true,"$fields":["none"]}');
    expect(bench.resultText(100)).toBe("{}");
    bench.open('{"b":true}');
    expect(bench.resultText(5)).toBe('{"n":"5","b":true}');
  });

  it("B6: documents that stay as they are come exactly once, whatever changes meanwhile", () => {
    bench.index("n");
    fill(60, 3);
    const conditions: string[] = ['{"i":{"$gte":0}}', '{"n":1}', '{"n":{"$in":[0,1,2]}}', '{"$sort":{"i":1}}', '{"tags":"all"}'];
    for (let c = 0; c < conditions.length; c++) {
      bench.open(conditions[c]);
      let seen = "";
      for (let i = 0; bench.documents.query.next(10000) == Status.Ok; i++) {
        seen += bench.resultKey + " ";
        bench.put("a" + i.toString(), '{"n":1,"i":1000,"_tags":["all"]}');
        bench.remove("a" + (i - 1).toString());
        if (i > 200) break;
      }
      for (let i = 0; i < 60; i++) {
        const key = "k" + i.toString().padStart(5, "0");
        const times = seen.split(key).length - 1;
        expect(times).toBe(c == 1 && i % 3 != 1 ? 0 : 1, conditions[c] + " " + key);
      }
    }
  });

  it("S23, S24: a call looks at no more records than it may, and goes on where it was", () => {
    fill(50, 5);
    bench.budget = 7;
    expect(bench.ask('{"n":{"$gt":100}}')).toBe("");
    expect(bench.pauses).toBe(7);
    expect(countKeys(bench.ask('{"$sort":{"i":1}}'))).toBe(50);
  });

  it("booleans stand apart from numbers where the store says so", () => {
    bench.index("b");
    bench.put("a", '{"b":1}');
    bench.put("b", '{"b":true}');
    expect(bench.ask('{"b":1}')).toBe("a b");
    bench.strict(true);
    expect(bench.ask('{"b":1}')).toBe("a");
    expect(bench.ask('{"b":true}')).toBe("b");
    bench.strict(false);
  });
});
