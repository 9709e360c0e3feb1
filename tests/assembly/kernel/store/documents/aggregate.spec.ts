import { Bench } from "./bench";
import { MapStore } from "../../../../fakes/mapStore";
import { Aggregate } from "../../../../../assembly/kernel/store/documents/aggregate";
import { TextView } from "../../../../../assembly/kernel/store/documents/textView";
import { Status } from "../../../../../assembly/lib/status";

const paths = new TextView();
let pathBytes = new ArrayBuffer(0);

function aggregate(bench: Bench, condition: string, path: string): Aggregate {
  const found = new Aggregate(bench.documents.query);
  pathBytes = String.UTF8.encode(`"${path}"`);
  paths.reset(changetype<usize>(pathBytes), pathBytes.byteLength);
  const bytes = String.UTF8.encode(condition);
  let status = found.open(changetype<usize>(bytes), bytes.byteLength, path.length == 0 ? null : paths, 0);
  expect(status).toBe(Status.Ok);
  do status = found.step(3);
  while (status == Status.Busy);
  expect(status).toBe(Status.Ok);
  return found;
}

describe("assembly/kernel/store/documents/aggregate", () => {
  it("B7: counts, and sums up the numbers of a path", () => {
    const bench = new Bench(new MapStore());
    bench.index("n");
    for (let i = 0; i < 20; i++) bench.put("k" + i.toString(), `{"n":${i - 5}}`);
    bench.put("x", '{"n":"text"}');
    bench.put("y", '{"n":true}');
    bench.put("z", "{}");
    const all = aggregate(bench, "{}", "n");
    expect(all.count).toBe(23);
    expect(all.numbers).toBe(20);
    expect(all.min.integer).toBe(-5);
    expect(all.max.integer).toBe(14);
    expect(all.sum.integer).toBe(90);
    expect(all.average).toBe(4.5);
    const some = aggregate(bench, '{"n":{"$gt":10}}', "n");
    expect(some.count).toBe(4);
    expect(some.sum.integer).toBe(50);
    expect(aggregate(bench, '{"n":{"$in":[1,1.0,2]}}', "").count).toBe(3, "true is 1");
  });

  it("takes those results that come first, where not all count, whatever is indexed", () => {
    for (let isIndexed = 0; isIndexed < 2; isIndexed++) {
      const bench = new Bench(new MapStore());
      if (isIndexed == 1) bench.index("n");
      for (let i = 0; i < 10; i++) bench.put("k" + i.toString(), `{"n":${9 - i}}`);
      expect(aggregate(bench, '{"$sort":{"n":1},"$limit":3}', "n").sum.integer).toBe(0 + 1 + 2);
      expect(aggregate(bench, '{"$sort":{"n":-1},"$skip":8}', "n").sum.integer).toBe(1 + 0);
      expect(aggregate(bench, '{"n":{"$gte":0},"$limit":2}', "n").sum.integer).toBe(9 + 8, "by key");
      expect(aggregate(bench, '{"n":{"$gte":3},"$skip":5}', "n").sum.integer).toBe(4 + 3, "by key");
    }
  });

  it("sums stay exact as long as 64 bits hold them", () => {
    const bench = new Bench(new MapStore());
    bench.put("a", '{"n":9223372036854775806}');
    bench.put("b", '{"n":1}');
    expect(aggregate(bench, "{}", "n").sum.integer).toBe(i64.MAX_VALUE);
    bench.put("c", '{"n":1}');
    const over = aggregate(bench, "{}", "n");
    expect(over.sum.isInteger).toBeFalsy();
    expect(over.sum.float).toBe(9223372036854775808.0);
    bench.put("d", '{"n":0.5}');
    expect(aggregate(bench, '{"n":{"$lt":2}}', "n").sum.float).toBe(2.5);
  });

  it("of nothing the average is no number", () => {
    const none = aggregate(new Bench(new MapStore()), "{}", "n");
    expect(none.count).toBe(0);
    expect(isNaN(none.average)).toBeTruthy();
  });
});
