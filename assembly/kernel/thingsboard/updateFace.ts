import { FLAG_QOS_1, QUEUED } from "../../sdk/flags";
import { Writer, equalBytes } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { writeU64 } from "../../lib/number";
import { equalsText } from "../../lib/text";
import { publications } from "../client/publications";
import { scratch } from "../client/scratch";
import { subscriptions } from "../client/subscriptions";
import { updateState } from "../host/imports";
import { Told, toldWord, UpdateFace } from "../update/face";
import { hostState } from "../update/news";
import {
  HEAD_BYTES,
  HEAD_KIND,
  HEAD_SIZE,
  HEAD_VERSION,
  Kind,
  STATE_BYTES,
  STATE_NAME,
  STATE_VERSION,
  VERSION_BYTES,
} from "../update/phase";
import { Reason } from "../update/reason";
import { CHUNK_BYTES, CHUNK_TIMEOUT_MS } from "../update/source";
import { announcement } from "./announcement";
import { POINTS_SHIFT, sessionLimits } from "./sessionLimits";
import { TELEMETRY, TOPIC_BYTES, topicAt, writeTopic } from "./topics";

/** The payload is composed in the scratch: no row of the app is under way meanwhile. */
const PAYLOAD_BYTES: i32 = 320;
const NAME_BYTES: i32 = 32;
/** Two filters for each kind: chunks, and errors. */
const FILTERS: i32 = 4;
const receipt: usize = memory.data(8, 8);

/** `sw` for modules, `fw` for firmware. Source: spec/thingsboard.md, 8. */
export function prefixOf(kind: i32): string {
  return kind == Kind.App ? "sw" : "fw";
}

/** Whether the board takes packages of a kind; what it runs is in hostState then. */
export function takes(kind: i32): bool {
  return updateState(kind, hostState, STATE_BYTES) >= 0;
}

/**
 * The topics of an update: spec/thingsboard.md, 8.2 and 8.3.
 *
 *     v2/sw/request/<id>/chunk/<n>     bytes of a chunk, as text
 *     v2/sw/response/<id>/chunk/<n>    bytes n * size ...
 *     v1/devices/me/telemetry          {"sw_state":"DOWNLOADING"}
 */
export class ThingsboardUpdateFace extends UpdateFace {
  private topic: Writer = new Writer();
  private json: JsonWriter = new JsonWriter();
  private rows: StaticArray<i32> = new StaticArray<i32>(FILTERS);
  private rowCount: i32 = 0;
  /** Of this download, or of its part since the last pause or connection: the server keeps state under it. */
  private id: i32 = 0;
  private chunkBytes: i32 = CHUNK_BYTES;

  connected(): void {
    this.rowCount = 0;
    for (let kind: i32 = Kind.App; kind <= Kind.Firmware; kind++) {
      if (!takes(kind)) continue;
      this.subscribe(kind, "/response/+/chunk/+");
      this.subscribe(kind, "/error");
    }
  }

  private subscribe(kind: i32, rest: string): void {
    const filter = this.open(kind, rest);
    const row = subscriptions.add(filter.address, filter.length, 1);
    unchecked((this.rows[this.rowCount++] = row));
  }

  get isReady(): bool {
    for (let i = 0; i < this.rowCount; i++) if (<u32>subscriptions.state(unchecked(this.rows[i])) > 2) return false;
    return this.rowCount > 0;
  }

  /** A new identifier for each attempt. */
  start(): void {
    this.id++;
    const limit = sessionLimits.payloadBytes;
    this.chunkBytes = limit > 0 ? min(limit, CHUNK_BYTES) : CHUNK_BYTES;
  }

  request(at: i32, left: i32): i32 {
    const out = this.openChunk("/request/");
    writeU64(out, at / this.chunkBytes);
    const json = this.json;
    json.reset(scratch, PAYLOAD_BYTES);
    writeU64(json, this.chunkBytes);
    return this.publish(out.length, 0) ? CHUNK_TIMEOUT_MS : 0;
  }

  /** Whether a topic: u8[len] is a chunk of this download; its number is what stands behind so many bytes. 0: it is not. */
  chunkAt(topic: usize, len: i32): i32 {
    const head = this.openChunk("/response/");
    return len > head.length && equalBytes(topic, head.address, head.length) ? head.length : 0;
  }

  /** Where chunk n begins in the package. */
  placeOf(n: i32): i32 {
    return n * this.chunkBytes;
  }

  object(head: usize, reason: Reason): void {
    if (load<u8>(head, HEAD_KIND) != announcement.kind) {
      reason.text("kind: another");
    } else if (!announcement.isVersion(head + HEAD_VERSION)) {
      reason.text("version: found ");
      quoteText(reason, head + HEAD_VERSION, VERSION_BYTES);
      reason.text(", another was announced");
    } else if (announcement.size >= 0 && announcement.size != HEAD_BYTES + load<i32>(head, HEAD_SIZE)) {
      reason.text("size: found ");
      writeU64(reason, HEAD_BYTES + load<i32>(head, HEAD_SIZE));
      reason.text(", announced ");
      writeU64(reason, announcement.size);
    }
  }

  ended(isFailed: bool): void {
    if (isFailed) announcement.noteFailure();
  }

  tell(kind: i32, told: Told, version: usize, error: usize, errorLen: i32): i64 {
    const json = this.openJson();
    this.member(kind, "_state");
    json.u8(0x22);
    json.text(toldWord(told));
    json.u8(0x22);
    let points = 1;
    if (errorLen) {
      points = 2;
      this.member(kind, "_error");
      json.string(error, errorLen);
    }
    if (told == Told.Updated) points += this.addRunning(kind);
    return this.publishTelemetry(points);
  }

  /** Tells what runs. False: not now. */
  tellRunning(kind: i32): bool {
    this.openJson();
    return this.publishTelemetry(this.addRunning(kind)) != 0;
  }

  private addRunning(kind: i32): i32 {
    if (!takes(kind)) return 0;
    this.memberOf("current_", kind, "_title");
    this.text(hostState + STATE_NAME, NAME_BYTES);
    this.memberOf("current_", kind, "_version");
    this.text(hostState + STATE_VERSION, VERSION_BYTES);
    return 2;
  }

  private member(kind: i32, rest: string): void {
    this.memberOf("", kind, rest);
  }

  private memberOf(head: string, kind: i32, rest: string): void {
    const json = this.json;
    if (json.last != 0x7b) json.u8(0x2c);
    json.u8(0x22);
    json.text(head);
    json.text(prefixOf(kind));
    json.text(rest);
    json.u8(0x22);
    json.u8(0x3a);
  }

  private text(text: usize, cap: i32): void {
    this.json.string(text, textBytes(text, cap));
  }

  private openJson(): JsonWriter {
    this.json.reset(scratch, PAYLOAD_BYTES);
    this.json.open(0x7b);
    return this.json;
  }

  private publishTelemetry(points: i32): i64 {
    this.json.close(0x7d);
    if (this.json.isBroken) return 0;
    return this.publish(writeTopic(TELEMETRY, 0), FLAG_QOS_1 | (points << POINTS_SHIFT));
  }

  private publish(topicLen: i32, flags: i32): i64 {
    const answer = publications.publish(topicAt, topicLen, this.json.address, this.json.length, flags, 0, receipt);
    return answer == QUEUED ? load<i64>(receipt) : 0;
  }

  private openChunk(way: string): Writer {
    const topic = this.open(announcement.kind, way);
    writeU64(topic, this.id);
    topic.text("/chunk/");
    return topic;
  }

  /** Writes `v2/sw<rest>`. */
  private open(kind: i32, rest: string): Writer {
    const topic = this.topic;
    topic.reset(topicAt, TOPIC_BYTES);
    topic.text("v2/");
    topic.text(prefixOf(kind));
    topic.text(rest);
    return topic;
  }
}

/** Bytes of a text that ends with a zero, or after cap bytes. */
export function textBytes(text: usize, cap: i32): i32 {
  let len = 0;
  while (len < cap && load<u8>(text + len)) len++;
  return len;
}

function quoteText(reason: Reason, text: usize, cap: i32): void {
  reason.quote(text, textBytes(text, cap));
}

/** Whether a topic: u8[len] is one of the two for errors. The kind, -1: it is not. */
export function errorKind(topic: usize, len: i32): i32 {
  if (equalsText(topic, len, "v2/sw/error")) return Kind.App;
  return equalsText(topic, len, "v2/fw/error") ? Kind.Firmware : -1;
}
