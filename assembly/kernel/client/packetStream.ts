import { FLAG_ENVELOPE, FLAG_QOS_MASK, FLAG_RETAIN } from "../../sdk/flags";
import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { PublishHead, publishFlags } from "../mqtt/publish";
import { RECORD_CLOCK_VALID } from "../store/recordStore";
import { clock } from "./clock";
import { dialect } from "./dialect";
import { face } from "./face";
import { InFlightEntry } from "./inFlight";
import { transport } from "./transport";

/** Literal bytes of one packet: in front of the payload properties of 12, then `{"seq":<20 digits>,"ts":<20 digits>,`, or what a face puts there. */
const LITERAL_BYTES: i32 = 108;
/** Where the literal bytes behind the topic begin; the fixed header and the topic's length take 7 at most. */
const BEHIND_TOPIC: i32 = 8;
const PARTS: i32 = 7;
/** Reason of version 5: packet too large. */
const TOO_LARGE: i32 = 0x95;

/**
 * One PUBLISH on its way from its source into the transport, in as many steps as there is room. Parts with an even number are
 * literal, those with an odd number come from the record.
 *
 *     0 fixed header, topic length | 1 topic | 2 packet id, [properties], {"seq":..,"ts":.., | 3 context | 4 ,"data": | 5 data | 6 }
 *
 * The face says what stands in 2, 4 and 6, and may have data in 3 and context in 5.
 *
 * Without FLAG_ENVELOPE parts 3, 4 and 6 are empty and part 2 is the packet id alone.
 */
export class PacketStream {
  private literal: Writer = new Writer();
  private literalBytes: StaticArray<u8> = new StaticArray<u8>(LITERAL_BYTES);
  private lengths: StaticArray<i32> = new StaticArray<i32>(PARTS);
  private head: PublishHead = new PublishHead();
  /** Bytes of the whole packet. */
  length: i32 = 0;
  private part: i32 = PARTS;
  /** Bytes of the current part already written, of all literal parts, and of the record. */
  private done: i32 = 0;
  private literalAt: i32 = 0;
  private recordAt: i32 = 0;
  /** Where parts 3 and 5 begin in the record. */
  private firstAt: i32 = 0;
  private secondAt: i32 = 0;

  /** Composes the packet of an entry. Its length is known from here on, and its time stands. 0, or the reason for which the server would not take it. */
  start(entry: InFlightEntry): i32 {
    const record = entry.record;
    const literal = this.literal;
    const start = changetype<usize>(this.literalBytes);
    literal.reset(start + BEHIND_TOPIC, LITERAL_BYTES - BEHIND_TOPIC);
    const topicBytes = face.topicBytes(entry);
    const contextBytes = dialect.contextBytes(record);
    const isWrapped = (record.flags & FLAG_ENVELOPE) != 0;
    const dataBytes = isWrapped ? face.dataBytes(entry) : record.dataBytes;
    if (entry.packetId) literal.u16Be(entry.packetId);
    const idLen = literal.length;
    dialect.writeProperties(literal, entry);
    const first = face.isDataFirst ? dataBytes : contextBytes;
    const second = face.isDataFirst ? contextBytes : dataBytes;
    if (isWrapped) face.openEnvelope(literal, record, captureTime(entry));
    this.setPart(2, literal.length, topicBytes, first);
    if (isWrapped) face.openData(literal, record);
    const behind = literal.length;
    this.setPart(4, behind - unchecked(this.lengths[2]), first, second);
    if (isWrapped) face.closeEnvelope(literal, record);
    unchecked((this.lengths[6] = literal.length - behind));

    const head = this.head;
    head.topicLen = topicBytes;
    head.payloadLen = literal.length - idLen + contextBytes + dataBytes;
    head.packetId = entry.packetId;
    head.flags = publishFlags(entry.qos, entry.isRepeat && entry.qos != 0, (record.flags & FLAG_RETAIN) != 0);
    literal.reset(start, BEHIND_TOPIC);
    head.write(literal);
    unchecked((this.lengths[0] = literal.length));
    this.part = 0;
    this.done = 0;
    this.recordAt = 0;
    const dataAt = record.topicBytes + record.contextBytes;
    this.firstAt = face.isDataFirst ? dataAt : record.topicBytes;
    this.secondAt = face.isDataFirst ? record.topicBytes : dataAt;
    this.literalAt = 0;
    // The topic's length is part of what remains.
    this.length = literal.length - 2 + head.remaining;
    const refusal = dialect.refusal(head, this.length);
    return refusal != 0 || face.accepts(record, head.payloadLen) ? refusal : TOO_LARGE;
  }

  /** Whether nothing of the packet is in the transport yet. */
  get isUnbegun(): bool {
    return this.part == 0 && this.done == 0;
  }

  /**
   * Moves bytes on while there is room. 1: the packet is whole in the transport; 0: no more room now; Io: the source failed in
   * the middle, and the connection with it.
   */
  pump(entry: InFlightEntry): i32 {
    while (this.part < PARTS) {
      const left = unchecked(this.lengths[this.part]) - this.done;
      if (left > 0) {
        const count = min(left, transport.room);
        if (count == 0) return 0;
        if (!this.move(count, entry)) return Status.Io;
        this.done += count;
        if (count < left) continue;
      }
      this.nextPart();
    }
    return 1;
  }

  private setPart(part: i32, length: i32, before: i32, after: i32): void {
    unchecked((this.lengths[part] = length));
    unchecked((this.lengths[part - 1] = before));
    unchecked((this.lengths[part + 1] = after));
  }

  private move(count: i32, entry: InFlightEntry): bool {
    const dst = transport.tail();
    const topic = this.part == 1 ? face.topicOf(entry.record) : 0;
    if (topic) {
      memory.copy(dst, topic + this.done, count);
    } else if (this.part & 1) {
      const isRead =
        this.part == 5
          ? face.readData(entry, this.recordAt, dst, count)
          : entry.source.read(entry.record, this.recordAt, dst, count) == count;
      if (!isRead) return false;
      this.recordAt += count;
    } else {
      memory.copy(dst, changetype<usize>(this.literalBytes) + this.literalAt, count);
      this.literalAt += count;
    }
    transport.advance(count);
    return true;
  }

  private nextPart(): void {
    if (this.part == 0) this.literalAt = BEHIND_TOPIC;
    this.part++;
    if (this.part == 3) this.recordAt = this.firstAt;
    else if (this.part == 5) this.recordAt = this.secondAt;
    this.done = 0;
  }
}

/** Milliseconds since 1970 at which a record was captured, or -1 while that cannot be known. */
function captureTime(entry: InFlightEntry): i64 {
  const record = entry.record;
  if (record.flags & RECORD_CLOCK_VALID) return record.capturedAtMs;
  return record.boot == entry.source.boot ? clock.toWall(record.capturedAtMs) : -1;
}

/** The QoS that a message asks for. */
export function qosOf(flags: i32): i32 {
  return (flags & FLAG_QOS_MASK) >> 1;
}
