import { Bench, freshBench } from "./bench";
import { DocumentError } from "../../../../../assembly/kernel/store/documents/errors";
import { Status } from "../../../../../assembly/lib/status";

let bench = freshBench();

function begin(): void {
  bench = freshBench();
  bench.time(1732374523000);
}

describe("assembly/kernel/store/documents/lists", () => {
  beforeEach(begin);
  afterEach(() => {
    expect(bench.violation).toBe("");
  });

  it("S7: a batch gives one key for each document, all different, in order", () => {
    let list = "[";
    for (let i = 0; i < 60; i++) list += (i > 0 ? "," : "") + '{"i":' + i.toString() + "}";
    const keys = bench.putBatch(list + "]").split(" ");
    expect(keys.length).toBe(60);
    for (let i = 0; i < 60; i++) {
      expect(bench.get(keys[i])).toBe('{"i":' + i.toString() + "}");
      if (i > 0) expect(keys[i] > keys[i - 1]).toBeTruthy();
    }
    bench.put("", "1");
    expect(bench.lastKey > keys[59]).toBeTruthy();
  });

  it("an empty list is no error", () => {
    expect(bench.putBatch("[]")).toBe("");
    expect(bench.putBatch("[]", "[]")).toBe("");
    expect(bench.put("k", "1")).toBe(Status.Ok);
  });

  it("TTLs: one for all, or one each; fractions are rounded up", () => {
    expect(bench.putBatch("[{},{}]", "2.1")).toBe("1732374523:3:00000 1732374523:3:00001");
    expect(bench.putBatch("[{},{}]", "[0,7]")).toBe("1732374523:0:00002 1732374523:7:00003");
    expect(bench.putBatch("[{}]", "null")).toBe("1732374523:0:00004");
    expect(bench.ttl("1732374523:3:00001")).toBe(3);
    expect(bench.putBatch("[{}]", "2147483647")).toBe("1732374523:2147483647:00005");
    expect(bench.ttl("1732374523:2147483647:00005")).toBe(2147483647);
  });

  it("S4: wrong TTLs are refused with the texts of the specification, and nothing is stored", () => {
    expect(bench.putBatch("[{},{}]", "[1]")).toBe("-1");
    expect(bench.errorText(Status.Invalid)).toBe("TTL list must match the number of items");
    expect(bench.putBatch("[{}]", "[1,2]")).toBe("-1");
    expect(bench.errorText(Status.Invalid)).toBe("TTL list must match the number of items");
    const wrong: string[] = ['"5"', "-0.5", "[1,-0.1]", "{}", "true", "[null,1]", '[1,"2"]', "-1", "[1,-1]", "2147483648", "1e300"];
    for (let i = 0; i < wrong.length; i++) {
      expect(bench.putBatch("[{},{}]", wrong[i])).toBe("-1", wrong[i]);
      expect(bench.documents.error).toBe(DocumentError.TtlType);
      expect(bench.errorText(Status.Invalid)).toBe("TTL must be an integer, float, or list of numbers");
    }
    expect(bench.ask("{}")).toBe("");
    expect(bench.putBatch("[{}]")).toBe("1732374523:0:00000", "the store is usable");
  });

  it("documents in a list are nested as deep as alone", () => {
    const deep = '{"a":' + "[".repeat(15) + "]".repeat(15) + "}";
    expect(bench.get(bench.putBatch(`[${deep}]`))).toBe(deep);
    expect(bench.putBatch('[{"a":' + deep + "}]")).toBe("-12");
    expect(bench.putBatch('[{"a":{"a":' + deep + "}}]")).toBe("-12");
  });

  it("S5, S6: one document that is none, or too large, and none is stored", () => {
    expect(bench.putBatch("[{},5,{}]")).toBe("-1");
    expect(bench.putBatch('[{},{"_tags":5}]')).toBe("-1");
    bench.documents.limitBytes = 20;
    expect(bench.putBatch('[{"a":1},{"a":"xxxxxxxxxxxxxxxxxxxxxxxx"},{}]')).toBe("-12");
    expect(bench.putBatch("{}")).toBe("-1");
    expect(bench.putBatch("[{}")).toBe("-1");
    expect(bench.ask("{}")).toBe("");
    expect(bench.put("k", "1")).toBe(Status.Ok);
  });

  it("S5: a store that fails half-way keeps nothing of the batch", () => {
    if (!bench.failNextCommit(Status.NoSpace)) return;
    expect(bench.putBatch("[{},{}]")).toBe("-3");
    expect(bench.ask("{}")).toBe("");
    expect(bench.putBatch("[{},{}]")).toBe("1732374523:0:00000 1732374523:0:00001");
  });

  it("S16: deletes a list of keys together and counts those that existed", () => {
    bench.putVectors();
    expect(bench.deleteBatch("a x c a")).toBe(2);
    expect(bench.ask("{}")).toBe("b");
    expect(bench.deleteBatch("b \u0001")).toBe(Status.Invalid);
    expect(bench.ask("{}")).toBe("b", "all or nothing");
    expect(bench.deleteBatch("b")).toBe(1);
  });

  it("B9: puts, changes and removals in one batch", () => {
    bench.putVectors();
    const documents = bench.documents;
    expect(documents.beginBatch()).toBe(Status.Ok);
    expect(documents.beginBatch()).toBe(Status.Busy);
    expect(bench.touch("a", 5)).toBe(Status.Busy);
    expect(documents.cleanup(5)).toBe(Status.Busy);
    expect(documents.purge()).toBe(Status.Busy);
    expect(bench.put("d", "1")).toBe(Status.Ok);
    expect(bench.update("a", '{"$set":{"n":9}}')).toBe(Status.Ok);
    expect(bench.remove("b")).toBe(1);
    expect(bench.ask('{"n":9}')).toBe("");
    expect(documents.endBatch()).toBe(Status.Ok);
    expect(bench.ask("{}")).toBe("a c d");
    expect(bench.ask('{"n":9}')).toBe("a");
    expect(documents.endBatch()).toBe(Status.Invalid);
  });

  it("a wrong document ends the batch begun, and all of it is forgotten", () => {
    const documents = bench.documents;
    documents.beginBatch();
    expect(bench.put("d", "1")).toBe(Status.Ok);
    expect(bench.put("e", "{")).toBe(Status.Invalid);
    expect(documents.endBatch()).toBe(Status.Invalid);
    expect(bench.ask("{}")).toBe("");
  });
});
