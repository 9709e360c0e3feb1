import { FLAG_QOS_MASK, FLAG_RETAIN } from "../../sdk/flags";
import { Status } from "../../lib/status";
import { limits } from "../limits";
import { ConnectFields } from "../mqtt/connect";
import { isTopicName } from "../mqtt/topicFilter";

/** What the server is to publish when this client goes without a goodbye. One buffer: topic, then payload. */
export class Will {
  private bytes: StaticArray<u8> = new StaticArray<u8>(limits.willBytes);
  private topicLen: i32 = 0;
  private payloadLen: i32 = 0;
  private flags: i32 = 0;

  /**
   * Holds from the next CONNECT on. topic: u8[topicLen], empty for no will; payload: u8[payloadLen]; flags: QoS and RETAIN as in sdk/flags.ts.
   * Ok; Invalid (topic, flags) or TooLarge with the will as it was.
   */
  set(topic: usize, topicLen: i32, payload: usize, payloadLen: i32, flags: i32): i32 {
    if (topicLen > 0 && !isTopicName(topic, topicLen)) return Status.Invalid;
    if (flags & ~(FLAG_QOS_MASK | FLAG_RETAIN) || (flags & FLAG_QOS_MASK) == FLAG_QOS_MASK) return Status.Invalid;
    if (topicLen + payloadLen > this.bytes.length) return Status.TooLarge;
    const start = changetype<usize>(this.bytes);
    memory.copy(start, topic, topicLen);
    memory.copy(start + topicLen, payload, payloadLen);
    this.topicLen = topicLen;
    this.payloadLen = payloadLen;
    this.flags = flags;
    return Status.Ok;
  }

  /** Puts the will into what a CONNECT says. */
  fill(fields: ConnectFields): void {
    fields.willTopic = changetype<usize>(this.bytes);
    fields.willTopicLen = this.topicLen;
    fields.willPayload = fields.willTopic + this.topicLen;
    fields.willPayloadLen = this.payloadLen;
    // QoS in bits 1 and 2, RETAIN in bit 3: one place lower they stand as in CONNECT.
    fields.willFlags = this.flags >> 1;
  }
}

export const will = new Will();
