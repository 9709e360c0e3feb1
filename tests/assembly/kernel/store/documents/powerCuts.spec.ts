/** The power is cut in every program and erase of what documents do: each is wholly there or not at all, its index entries with it. */
import { Bench } from "./bench";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { CUT_KINDS, NorDevice } from "../../../../fakes/norDevice";
import { verifyDifference } from "../../../../fakes/storeModel";

const SECTOR_BYTES: i32 = 1024;
const SECTORS: i32 = 48;
const MEMTABLE: i32 = 288;
const DOCUMENTS: i32 = 12;
const BATCH: i32 = 20;
/** Rounds of one piece of work: enough for checkpoints and erases to fall into it. */
const ROUNDS: i32 = 8;

enum Work {
  Put,
  Patch,
  Batch,
  QueryAndChange,
}

function open(device: NorDevice): Bench {
  const store = new TreeStore(device, MEMTABLE);
  store.setTime(1000, 1700000000000);
  assert(store.mount() == Status.Ok, "mount");
  const bench = new Bench(store);
  bench.time(1700000000000);
  bench.declarePath("n");
  return bench;
}

function keyOf(i: i32): string {
  return "k" + i.toString().padStart(2, "0");
}

/** One round of work. Its status. */
function work(bench: Bench, kind: Work, round: i32): i32 {
  if (kind == Work.Put) {
    const document = place(`{"n":${100 + round},"i":0,"_tags":["changed"]}`, 8);
    const bytes = textBytes;
    return bench.documents.put(place(keyOf(round % DOCUMENTS), 0), 3, document, bytes, 0, 0, 500);
  }
  if (kind == Work.Patch) return bench.update(keyOf(round % DOCUMENTS), '{"$inc":{"n":1,"i":1},"$set":{"_tags":["patched"]}}');
  if (kind == Work.Batch) return batch(bench, round);
  bench.open('{"n":{"$gte":0}}');
  let status: i32 = Status.Ok;
  for (let i = 0; i < 3 && status == Status.Ok && bench.documents.query.next(1000) == Status.Ok; i++) {
    status = bench.update(bench.resultKey, '{"$inc":{"n":50,"i":1}}');
  }
  return status;
}

function batch(bench: Bench, round: i32): i32 {
  let status = bench.documents.beginBatch();
  for (let i = 0; i < BATCH && status >= 0; i++) {
    if (i < DOCUMENTS / 2) status = bench.remove(keyOf(i));
    else {
      const document = place(`{"n":${200 + round},"i":${round}}`, 8);
      const bytes = textBytes;
      status = bench.documents.put(place(keyOf(i), 0), 3, document, bytes, 0, 0, 0);
    }
  }
  return status < 0 ? status : bench.documents.endBatch();
}

const text = new StaticArray<u8>(128);
let textBytes: i32 = 0;

/** Writes a text into the buffer at `offset`. Its address. */
function place(source: string, offset: i32): usize {
  const at = changetype<usize>(text) + offset;
  textBytes = <i32>String.UTF8.encodeUnsafe(changetype<usize>(source), source.length, at, false);
  return at;
}

/** All documents, key and text. */
function content(bench: Bench): string {
  const keys = bench.ask("{}").split(" ");
  let all = "";
  for (let i = 0; i < keys.length; i++) all += keys[i] + "=" + bench.get(keys[i]) + ";";
  return all;
}

/** "" when what the indexes bring is what a look at every document brings. */
function indexDifference(bench: Bench): string {
  const questions: string[] = ['{"n":{"$gte":200}}', '{"n":102}', '{"tags":"changed"}', '{"tags":"patched"}'];
  for (let i = 0; i < questions.length; i++) {
    const indexed = bench.ask(questions[i]);
    // A condition that no index serves beside it, and the same answer: $or with what is never true.
    const looked = bench.ask(`{"$or":[{"$and":[${questions[i]},{"i":{"$gte":0}}]},{"i":"never"}]}`);
    if (indexed != looked) return questions[i] + ": " + indexed + " but " + looked;
  }
  return verifyDifference(bench.store);
}

/** Plays a kind of work with each cut there is in it. "" or the first that went wrong. */
function sweep(kind: Work): string {
  const base = new NorDevice(SECTOR_BYTES, SECTORS);
  let bench = open(base);
  bench.settle();
  for (let i = 0; i < DOCUMENTS; i++) assert(bench.put(keyOf(i), `{"n":${i},"i":0}`) == Status.Ok, "filled");
  bench.settle();
  const device = new NorDevice(SECTOR_BYTES, SECTORS);
  let cuts = 0;
  for (let operation = 1, isCut = true; isCut; operation++) {
    for (let cut = 0; cut < CUT_KINDS && isCut; cut++) {
      const id = "work " + kind.toString() + ", cut " + operation.toString() + ":" + cut.toString() + ": ";
      device.copyFrom(base);
      device.powerOn();
      bench = open(device);
      let before = content(bench);
      device.cutAfter(operation, cut);
      let round = 0;
      let refused = 0;
      let after = before;
      while (round < ROUNDS && !device.isOff) {
        before = after;
        const status = work(bench, kind, round);
        if (device.isOff) break;
        if (status == Status.NoSpace && refused++ < 20) {
          for (let i = 0; i < 200 && !device.isOff && bench.store.step(); i++) {}
          continue;
        }
        if (status < 0) return id + "status " + status.toString();
        after = content(bench);
        for (let i = 0; i < 200 && !device.isOff && bench.store.step(); i++) {}
        if (device.isOff) before = after;
        round++;
      }
      isCut = device.isOff;
      cuts += i32(isCut);
      device.powerOn();
      bench = open(device);
      const found = content(bench);
      const isWhole = found == before || found == after || isNext(device, before, kind, round, found);
      if (!isWhole) return id + "holds " + found + " not " + before;
      const difference = indexDifference(bench);
      if (difference != "") return id + difference;
      if (device.violation != "") return id + device.violation;
      bench.settle();
      if (bench.put("k99", "{}") != Status.Ok) return id + "takes nothing any more";
    }
  }
  trace("work, cuts", 2, kind, cuts);
  return cuts > 30 ? "" : "too few cuts: " + cuts.toString();
}

/** Whether what is found is what the work that was cut makes of what was there: played on a store in which nothing fails. */
function isNext(device: NorDevice, before: string, kind: Work, round: i32, found: string): bool {
  const whole = new NorDevice(SECTOR_BYTES, SECTORS);
  const bench = open(whole);
  bench.settle();
  const list = before.split(";");
  for (let i = 0; i < list.length - 1; i++) {
    const at = list[i].indexOf("=");
    bench.put(list[i].substring(0, at), list[i].substring(at + 1));
  }
  if (kind == Work.QueryAndChange) {
    // Three changes, one by one: any of them may be the last.
    const keys = bench.ask('{"n":{"$gte":0}}').split(" ");
    for (let i = 0; i < 3; i++) {
      bench.update(keys[i], '{"$inc":{"n":50,"i":1}}');
      if (content(bench) == found) return true;
    }
    return false;
  }
  work(bench, kind, round);
  return content(bench) == found;
}

describe("assembly/kernel/store/documents, the power cut in every program and erase", () => {
  it("of a put with its indexes", () => {
    expect(sweep(Work.Put)).toBe("");
  });

  it("of a patch", () => {
    expect(sweep(Work.Patch)).toBe("");
  });

  it("of a batch of 20 puts and removals", () => {
    expect(sweep(Work.Batch)).toBe("");
  });

  it("of a query whose results are changed meanwhile", () => {
    expect(sweep(Work.QueryAndChange)).toBe("");
  });
});
