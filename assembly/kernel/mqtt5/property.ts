/** Properties that this client sends, reads or acts on. Source: MQTT 5, 2.2.2.2. */
export enum Property {
  PayloadFormat = 0x01,
  MessageExpiry = 0x02,
  ContentType = 0x03,
  ResponseTopic = 0x08,
  CorrelationData = 0x09,
  SubscriptionIdentifier = 0x0b,
  SessionExpiry = 0x11,
  AssignedClientId = 0x12,
  ServerKeepAlive = 0x13,
  WillDelay = 0x18,
  ServerReference = 0x1c,
  ReasonString = 0x1f,
  ReceiveMaximum = 0x21,
  TopicAliasMaximum = 0x22,
  TopicAlias = 0x23,
  MaximumQos = 0x24,
  RetainAvailable = 0x25,
  UserProperty = 0x26,
  MaximumPacketSize = 0x27,
  WildcardAvailable = 0x28,
  SubscriptionIdsAvailable = 0x29,
  SharedAvailable = 0x2a,
}

/** How a value is written. */
export enum ValueType {
  None,
  /** 0 or 1: every property of one byte is a flag. */
  Flag,
  U16,
  U32,
  Varint,
  Text,
  Binary,
  Pair,
}

export const PROPERTY_MAX: i32 = 0x2a;

/** ValueType of each identifier, 0 where there is none. */
const types: usize = memory.data<u8>([
  0, 1, 3, 5, 0, 0, 0, 0, 5, 6, 0, 4, 0, 0, 0, 0, 0, 3, 5, 2, 0, 5, 6, 0, 0, 0, 5, 0, 5, 0, 0, 5, 0, 2, 2, 2, 1, 1, 7, 3, 1, 1, 1,
]);

/**
 * Packets from a server that may carry each identifier: bit n for packet type n, so 4 = CONNACK, 8 = PUBLISH,
 * 0xaf0 = all acknowledgements, 0x4000 = DISCONNECT. AUTH has no bit: it is refused before its properties are read.
 */
const places: usize = memory.data<u16>([
  0, 8, 8, 8, 0, 0, 0, 0, 8, 8, 0, 8, 0, 0, 0, 0, 0, 4, 4, 4, 0, 4, 4, 0, 0, 0, 4, 0, 0x4004, 0, 0, 0x4af4, 0, 4, 4, 8, 4, 4, 0x4afc, 4, 4,
  4, 4,
]);

/** How the value of an identifier (0..255) is written, None for an unknown one. */
export function valueType(id: i32): i32 {
  return id > PROPERTY_MAX ? ValueType.None : <i32>load<u8>(types + id);
}

/** Tells whether a server may put a known property into a packet, by the packet's first byte. */
export function isInPlace(id: i32, packet: i32): bool {
  return ((load<u16>(places + ((<usize>id) << 1)) >> (packet >> 4)) & 1) != 0;
}

/** Tells whether a property may stand in one packet more than once. */
export function isRepeatable(id: i32): bool {
  return id == Property.UserProperty || id == Property.SubscriptionIdentifier;
}

/** Tells whether a number may be the value of a known property. A flag is 0 or 1; for four properties 0 says nothing that can be meant. */
export function isValue(id: i32, type: i32, value: u32): bool {
  if (type == ValueType.Flag) return value <= 1;
  const isPositive =
    id == Property.ReceiveMaximum || id == Property.MaximumPacketSize || id == Property.TopicAlias || id == Property.SubscriptionIdentifier;
  return value > 0 || !isPositive;
}
