import { Writer } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { scratch, scratchBytes } from "../client/scratch";
import { InFlightEntry } from "../client/inFlight";
import { firstIn, Kind, kindAt, nextBehind, skipValue, valueOf } from "../store/documents/jsonScan";
import { equalsLiteral } from "../store/documents/jsonText";
import { TextView } from "../store/documents/textView";
import { FLAG_KIND_MASK, FLAG_KIND_SHIFT } from "../../sdk/flags";
import { ObjectReader } from "./objectReader";
import { writeTimestamp } from "./timestamp";

/** Kinds of outgoing messages, as FLAG_KIND carries them (sdk/flags.ts). */
export enum MessageKind {
  Publish,
  Heartbeat,
  FileSystemResponse,
  TerminalResponse,
  ClientResponse,
  File,
}

const reader = new ObjectReader();
const view = new TextView();
const out = new JsonWriter();
const two: usize = memory.data(2, 1);

/** Longest context: the message head and this fit any buffer. */
const CONTEXT_MAX: i32 = 320;

function typeOf(kind: i32): string {
  switch (kind) {
    case MessageKind.Heartbeat:
      return "heartbeat";
    case MessageKind.FileSystemResponse:
      return "fs_cmd_resp";
    case MessageKind.TerminalResponse:
      return "terminal_cmd_resp";
    case MessageKind.ClientResponse:
      return "client_cmd_resp";
    case MessageKind.File:
      return "file";
    default:
      return "publish";
  }
}

/**
 * The envelope, as it is around data and context of a record:
 *
 *     {"msg_type":"publish", "data": DATA, CONTEXT ,"timestamp":"2025-11-30T10:00:16Z"}
 *
 * CONTEXT is `"context":{"tags":[...]},"dest":"..."`, or one of the two, or nothing. Source: spec/tendrl.md, 5.1.
 */
export function openEnvelope(literal: Writer, flags: i32, dataBytes: i32): void {
  literal.text('{"msg_type":"');
  literal.text(typeOf((flags & FLAG_KIND_MASK) >> FLAG_KIND_SHIFT));
  literal.text(dataBytes ? '","data":' : '"');
}

export function closeEnvelope(literal: Writer, wallMs: i64): void {
  literal.text(',"timestamp":"');
  writeTimestamp(literal, wallMs);
  literal.text('"}');
}

/** Bytes of an entry's data that are sent: `{}` and `""` say nothing and are left out. */
export function sentDataBytes(entry: InFlightEntry): i32 {
  const record = entry.record;
  if (record.dataBytes != 2) return record.dataBytes;
  entry.source.read(record, record.topicBytes + record.contextBytes, two, 2);
  return isEmptyData(two) ? 0 : 2;
}

function isEmptyData(data: usize): bool {
  return equalsText(data, 2, "{}") || equalsText(data, 2, '""');
}

/**
 * Turns the context of a publication, u8[len], the JSON members `"tags":[...]` and `"entity":"..."`, into those of the envelope, in the
 * scratch. Its bytes; Invalid: no such members, a tag that is no text; TooLarge.
 */
export function convertContext(src: usize, len: i32): i32 {
  if (len == 0) return 0;
  if (len > CONTEXT_MAX) return Status.TooLarge;
  // In braces, behind where the result goes.
  const text = scratch + scratchBytes - len - 2;
  memory.copy(text + 1, src, len);
  store<u8>(text, 0x7b);
  store<u8>(text + len + 1, 0x7d);
  reader.start();
  if (!reader.readWhole(text, len + 2)) return Status.Invalid;
  view.reset(text, len + 2);
  let tags = -1;
  let entity = -1;
  for (let name = firstIn(view, 0); name >= 0;) {
    const value = valueOf(view, name);
    if (equalsLiteral(view, name, "tags")) tags = value;
    else if (equalsLiteral(view, name, "entity")) entity = value;
    else return Status.Invalid;
    name = nextBehind(view, skipValue(view, value));
  }
  // Two values, each moved once, before what is written can reach where they lie.
  if (tags >= 0 && !isListOfTexts(tags)) return Status.Invalid;
  if (entity >= 0 && kindAt(view, entity) != Kind.Text) return Status.Invalid;
  out.reset(scratch, scratchBytes);
  if (tags >= 0 && firstIn(view, tags) >= 0) write('"context":{"tags":', tags, "}");
  if (entity >= 0 && skipValue(view, entity) - entity > 2) write(out.length ? ',"dest":' : '"dest":', entity, "");
  return out.isBroken || out.length + len + 2 > scratchBytes ? Status.TooLarge : out.length;
}

function write(head: string, value: i32, tail: string): void {
  const end = skipValue(view, value);
  out.text(head);
  for (let at = value; at < end; at++) out.u8(view.at(at));
  out.text(tail);
}

function isListOfTexts(list: i32): bool {
  if (kindAt(view, list) != Kind.Array) return false;
  for (let at = firstIn(view, list); at >= 0; at = nextBehind(view, skipValue(view, at))) {
    if (kindAt(view, at) != Kind.Text) return false;
  }
  return true;
}
