/** Keeps a number in three documents, in one batch, and tells after each start what it finds of them by key, index and tag. */
import { Client, Database, Status, configInteger, every, log } from "wasmote";

/** The last numbers have a document each. */
const ROWS: i32 = 12;

const database = new Database();
let number: i32 = 0;

@payload
class Entry {
  n: i32 = 0;
}

@tether({ writeOffline: true })
function entry(out: Entry): void {
  out.n = number;
}

/** The number in a document, which may have tags before it; 0: there is none. */
function numberIn(key: string): i32 {
  if (database.get(key) <= 0) return 0;
  const text = database.text();
  return <i32>parseInt(text.substring(text.indexOf('"n":') + 4));
}

function matches(condition: string): i32 {
  let count = 0;
  database.query(condition);
  while (database.next()) count++;
  return count;
}

function tagOf(n: i32): string {
  return n % 2 == 1 ? "odd" : "even";
}

function keep(): void {
  const n = number + 1;
  const document = `{"n":${n}}`;
  database.beginBatch();
  database.put("left", document);
  database.put("right", document);
  database.put(`row/${n % ROWS}`, document, 0, `["${tagOf(n)}"]`);
  if (database.commitBatch() != Status.Ok) return;
  number = n;
  log(`kept ${n}`);
  entry();
}

export function setup(): void {
  new Client().start();
  database.index("n");
  number = numberIn("left");
  const row = numberIn(`row/${number % ROWS}`);
  log(`found ${number} ${numberIn("right")} ${row} ${matches(`{"n":${number}}`)} ${matches(`{"tags":"${tagOf(number)}"}`)}`);
  every(configInteger("app.intervalMs", 100), keep);
}
