import { Writer } from "../../lib/bytes";
import { Packet, writeFixedHeader } from "./fixedHeader";

const DUP: i32 = 8;
const RETAIN: i32 = 1;

/** Flags in the first byte of a PUBLISH. */
export function publishFlags(qos: i32, isDup: bool, isRetained: bool): i32 {
  return (qos << 1) | (isDup ? DUP : 0) | (isRetained ? RETAIN : 0);
}

/** What the head of a PUBLISH says. Owned by who reads or writes one, reused. */
export class PublishHead {
  /** Low half of the first byte: DUP << 3 | QoS << 1 | RETAIN. */
  flags: i32 = 0;
  topicLen: i32 = 0;
  /** Bytes behind topic and packet identifier. */
  payloadLen: i32 = 0;
  /** 0 with QoS 0. */
  packetId: i32 = 0;

  get qos(): i32 {
    return (this.flags >> 1) & 3;
  }

  get isDup(): bool {
    return (this.flags & DUP) != 0;
  }

  get isRetained(): bool {
    return (this.flags & RETAIN) != 0;
  }

  get remaining(): i32 {
    return 2 + this.topicLen + (this.qos ? 2 : 0) + this.payloadLen;
  }

  /**
   * Appends the fixed header and the topic's length. The caller goes on with the topic: u8[topicLen], the packet identifier
   * (u16, big-endian) when qos > 0, and the payload: u8[payloadLen], in as many parts as it likes.
   *
   *     3x len | u16 topicLen | topic | [u16 packetId] | payload      x = flags
   *
   * Source: MQTT 3.1.1, 3.3.
   */
  write(out: Writer): void {
    writeFixedHeader(out, Packet.Publish | this.flags, this.remaining);
    out.u16Be(this.topicLen);
  }

  /** Reads the first byte of a PUBLISH. False: QoS 3 [MQTT-3.3.1-4], or DUP with QoS 0 [MQTT-3.3.1-2]. */
  readFlags(first: i32): bool {
    this.flags = first & 15;
    this.packetId = 0;
    return (first & 6) != 6 && (first & 14) != DUP;
  }
}
