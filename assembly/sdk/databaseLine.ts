import { Status } from "../lib/status";
import { now } from "./clock";

const QUOTE: i32 = 0x22;
const BACKSLASH: i32 = 0x5c;
const LETTER_U: i32 = 0x75;

/**
 * A line of an export that is longer than one call takes: its parts, as new strings. In the form in which exports have them alone.
 * Names are written where they are used: as constants of this file they would lie in the memory of each app, whether it imports lines or not.
 */
export class ExportedLine {
  key: string = "";
  document: string = "";
  ttlSeconds: f64 = 0;

  /** Ok; Expired; Busy (its expiry cannot be told before the time of day is known); TooLarge: it is of another form. */
  read(line: string): Status {
    const last = line.lastIndexOf("}");
    let at = line.startsWith('{"key":"') ? this.readKey(line, 7) : -1;
    const isExpiry = isAt(line, at, ',"expiry":');
    if (at < 0 || !(isExpiry || isAt(line, at, ',"ttl":'))) return Status.TooLarge;
    at = line.indexOf(":", at) + 1;
    const document = ',"document":';
    const end = line.indexOf(document, at);
    if (end < 0 || last <= end) return Status.TooLarge;
    this.document = line.substring(end + document.length, last);
    this.ttlSeconds = 0;
    return isAt(line, at, "null") ? Status.Ok : this.setTime(line, at, end, isExpiry);
  }

  private setTime(line: string, at: i32, end: i32, isExpiry: bool): Status {
    let seconds: i64 = 0;
    for (; at < end; at++) {
      const digit = line.charCodeAt(at) - 48;
      if (<u32>digit > 9 || seconds > <i64>u32.MAX_VALUE) return Status.Invalid;
      seconds = 10 * seconds + digit;
    }
    if (isExpiry) {
      if (now() < 0) return Status.Busy;
      seconds -= now() / 1000;
      if (seconds <= 0) return Status.Expired;
    }
    this.ttlSeconds = <f64>seconds;
    return Status.Ok;
  }

  /** Reads the string whose opening quote is at `at`. Where it ends, -1: it is none. */
  private readKey(line: string, at: i32): i32 {
    let key = "";
    while (++at < line.length) {
      const unit = line.charCodeAt(at);
      if (unit == QUOTE) {
        this.key = key;
        return key.length > 0 ? at + 1 : -1;
      }
      if (unit != BACKSLASH) key += String.fromCharCode(unit);
      else if (line.charCodeAt(++at) == LETTER_U) {
        key += String.fromCharCode(I32.parseInt(line.substr(at + 1, 4), 16));
        at += 4;
      } else if (line.charCodeAt(at) == QUOTE || line.charCodeAt(at) == BACKSLASH) key += line.charAt(at);
      else return -1;
    }
    return -1;
  }
}

function isAt(line: string, at: i32, text: string): bool {
  return line.substr(max(at, 0), text.length) == text;
}
