import { FLAG_QOS_1, QUEUED } from "../../sdk/flags";
import { Writer, equalBytes } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { parseDecimal } from "../../lib/number";
import { equalsText } from "../../lib/text";
import { publications } from "../client/publications";
import { scratch } from "../client/scratch";
import { settings } from "../client/settings";
import { subscriptions } from "../client/subscriptions";
import { hookUpdates } from "../client/updateHooks";
import { sysCrc32 } from "../host/imports";
import { Told, UpdateFace } from "./face";
import { member, writeState } from "./stateJson";
import { HEAD_BYTES, HEAD_SIGNED_BYTES } from "./phase";
import { CHUNK_BYTES, CHUNK_TIMEOUT_MS } from "./source";
import { Updates } from "./updates";
import { WebSource } from "./webSource";

/** Topic and payload are composed in the scratch: no row of the app is under way meanwhile. */
const TOPIC_BYTES: i32 = 160;
const PAYLOAD_BYTES: i32 = 256;
const receipt: usize = memory.data(8, 8);

/** Room of a number in a topic. */
const OFFSET_MAX: i32 = 0x1fffff;
const IDENTITY_DIGITS: i32 = 8;

/**
 * Updates over plain MQTT topics, below the device's own (PROTOCOL.md):
 *
 *     <topic>/update/in/offer                       a package's head, or nothing: the offer is taken back
 *     <topic>/update/in/url                         where a package lies, or nothing: taken back
 *     <topic>/update/out/request                    {"id":"0a1b2c3d","offset":1024,"length":1024}
 *     <topic>/update/in/chunk/<id>/<offset>         bytes of the image
 *     <topic>/update/out/state                      {"kind":"app","state":"DOWNLOADING",...}
 */
class PlainFace extends UpdateFace {
  private topic: Writer = new Writer();
  private json: JsonWriter = new JsonWriter();
  private row: i32 = -1;
  /** Of the package that is asked for. */
  identity: u32 = 0;

  /** Writes `<topic>/update/<rest>`. */
  begin(rest: string): Writer {
    const topic = this.topic;
    topic.reset(scratch, TOPIC_BYTES);
    topic.bytes(settings.topic, settings.topicLen);
    topic.text("/update/");
    topic.text(rest);
    return topic;
  }

  connected(): void {
    const filter = this.begin("in/#");
    if (!filter.isBroken) this.row = subscriptions.add(filter.address, filter.length, 1);
  }

  get isReady(): bool {
    return this.row >= 0 && <u32>subscriptions.state(this.row) <= 2;
  }

  request(at: i32, left: i32): i32 {
    const json = this.open();
    member(json, "id");
    json.u8(0x22);
    writeHex(json, this.identity);
    json.u8(0x22);
    member(json, "offset");
    json.signed(at - HEAD_BYTES);
    member(json, "length");
    json.signed(min(left, CHUNK_BYTES));
    return this.publish("out/request", 0) ? CHUNK_TIMEOUT_MS : 0;
  }

  tell(kind: i32, told: Told, version: usize, error: usize, errorLen: i32): i64 {
    writeState(this.open(), kind, told, version, error, errorLen);
    return this.publish("out/state", FLAG_QOS_1);
  }

  private open(): JsonWriter {
    this.json.reset(scratch + TOPIC_BYTES, PAYLOAD_BYTES);
    this.json.open(0x7b);
    return this.json;
  }

  private publish(rest: string, flags: i32): i64 {
    this.json.close(0x7d);
    const topic = this.begin(rest);
    if (topic.isBroken || this.json.isBroken) return 0;
    const answer = publications.publish(topic.address, topic.length, this.json.address, this.json.length, flags, 0, receipt);
    return answer == QUEUED ? load<i64>(receipt) : 0;
  }
}

function writeHex(out: Writer, value: u32): void {
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit: i32 = (value >> shift) & 15;
    out.u8(digit < 10 ? 48 + digit : 87 + digit);
  }
}

const face = new PlainFace();
const web = new WebSource();

class PlainUpdates extends Updates {
  private topic: Writer = new Writer();

  constructor() {
    super(face);
    web.transfer = this.transfer;
  }

  take(topic: usize, topicLen: i32, payload: usize, payloadLen: i32): bool {
    if (!this.isActive) return false;
    const prefix = face.begin("in/");
    const prefixLen = prefix.length;
    if (prefix.isBroken || topicLen < prefixLen || !equalBytes(topic, prefix.address, prefixLen)) return false;
    const rest = topic + prefixLen;
    const restLen = topicLen - prefixLen;
    if (equalsText(rest, restLen, "offer")) this.takeOffer(payload, payloadLen);
    else if (equalsText(rest, restLen, "url")) web.announce(payload, payloadLen);
    else this.takeChunk(rest, restLen, payload, payloadLen);
    return true;
  }

  private takeOffer(payload: usize, len: i32): void {
    if (len == 0) return this.transfer.withdraw();
    if (len != HEAD_BYTES) return;
    face.identity = <u32>sysCrc32(0, payload, HEAD_SIGNED_BYTES);
    this.transfer.offer(payload);
  }

  /** rest: `chunk/<id>/<offset>`. Of another package, or no number: not taken. */
  private takeChunk(rest: usize, restLen: i32, payload: usize, len: i32): void {
    const topic = this.topic;
    topic.reset(scratch, TOPIC_BYTES);
    topic.text("chunk/");
    writeHex(topic, face.identity);
    topic.u8(0x2f);
    if (restLen <= topic.length || !equalBytes(rest, topic.address, topic.length)) return;
    const offset = parseDecimal(rest + topic.length, restLen - topic.length, OFFSET_MAX);
    if (offset >= 0) this.transfer.take(HEAD_BYTES + offset, payload, len);
  }
}

hookUpdates(new PlainUpdates());
