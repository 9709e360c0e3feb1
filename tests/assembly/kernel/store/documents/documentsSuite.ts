import { Bench, freshBench } from "./bench";
import { Status } from "../../../../../assembly/lib/status";

let bench = freshBench();

function begin(): void {
  bench = freshBench();
  bench.time(1732374523000);
}

function ofLength(length: i32): string {
  return '{"t":"' + "x".repeat(length - 8) + '"}';
}

describe("assembly/kernel/store/documents/documents", () => {
  beforeEach(begin);
  afterEach(() => {
    expect(bench.violation).toBe("");
  });

  it("keeps any JSON value, byte for byte", () => {
    const values: string[] = ['{"a":1}', "[1,2]", '"text"', "5", "5.0", "true", "null", ' { "a" : [ ] } ', '{"é":"\\u00e9"}'];
    for (let i = 0; i < values.length; i++) {
      expect(bench.put("k", values[i])).toBe(Status.Ok, values[i]);
      expect(bench.get("k")).toBe(values[i]);
    }
  });

  it("S12: what is no JSON is refused and leaves what was there", () => {
    bench.put("k", "1");
    const wrong: string[] = [
      "",
      "{",
      "{'a':1}",
      '{"a":1,}',
      "01",
      "nul",
      '"\\x"',
      '"\\ud800"',
      "[1}",
      "1 2",
      '{"a" 1}',
      "{1:2}",
      "+1",
      ".5",
      "1.",
      "NaN",
      '"\n"',
    ];
    for (let i = 0; i < wrong.length; i++) {
      expect(bench.put("k", wrong[i])).toBe(Status.Invalid, wrong[i]);
      expect(bench.get("k")).toBe("1");
    }
  });

  it("accepts 8192 bytes and refuses 8193 with their size and the limit", () => {
    expect(bench.put("k", ofLength(8192))).toBe(Status.Ok);
    expect(bench.get("k").length).toBe(8192);
    expect(bench.put("l", ofLength(8193))).toBe(Status.TooLarge);
    expect(bench.errorText(Status.TooLarge)).toBe("Data too large: maximum size is 8KB after JSON serialization (limit 8192, size 8193)");
    // Tags count.
    expect(bench.put("l", ofLength(8192), 0, '["a"]')).toBe(Status.TooLarge);
    expect(bench.get("l")).toBe("-6");
  });

  it("takes a larger limit, up to 64 KiB", () => {
    bench.documents.limitBytes = 65535;
    expect(bench.put("k", ofLength(24000))).toBe(Status.Ok);
    expect(bench.get("k").length).toBe(24000);
    expect(bench.put("k", ofLength(65536))).toBe(Status.TooLarge);
  });

  it("S16: keys are 1 to 64 bytes of UTF-8, the same in every call", () => {
    const wrong: string[] = ["\u0001a", "x".repeat(65), "é".repeat(33)];
    for (let i = 0; i < wrong.length; i++) {
      expect(bench.put(wrong[i], "1")).toBe(Status.Invalid, wrong[i]);
      expect(bench.get(wrong[i])).toBe("-1");
      expect(bench.remove(wrong[i])).toBe(Status.Invalid);
      expect(bench.update(wrong[i], "{}")).toBe(Status.Invalid);
      expect(bench.touch(wrong[i], 1)).toBe(Status.Invalid);
      expect(bench.ttl(wrong[i])).toBe(Status.Invalid);
    }
    expect(bench.put("é".repeat(32), "1")).toBe(Status.Ok);
    expect(bench.get("")).toBe("-1");
  });

  it("W, S8: generated keys are <seconds>:<ttl>:<counter>, in order", () => {
    let before = "";
    for (let i = 0; i < 120; i++) {
      expect(bench.put("", "1", 60)).toBe(Status.Ok);
      expect(bench.lastKey).toBe("1732374523:60:" + i.toString().padStart(5, "0"));
      expect(bench.lastKey > before).toBeTruthy();
      before = bench.lastKey;
    }
    expect(bench.put("", "1")).toBe(Status.Ok);
    expect(bench.lastKey).toBe("1732374523:0:00120");
  });

  it("S7: a generated key that is taken is not used", () => {
    bench.put("1732374523:0:00001", '"mine"');
    expect(bench.put("", "2")).toBe(Status.Ok);
    expect(bench.lastKey).toBe("1732374523:0:00002");
    expect(bench.get("1732374523:0:00001")).toBe('"mine"');
  });

  it("generated keys go on behind a restart within the same second", () => {
    bench.put("", "1");
    const key = bench.lastKey;
    const second = new Bench(bench.store);
    second.time(1732374523000);
    second.put("", "2");
    expect(second.lastKey > key).toBeTruthy();
    expect(second.get(key)).toBe("1");
  });

  it("S4: a TTL that is none is refused before any write", () => {
    expect(bench.put("k", "1", -1)).toBe(Status.Invalid);
    expect(bench.get("k")).toBe("-6");
    expect(bench.put("", "1", i32.MIN_VALUE)).toBe(Status.Invalid);
    expect(bench.ask("{}")).toBe("");
    expect(bench.put("k", "1", i32.MAX_VALUE)).toBe(Status.Ok);
  });

  it("S2, S3: expiry is the record's, whatever the key looks like, and a new TTL replaces the old one", () => {
    bench.put("12:34:x", "1");
    bench.put("k", "1", 5);
    bench.put("k", "2", 500);
    bench.time(1732374523000 + 100000);
    expect(bench.get("12:34:x")).toBe("1");
    expect(bench.get("k")).toBe("2");
    bench.put("k", "3");
    bench.time(1732374523000 + 1000000);
    expect(bench.get("k")).toBe("3");
  });

  it("S1, S1b, S1c: in the second of its expiry a document is gone for every read, and the sweep removes it", () => {
    bench.put("k", '{"a":1}', 10);
    bench.put("l", '{"a":1}');
    bench.time(1732374523000 + 9999);
    expect(bench.ask('{"a":1}')).toBe("k l");
    expect(bench.ttl("k")).toBe(1);
    bench.time(1732374523000 + 10000);
    expect(bench.get("k")).toBe("-6");
    expect(bench.ask("{}")).toBe("l");
    expect(bench.remove("k")).toBe(0);
    expect(bench.touch("k", 5)).toBe(Status.NotFound);
    expect(bench.documents.cleanup(10)).toBe(1, "cleanup counts what it removed");
    expect(bench.documents.cleanup(10)).toBe(0);
  });

  it("touch and ttl", () => {
    bench.put("k", "1");
    expect(bench.ttl("k")).toBe(-1);
    expect(bench.touch("k", 20)).toBe(Status.Ok);
    expect(bench.ttl("k")).toBe(20);
    expect(bench.touch("k", 0)).toBe(Status.Ok);
    expect(bench.ttl("k")).toBe(-1);
    expect(bench.touch("k", -2)).toBe(Status.Invalid);
    expect(bench.touch("none", 2)).toBe(Status.NotFound);
    expect(bench.ttl("none")).toBe(Status.NotFound);
  });

  it("W: tags go into the document as _tags, in the place of those it has", () => {
    bench.put("k", '{"a":1}', 0, '["x","y"]');
    expect(bench.get("k")).toBe('{"_tags":["x","y"],"a":1}');
    bench.put("k", '{"_tags":["z"],"a":1}', 0, '["x"]');
    expect(bench.get("k")).toBe('{"_tags":["x"],"a":1}');
    bench.put("k", "{ }", 0, '["x"]');
    expect(bench.get("k")).toBe('{"_tags":["x"] }');
    expect(bench.ask('{"tags":"x"}')).toBe("k");
    expect(bench.ask('{"tags":"z"}')).toBe("");
  });

  it("W: no tags, null and an empty list store nothing", () => {
    const none: string[] = ["", "null", "[]", " [ ] "];
    for (let i = 0; i < none.length; i++) {
      expect(bench.put("k", '{"a":1}', 0, none[i])).toBe(Status.Ok);
      expect(bench.get("k")).toBe('{"a":1}');
    }
  });

  it("W: a text in the place of the list of tags matches by its parts", () => {
    bench.put("k", '{"a":1}', 0, '"red,green"');
    bench.put("l", '{"a":1}', 0, '["green"]');
    expect(bench.ask('{"tags":"green"}')).toBe("k l");
    expect(bench.ask('{"tags":"gree"}')).toBe("k");
  });

  it("refuses tags on what is no object, and more or longer ones than stated", () => {
    expect(bench.put("k", "[1]", 0, '["x"]')).toBe(Status.Invalid);
    expect(bench.put("k", "{}", 0, "5")).toBe(Status.Invalid);
    expect(bench.put("k", "{}", 0, "[5]")).toBe(Status.Invalid);
    expect(bench.put("k", "{}", 0, '["x"')).toBe(Status.Invalid);
    expect(bench.put("k", "{}", 0, '["x"],"a":true')).toBe(Status.Invalid);
    expect(bench.put("k", "{}", 0, '"x","a":true')).toBe(Status.Invalid);
    expect(bench.get("k")).toBe("-6");
    const sixteen = '"0","1","2","3","4","5","6","7","8","9","a","b","c","d","e","f"';
    expect(bench.put("k", "{}", 0, "[" + sixteen + "]")).toBe(Status.Ok);
    expect(bench.put("k", "{}", 0, "[" + sixteen + ',"g"]')).toBe(Status.TooLarge);
    expect(bench.put("k", "{}", 0, '["' + "x".repeat(32) + '"]')).toBe(Status.Ok);
    expect(bench.put("k", "{}", 0, '["' + "x".repeat(33) + '"]')).toBe(Status.TooLarge);
    expect(bench.put("k", '{"_tags":["' + "é".repeat(17) + '"]}')).toBe(Status.TooLarge);
  });

  it("S15: what the caller passed is left as it was", () => {
    const document = String.UTF8.encode('{"a":1}');
    const tags = String.UTF8.encode('["x"]');
    bench.documents.put(changetype<usize>(String.UTF8.encode("k")), 1, changetype<usize>(document), 7, changetype<usize>(tags), 5, 0);
    expect(String.UTF8.decode(document)).toBe('{"a":1}');
    expect(String.UTF8.decode(tags)).toBe('["x"]');
  });

  it("S18: not found, closed and busy are three things", () => {
    expect(bench.get("k")).toBe("-6");
    expect(bench.begin("k", 2)).toBe(Status.Ok);
    expect(bench.put("l", "1")).toBe(Status.Busy);
    expect(bench.remove("l")).toBe(Status.Busy);
    expect(bench.documents.purge()).toBe(Status.Busy);
    bench.documents.close();
    bench.documents.close();
    expect(bench.get("k")).toBe("-7");
    expect(bench.put("k", "1")).toBe(Status.Closed);
    expect(bench.remove("k")).toBe(Status.Closed);
    expect(bench.documents.cleanup(1)).toBe(Status.Closed);
    bench.documents.open();
    expect(bench.put("k", "1")).toBe(Status.Ok);
  });

  it("writes a document in parts, and forgets it when a part is wrong", () => {
    expect(bench.begin("k", 9)).toBe(Status.Ok);
    expect(bench.write('{"a"')).toBe(Status.Ok);
    expect(bench.write(':"é')).toBe(Status.Ok);
    expect(bench.documents.commit()).toBe(Status.Invalid);
    expect(bench.get("k")).toBe("-6");
    expect(bench.begin("k", 10)).toBe(Status.Ok);
    expect(bench.write('{"a"')).toBe(Status.Ok);
    expect(bench.write(':"é"}')).toBe(Status.Ok);
    expect(bench.documents.commit()).toBe(Status.Ok);
    expect(bench.get("k")).toBe('{"a":"é"}');
    expect(bench.begin("k", 10)).toBe(Status.Ok);
    expect(bench.write('{"a",')).toBe(Status.Invalid);
    expect(bench.write("1")).toBe(Status.Invalid);
    expect(bench.get("k")).toBe('{"a":"é"}');
    expect(bench.put("l", "1")).toBe(Status.Ok);
  });

  it("counts what a removal found, and purge empties the store", () => {
    bench.put("k", "1");
    expect(bench.remove("k")).toBe(1);
    expect(bench.remove("k")).toBe(0);
    bench.putVectors();
    expect(bench.documents.purge()).toBe(Status.Ok);
    expect(bench.ask("{}")).toBe("");
  });
});
