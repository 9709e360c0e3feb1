import { Writer, equalBytes } from "../../../lib/bytes";
import { Status } from "../../../lib/status";
import { ANY_VERSION } from "../item";
import { Documents } from "./documents";
import { DocumentError } from "./errors";
import { JsonCheck, MAX_NESTING } from "./jsonCheck";
import { JsonNumber } from "./jsonNumber";
import { Kind, firstIn, kindAt, nextBehind, nextIn, skipSpace, skipValue } from "./jsonScan";
import { TextView } from "./textView";

const items = new TextView();
const ttls = new TextView();
const check = new JsonCheck();
check.levels = MAX_NESTING + 1;
const number = new JsonNumber();

/** Whole seconds, fractions rounded up, of the number at `at`; -1: no TTL (spec: 0 to 2^31 - 1). */
export function readTtl(view: TextView, at: i32): i32 {
  if (kindAt(view, at) != Kind.Number) return -1;
  number.read(view, at);
  const seconds = Math.ceil(number.float);
  return number.float >= 0 && seconds <= <f64>i32.MAX_VALUE ? <i32>seconds : -1;
}

/**
 * Puts all documents of a list, u8[len], JSON, under generated keys, or none. ttl: u8[ttlBytes], JSON: nothing or null for
 * none, a number for all, or a list with one number each. keys: takes `u8 length, u8[length]` for each document in order.
 * How many; Invalid (no list of objects, a TTL, see documents.error), TooLarge (a document, or the keys), Busy, NoSpace.
 */
export function putBatch(documents: Documents, src: usize, len: i32, ttl: usize, ttlBytes: i32, keys: Writer): i32 {
  documents.error = DocumentError.None;
  let status = documents.beginBatch();
  if (status < 0) return status;
  status = checkLists(documents, src, len, ttl, ttlBytes);
  let count = 0;
  let each = skipSpace(ttls, 0);
  const isList = kindAt(ttls, each) == Kind.Array;
  if (isList) each = firstIn(ttls, each);
  if (status >= 0) {
    for (let item = firstIn(items, skipSpace(items, 0)); item >= 0 && status >= 0; count++) {
      const end = skipValue(items, item);
      const seconds = kindAt(ttls, each) == Kind.Null ? 0 : readTtl(ttls, each);
      status = kindAt(items, item) != Kind.Object ? Status.Invalid : documents.put(0, 0, src + item, end - item, 0, 0, seconds);
      if (status >= 0) {
        keys.u8(documents.keyBytes);
        keys.bytes(changetype<usize>(documents.key), documents.keyBytes);
        if (keys.isBroken) status = Status.TooLarge;
      }
      item = nextBehind(items, end);
      if (isList) each = nextIn(ttls, each);
    }
  }
  if (status >= 0) status = documents.endBatch();
  if (status >= 0) return count;
  documents.cancelBatch();
  return status;
}

/** Sets `items` and `ttls`. Ok, Invalid with the document's error set: every TTL is looked at before anything is written. */
function checkLists(documents: Documents, src: usize, len: i32, ttl: usize, ttlBytes: i32): i32 {
  items.reset(src, len);
  ttls.reset(ttl, ttlBytes);
  const status = isJson(src, len);
  if (status < 0 || kindAt(items, skipSpace(items, 0)) != Kind.Array) return min<i32>(status, Status.Invalid);
  documents.error = DocumentError.TtlType;
  if (ttlBytes > 0 && isJson(ttl, ttlBytes) < 0) return Status.Invalid;
  const first = skipSpace(ttls, 0);
  const kind = kindAt(ttls, first);
  if (kind == Kind.Array) {
    let item = firstIn(items, skipSpace(items, 0));
    let each = firstIn(ttls, first);
    for (; item >= 0 && each >= 0; each = nextIn(ttls, each)) {
      if (readTtl(ttls, each) < 0) return Status.Invalid;
      item = nextIn(items, item);
    }
    documents.error = DocumentError.TtlCount;
    if (item >= 0 || each >= 0) return Status.Invalid;
  } else if (kind != Kind.Null && readTtl(ttls, first) < 0) return Status.Invalid;
  documents.error = DocumentError.None;
  return Status.Ok;
}

/** Ok, Invalid, TooLarge. */
function isJson(src: usize, len: i32): i32 {
  check.reset();
  const status = check.feed(src, len);
  return status < 0 ? status : check.finish();
}

/**
 * Removes the documents under all keys, `u8 length, u8[length]` each in u8[len] at `keys`, together or not at all.
 * How many there were, a key named twice counted once; Invalid (a key), Busy, NoSpace.
 */
export function deleteBatch(documents: Documents, keys: usize, len: i32): i32 {
  let status = documents.beginBatch();
  let count = 0;
  for (let at = 0; at < len && status >= 0;) {
    const keyBytes = <i32>load<u8>(keys + at);
    if (at + 1 + keyBytes > len) status = Status.Invalid;
    else if (!isNamedBefore(keys, at)) {
      status = documents.remove(keys + at + 1, keyBytes, ANY_VERSION);
      count += max(status, 0);
    }
    at += 1 + keyBytes;
  }
  if (status >= 0) status = documents.endBatch();
  if (status >= 0) return count;
  documents.cancelBatch();
  return status;
}

function isNamedBefore(keys: usize, at: i32): bool {
  const keyBytes = <i32>load<u8>(keys + at);
  for (let other = 0; other < at; other += 1 + <i32>load<u8>(keys + other)) {
    if (equalBytes(keys + other, keys + at, 1 + keyBytes)) return true;
  }
  return false;
}
