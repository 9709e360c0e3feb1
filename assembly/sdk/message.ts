/** A message from the broker. One object serves all: it is good until the handler returns. */
import { IN, IN_BYTES } from "./buffers";
import { equalsBytes } from "./encode";
import { eventNext, eventRead } from "./syscalls";

/** The event header (ARCHITECTURE.md): u16 topicLen, u16 subscription, u32 payloadLen, u8 qos, u8 retain, u8 dup, u8 0, u32 propertiesLen. */
// @ts-ignore: decorator
@lazy
const HEADER: usize = memory.data(16, 8);
const HEADER_BYTES: i32 = 16;

export class Message {
  /** Bytes of the topic name. */
  get topicBytes(): i32 {
    return load<u16>(HEADER);
  }

  /** What `subscribe` answered, or which event of its cloud this is. */
  get subscription(): i32 {
    return load<u16>(HEADER, 2);
  }

  /** Bytes of the whole payload. */
  get payloadBytes(): i32 {
    return load<u32>(HEADER, 4);
  }

  /** Bytes of the properties of version 5, 0 in 3.1.1. */
  get propertiesBytes(): i32 {
    return load<u32>(HEADER, 12);
  }

  /** How many bytes of the payload stand at payloadStart; read() gives what did not fit. */
  get heldBytes(): i32 {
    return max(held - this.topicBytes - this.propertiesBytes, 0);
  }

  /** u8[topicBytes], UTF-8. */
  get topicStart(): usize {
    return IN;
  }

  /** u8[heldBytes]. */
  get payloadStart(): usize {
    return IN + this.topicBytes + this.propertiesBytes;
  }

  /** u8[propertiesBytes], as in a PUBLISH, as far as it fits beside the topic. */
  get propertiesStart(): usize {
    return IN + this.topicBytes;
  }

  get qos(): i32 {
    return load<u8>(HEADER, 8);
  }

  /** The broker kept it from before the subscription. */
  get isRetained(): bool {
    return load<u8>(HEADER, 9) != 0;
  }

  /** The broker may have sent it before. */
  get isRepeated(): bool {
    return load<u8>(HEADER, 10) != 0;
  }

  /** Tells whether the payload is exactly this text. Allocates nothing. */
  is(text: string): bool {
    return this.heldBytes == this.payloadBytes && equalsBytes(text, this.payloadStart, this.heldBytes);
  }

  /** Tells whether the topic is exactly this text. Allocates nothing. */
  isFrom(topic: string): bool {
    return equalsBytes(topic, this.topicStart, this.topicBytes);
  }

  /** The payload held, as a new string: for apps with a collector. */
  text(): string {
    return String.UTF8.decodeUnsafe(this.payloadStart, this.heldBytes);
  }

  /** The topic name, as a new string: for apps with a collector. */
  topic(): string {
    return String.UTF8.decodeUnsafe(this.topicStart, this.topicBytes);
  }

  /** Reads payload bytes from `offset` on into dst: u8[cap]. Bytes read, 0 at the end. */
  read(offset: i32, dst: usize, cap: i32): i32 {
    return eventRead(this.topicBytes + this.propertiesBytes + offset, dst, cap);
  }
}

let held: i32 = 0;
// @ts-ignore: decorator
@lazy
export const message = new Message();

/** Takes the oldest message of the inbox into `message`. False: there is none. */
export function takeMessage(): bool {
  held = 0;
  if (eventNext(HEADER, HEADER_BYTES) <= 0) return false;
  while (held < IN_BYTES) {
    const got = eventRead(held, IN + held, IN_BYTES - held);
    if (got <= 0) break;
    held += got;
  }
  return true;
}
