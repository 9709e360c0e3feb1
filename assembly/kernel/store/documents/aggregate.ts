import { Status } from "../../../lib/status";
import { JsonNumber, compareNumbers } from "./jsonNumber";
import { Kind, kindAt } from "./jsonScan";
import { lookUp } from "./path";
import { Query } from "./query";
import { TextView } from "./textView";

const number = new JsonNumber();

/** Counts the results of a query and, over one path, sums up the numbers it leads to; other values do not count there. */
export class Aggregate {
  /** Documents, and numbers among them. */
  count: i32 = 0;
  numbers: i32 = 0;
  /** Over the numbers; when there are none, sum is 0 and the others mean nothing. */
  readonly min: JsonNumber = new JsonNumber();
  readonly max: JsonNumber = new JsonNumber();
  /** An integer as long as all are and 64 bits hold it. */
  readonly sum: JsonNumber = new JsonNumber();
  private paths: TextView | null = null;
  private path: i32 = 0;

  constructor(private readonly query: Query) {}

  /** Begins over the condition u8[len] and the path that is the string at `path` of `paths`; null: only to count. As Query.open. */
  open(condition: usize, len: i32, paths: TextView | null, path: i32): i32 {
    this.count = 0;
    this.numbers = 0;
    this.sum.setInteger(0);
    this.paths = paths;
    this.path = path;
    return this.query.open(condition, len, false);
  }

  /** Goes on over at most `budget` records. Ok: it is done. Busy: ask again. Closed, Io. */
  step(budget: i32): i32 {
    while (budget > 0) {
      const status = this.query.next(budget);
      if (status < 0) return status == Status.NotFound ? Status.Ok : status;
      budget--;
      this.count++;
      const paths = this.paths;
      if (paths) this.take(paths);
    }
    return Status.Busy;
  }

  private take(paths: TextView): void {
    const document = this.query.result;
    const value = lookUp(document, paths, this.path);
    if (kindAt(document, value) != Kind.Number) return;
    number.read(document, value);
    this.sum.add(number);
    if (this.numbers++ == 0 || compareNumbers(number, this.min) < 0) this.min.copy(number);
    if (this.numbers == 1 || compareNumbers(number, this.max) > 0) this.max.copy(number);
  }

  /** NaN when there are no numbers. */
  get average(): f64 {
    return this.sum.float / <f64>this.numbers;
  }
}
