import { Writer } from "../../../lib/bytes";
import { writeEscaped } from "../../../lib/json";
import { Kind, firstIn, kindAt, nextIn, skipSpace, valueOf } from "./jsonScan";
import { TextBytes } from "./jsonText";
import { TextView } from "./textView";

/** Most steps of a path (spec: 8). */
export const MAX_STEPS: i32 = 8;

const DOT: i32 = 0x2e;

const wanted = new TextBytes();
const name = new TextBytes();

/** A path as it is walked: names of members, one inside the other, joined by dots. Arrays have no members. */
export class Path {
  /** Offset of the name of the member that `enter` found, -1: there is none. */
  member: i32 = -1;
  /** The byte behind the step entered last: a dot, or -1 behind the last one. */
  private behind: i32 = -1;
  /** The step entered last, and the one to come. */
  private readonly step: TextBytes = new TextBytes();
  private readonly rest: TextBytes = new TextBytes();
  private opened: i32 = 0;

  /** Starts with the path that is the string at `at` of `paths`. */
  start(paths: TextView, at: i32): void {
    this.rest.start(paths, at);
  }

  get isLast(): bool {
    return this.behind < 0;
  }

  /** Takes the next step: offset of the value of the member of `object` that it names, -1: there is none. */
  enter(document: TextView, object: i32): i32 {
    let found = -1;
    this.member = -1;
    this.step.follow(this.rest);
    for (let member = firstIn(document, object); member >= 0;) {
      const value = valueOf(document, member);
      if (this.names(document, member)) {
        found = value;
        this.member = member;
      }
      member = nextIn(document, value);
    }
    do {
      this.behind = this.rest.next();
    } while (this.behind >= 0 && this.behind != DOT);
    return found;
  }

  private names(document: TextView, member: i32): bool {
    name.start(document, member);
    wanted.follow(this.step);
    while (true) {
      const byte = wanted.next();
      const other = name.next();
      if (byte < 0 || byte == DOT) return other < 0;
      if (byte != other) return false;
    }
  }

  /** Writes the step entered last as the name of a member, with its colon. */
  writeName(out: Writer): void {
    out.u8(0x22);
    for (let byte = this.step.next(); byte >= 0 && byte != DOT; byte = this.step.next()) writeEscaped(out, byte);
    out.u8(0x22);
    out.u8(0x3a);
  }

  /** Writes the steps to come as objects, each the only member of the one before. */
  writeRest(out: Writer): void {
    this.opened = 0;
    while (this.behind == DOT) {
      out.u8(0x7b);
      this.opened++;
      this.step.follow(this.rest);
      do {
        this.behind = this.rest.next();
      } while (this.behind >= 0 && this.behind != DOT);
      this.writeName(out);
    }
  }

  /** Closes the objects that writeRest opened. */
  closeRest(out: Writer): void {
    for (; this.opened > 0; this.opened--) out.u8(0x7d);
  }
}

const path = new Path();

/** Steps of the path that is the string at `at`: one more than its dots. */
export function countSteps(paths: TextView, at: i32): i32 {
  wanted.start(paths, at);
  let steps = 1;
  for (let byte = wanted.next(); byte >= 0; byte = wanted.next()) steps += i32(byte == DOT);
  return steps;
}

/** Offset of the value that the path at `at` of `paths` leads to, -1: there is none. */
export function lookUp(document: TextView, paths: TextView, at: i32): i32 {
  path.start(paths, at);
  let value = skipSpace(document, 0);
  do {
    if (kindAt(document, value) != Kind.Object) return -1;
    value = path.enter(document, value);
  } while (!path.isLast);
  return value;
}
