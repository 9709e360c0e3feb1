import { Status } from "../../../lib/status";
import { KEY_MAX } from "../item";
import { Documents } from "./documents";
import { JsonCheck, MAX_NESTING } from "./jsonCheck";
import { JsonNumber } from "./jsonNumber";
import { Kind, firstIn, kindAt, nextIn, skipSpace, skipValue, valueOf } from "./jsonScan";
import { TextBytes, equalsLiteral } from "./jsonText";
import { TextView } from "./textView";

const line = new TextView();
const check = new JsonCheck();
check.levels = MAX_NESTING + 1;
const number = new JsonNumber();
const characters = new TextBytes();
const key: usize = memory.data(64, 1);

/**
 * Puts the document of one line of an export (resultText.ts), u8[len], under its key and with what is left of its time.
 * Ok; Expired (its time is up), Busy (when that is cannot be told before the time of day is known), Invalid (no such line), and what
 * Documents.put answers.
 */
export function importLine(documents: Documents, src: usize, len: i32): i32 {
  check.reset();
  let status = check.feed(src, len);
  if (status >= 0) status = check.finish();
  if (status < 0 || !check.isObject) return min<i32>(status, Status.Invalid);
  line.reset(src, len);
  const name = member("key");
  const document = member("document");
  if (kindAt(line, name) != Kind.Text || document < 0) return Status.Invalid;
  const keyBytes = decode(name);
  if (keyBytes == 0) return Status.Invalid;
  let seconds = whole(member("ttl"));
  const expiry = member("expiry");
  if (kindAt(line, expiry) != Kind.Null) {
    const expiresAt = whole(expiry);
    if (expiresAt >= 0 && !documents.knowsTimeOfDay) return Status.Busy;
    if (expiresAt >= 0 && expiresAt <= documents.seconds) return Status.Expired;
    seconds = expiresAt < 0 ? -1 : expiresAt - documents.seconds;
  }
  if (seconds < 0 || seconds > i32.MAX_VALUE) return Status.Invalid;
  return documents.put(key, keyBytes, src + document, skipValue(line, document) - document, 0, 0, <i32>seconds);
}

function member(name: string): i32 {
  let found = -1;
  for (let each = firstIn(line, skipSpace(line, 0)); each >= 0;) {
    const value = valueOf(line, each);
    if (equalsLiteral(line, each, name)) found = value;
    each = nextIn(line, value);
  }
  return found;
}

/** Bytes of the key in UTF-8; more than any key has when it is too long. */
function decode(at: i32): i32 {
  characters.start(line, at);
  let length = 0;
  for (let byte = characters.next(); byte >= 0; byte = characters.next()) {
    if (length < KEY_MAX) store<u8>(key + length, byte);
    length++;
  }
  return length;
}

/** Seconds; 0 for null, i64.MIN_VALUE for what is no count of them. */
function whole(at: i32): i64 {
  const kind = kindAt(line, at);
  if (kind == Kind.Null) return 0;
  if (kind != Kind.Number) return i64.MIN_VALUE;
  number.read(line, at);
  return number.isInteger && number.integer >= 0 ? number.integer : i64.MIN_VALUE;
}
