import { Writer } from "../../lib/bytes";
import { Packet, writeField, writeFixedHeader } from "./fixedHeader";

const FLAG_USER: i32 = 0x80;
const FLAG_PASSWORD: i32 = 0x40;
const FLAG_CLEAN_SESSION: i32 = 0x02;

/** What a CONNECT says. Addresses belong to the caller; a length of 0 leaves user or password out. */
export class ConnectFields {
  clientId: usize = 0;
  clientIdLen: i32 = 0;
  user: usize = 0;
  userLen: i32 = 0;
  password: usize = 0;
  passwordLen: i32 = 0;
  keepAliveSeconds: i32 = 0;
  isCleanSession: bool = false;
}

/**
 * Appends a CONNECT of protocol level 4 without a will.
 * The caller has seen to it that a password has its user name [MQTT-3.1.2-22] and an empty client id a clean session
 * [MQTT-3.1.3-7]. `out` turns broken when the packet does not fit.
 *
 *     10 len | 00 04 'MQTT' | 04 | flags | keep alive u16 | client id | [user] | [password]
 *
 * Source: MQTT 3.1.1, 3.1.
 */
export function writeConnect(out: Writer, fields: ConnectFields): void {
  let flags = fields.isCleanSession ? FLAG_CLEAN_SESSION : 0;
  let remaining = 12 + fields.clientIdLen;
  if (fields.userLen) {
    flags |= FLAG_USER;
    remaining += 2 + fields.userLen;
  }
  if (fields.passwordLen) {
    flags |= FLAG_PASSWORD;
    remaining += 2 + fields.passwordLen;
  }
  writeFixedHeader(out, Packet.Connect, remaining);
  out.u16Be(4);
  out.text("MQTT");
  out.u8(4);
  out.u8(flags);
  out.u16Be(fields.keepAliveSeconds);
  writeField(out, fields.clientId, fields.clientIdLen);
  if (fields.userLen) writeField(out, fields.user, fields.userLen);
  if (fields.passwordLen) writeField(out, fields.password, fields.passwordLen);
}
