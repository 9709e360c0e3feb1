import { Writer } from "../../lib/bytes";
import { Packet, writeField, writeFixedHeader } from "./fixedHeader";

const FLAG_USER: i32 = 0x80;
const FLAG_PASSWORD: i32 = 0x40;
const FLAG_WILL: i32 = 0x04;
const FLAG_CLEAN_SESSION: i32 = 0x02;
const WILL_SHIFT: i32 = 3;

const LEVEL: i32 = 4;

/** What a CONNECT says. Addresses belong to the caller; a length of 0 leaves will, user or password out. */
export class ConnectFields {
  clientId: usize = 0;
  clientIdLen: i32 = 0;
  user: usize = 0;
  userLen: i32 = 0;
  password: usize = 0;
  passwordLen: i32 = 0;
  willTopic: usize = 0;
  willTopicLen: i32 = 0;
  willPayload: usize = 0;
  willPayloadLen: i32 = 0;
  /** QoS | RETAIN << 2. */
  willFlags: i32 = 0;
  keepAliveSeconds: i32 = 0;
  isCleanSession: bool = false;

  /** Remaining length of a CONNECT without properties. */
  get bytes(): i32 {
    let bytes = 12 + this.clientIdLen;
    if (this.willTopicLen) bytes += 4 + this.willTopicLen + this.willPayloadLen;
    if (this.userLen) bytes += 2 + this.userLen;
    if (this.passwordLen) bytes += 2 + this.passwordLen;
    return bytes;
  }

  /** Appends what stands between the fixed header and the payload, or the properties in front of it. */
  writeHead(out: Writer, level: i32): void {
    let flags = this.isCleanSession ? FLAG_CLEAN_SESSION : 0;
    if (this.willTopicLen) flags |= FLAG_WILL | (this.willFlags << WILL_SHIFT);
    if (this.userLen) flags |= FLAG_USER;
    if (this.passwordLen) flags |= FLAG_PASSWORD;
    out.u16Be(4);
    out.text("MQTT");
    out.u8(level);
    out.u8(flags);
    out.u16Be(this.keepAliveSeconds);
  }

  writeClientId(out: Writer): void {
    writeField(out, this.clientId, this.clientIdLen);
  }

  /** Appends the payload behind client id and will properties [MQTT-3.1.3-1]. */
  writeRest(out: Writer): void {
    if (this.willTopicLen) {
      writeField(out, this.willTopic, this.willTopicLen);
      writeField(out, this.willPayload, this.willPayloadLen);
    }
    if (this.userLen) writeField(out, this.user, this.userLen);
    if (this.passwordLen) writeField(out, this.password, this.passwordLen);
  }
}

/**
 * Appends a CONNECT of protocol level 4.
 * The caller has seen to it that a password has its user name [MQTT-3.1.2-22] and an empty client id a clean session
 * [MQTT-3.1.3-7]. `out` turns broken when the packet does not fit.
 *
 *     10 len | 00 04 'MQTT' | 04 | flags | keep alive u16 | client id | [will topic | will payload] | [user] | [password]
 *
 * Source: MQTT 3.1.1, 3.1.
 */
export function writeConnect(out: Writer, fields: ConnectFields): void {
  writeFixedHeader(out, Packet.Connect, fields.bytes);
  fields.writeHead(out, LEVEL);
  fields.writeClientId(out);
  fields.writeRest(out);
}
