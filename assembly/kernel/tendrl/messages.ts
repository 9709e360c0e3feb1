import { Status } from "../../lib/status";
import { isUtf8 } from "../../lib/utf8";
import { inbox } from "../client/inbox";
import { PublishHead } from "../mqtt/publish";
import { Kind, kindAt, skipValue } from "../store/documents/jsonScan";
import { lookUp } from "../store/documents/path";
import { TextBytes } from "../store/documents/jsonText";
import { TextView } from "../store/documents/textView";
import { counts } from "./counts";
import { Member, objectReader } from "./objectReader";

const payload = new TextView();
const paths = new TextView();
const characters = new TextBytes();

/** Longest path of a member, in quotes. */
const PATH_BYTES: i32 = 80;
const pathText: usize = memory.data(80, 1);

/** Messages to the device: which are kept, which are counted, and how the app finds its way in one. */
export class Messages {
  /** The app has a callback, or has not said yet. What nobody wants is acknowledged and dropped. */
  isWanted: bool = true;

  /** Tells whether a payload, u8[len], is for the app: one that it wants, an object in JSON with a `msg_type` and `data`. */
  accepts(start: usize, len: i32): bool {
    objectReader.start();
    const isMessage = objectReader.readWhole(start, len);
    if (!isMessage || objectReader.textBytes(Member.msg_type) == 0 || !objectReader.has(Member.data)) {
      counts.invalidMessages++;
      return false;
    }
    if (!isComplete()) counts.flaggedMessages++;
    return this.isWanted;
  }

  /** A message begins to come in. */
  begin(head: PublishHead): void {
    if (head.topicLen + head.payloadLen > inbox.capacity) counts.tooLargeMessages++;
  }

  handled(result: i32): void {
    if (result != 0) counts.callbackFailures++;
  }

  /**
   * Finds a member of the oldest message by its path, names joined by dots, and gives its value from `offset` on to dst: u8[cap]: u8 kind
   * (jsonScan.ts), then a text without quotes and escapes, or any other value as it stands. Bytes written, the kind's included,
   * cap when there may be more; NotFound; Invalid (path, cap).
   */
  member(path: usize, pathLen: i32, offset: i32, dst: usize, cap: i32): i32 {
    if (pathLen < 1 || pathLen + 2 > PATH_BYTES || cap < 1 || offset < 0 || !isUtf8(path, pathLen)) return Status.Invalid;
    if (inbox.waiting == 0) return Status.NotFound;
    store<u8>(pathText, 0x22);
    memory.copy(pathText + 1, path, pathLen);
    store<u8>(pathText + pathLen + 1, 0x22);
    paths.reset(pathText, pathLen + 2);
    payload.reset(inbox.oldestPayload, inbox.oldestPayloadLen);
    const value = lookUp(payload, paths, 0);
    if (value < 0) return Status.NotFound;
    const kind = kindAt(payload, value);
    store<u8>(dst, <u8>kind);
    return 1 + (kind == Kind.Text ? copyCharacters(value, offset, dst + 1, cap - 1) : copyValue(value, offset, dst + 1, cap - 1));
  }
}

/** Whether the message read last has what the schema says it has. Later servers put tags at the top. */
function isComplete(): bool {
  const reader = objectReader;
  if (reader.textBytes(Member.source) == 0 || reader.textBytes(Member.timestamp) == 0) return false;
  if (reader.has(Member.dest) && !reader.isText(Member.dest)) return false;
  if (reader.has(Member.request_id) && !reader.isText(Member.request_id)) return false;
  if (reader.has(Member.tags) && !reader.isArrayAt(Member.tags)) return false;
  return !reader.has(Member.context) || reader.isObjectAt(Member.context);
}

function copyCharacters(at: i32, offset: i32, dst: usize, cap: i32): i32 {
  characters.start(payload, at);
  let count = 0;
  for (let byte = characters.next(); byte >= 0 && count < cap; byte = characters.next()) {
    if (offset > 0) offset--;
    else store<u8>(dst + count++, byte);
  }
  return count;
}

function copyValue(at: i32, offset: i32, dst: usize, cap: i32): i32 {
  const from = at + offset;
  const count = min(max(skipValue(payload, at) - from, 0), cap);
  payload.copy(from, from + count, dst);
  return count;
}

export const messages = new Messages();
