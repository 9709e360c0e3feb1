import { Writer } from "../../lib/bytes";
import { ConnectFields } from "../mqtt/connect";
import { Packet, writeFixedHeader } from "../mqtt/fixedHeader";
import { Property } from "./property";
import { propertiesBytes, U16_BYTES, U32_BYTES, writeU16, writeU32, writeVarint } from "./propertyWriter";

const LEVEL: i32 = 5;

/** What a CONNECT of version 5 says beside that of 3.1.1. A value that is its default is left out. */
export class ConnectProperties {
  /** 0: the session ends with the connection; 0xffffffff: never. */
  sessionExpirySeconds: u32 = 0;
  /** 1..65535, and what 65535 announces is the default. */
  receiveMaximum: i32 = 0xffff;
  /** 0: no limit. */
  maximumPacketBytes: u32 = 0;
  topicAliasMaximum: i32 = 0;
  willDelaySeconds: u32 = 0;
}

/**
 * Appends a CONNECT of protocol level 5. Clean session stands for clean start. `out` turns broken when the packet does not fit.
 *
 *     10 len | 00 04 'MQTT' | 05 | flags | keep alive u16 | properties | client id | [will properties, topic, payload] | [user] | [password]
 *
 * Source: MQTT 5, 3.1.
 */
export function writeConnect5(out: Writer, fields: ConnectFields, properties: ConnectProperties): void {
  const len = bytesOf(properties);
  const willLen = properties.willDelaySeconds ? U32_BYTES : 0;
  const willBytes = fields.willTopicLen ? propertiesBytes(willLen) : 0;
  writeFixedHeader(out, Packet.Connect, fields.bytes + propertiesBytes(len) + willBytes);
  fields.writeHead(out, LEVEL);
  writeVarint(out, len);
  if (properties.sessionExpirySeconds) writeU32(out, Property.SessionExpiry, properties.sessionExpirySeconds);
  if (properties.receiveMaximum < 0xffff) writeU16(out, Property.ReceiveMaximum, properties.receiveMaximum);
  if (properties.maximumPacketBytes) writeU32(out, Property.MaximumPacketSize, properties.maximumPacketBytes);
  if (properties.topicAliasMaximum) writeU16(out, Property.TopicAliasMaximum, properties.topicAliasMaximum);
  fields.writeClientId(out);
  if (fields.willTopicLen) {
    writeVarint(out, willLen);
    if (willLen) writeU32(out, Property.WillDelay, properties.willDelaySeconds);
  }
  fields.writeRest(out);
}

function bytesOf(properties: ConnectProperties): i32 {
  return (
    (properties.sessionExpirySeconds ? U32_BYTES : 0) +
    (properties.receiveMaximum < 0xffff ? U16_BYTES : 0) +
    (properties.maximumPacketBytes ? U32_BYTES : 0) +
    (properties.topicAliasMaximum ? U16_BYTES : 0)
  );
}
