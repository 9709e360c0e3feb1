import { Writer } from "../../lib/bytes";
import { Packet, writeFixedHeader } from "./fixedHeader";

/** What the head of a PUBLISH says. Owned by who reads or writes one, reused. */
export class PublishHead {
  topicLen: i32 = 0;
  payloadLen: i32 = 0;
  /** 0 with QoS 0. */
  packetId: i32 = 0;
  qos: i32 = 0;
  isRetained: bool = false;
  isDup: bool = false;

  get remaining(): i32 {
    return 2 + this.topicLen + (this.qos ? 2 : 0) + this.payloadLen;
  }

  /**
   * Appends the fixed header and the topic's length. The caller goes on with the topic: u8[topicLen], the packet identifier
   * (u16, big-endian) when qos > 0, and the payload: u8[payloadLen], in as many parts as it likes.
   *
   *     3x len | u16 topicLen | topic | [u16 packetId] | payload      x = DUP << 3 | QoS << 1 | RETAIN
   *
   * Source: MQTT 3.1.1, 3.3.
   */
  write(out: Writer): void {
    const flags = (this.isDup ? 8 : 0) | (this.qos << 1) | (this.isRetained ? 1 : 0);
    writeFixedHeader(out, Packet.Publish | flags, this.remaining);
    out.u16Be(this.topicLen);
  }

  /** Reads the first byte of a PUBLISH. False: QoS 3 [MQTT-3.3.1-4], or DUP with QoS 0. */
  readFlags(first: i32): bool {
    this.qos = (first >> 1) & 3;
    this.isDup = (first & 8) != 0;
    this.isRetained = (first & 1) != 0;
    this.packetId = 0;
    return this.qos != 3 && !(this.isDup && this.qos == 0);
  }
}
