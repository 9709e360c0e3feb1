import { isUtf8 } from "../../lib/utf8";

const SLASH: i32 = 0x2f;
const PLUS: i32 = 0x2b;
const HASH: i32 = 0x23;
const DOLLAR: i32 = 0x24;

/** Tells whether `topic`: u8[len] may be published to: 1 byte or more, UTF-8, no NUL, no wildcard. Source: MQTT 3.1.1, 4.7. */
export function isTopicName(topic: usize, len: i32): bool {
  if (len < 1 || len > 0xffff || !isUtf8(topic, len)) return false;
  for (let i = 0; i < len; i++) {
    if (isWildcard(load<u8>(topic + i))) return false;
  }
  return true;
}

/** Tells whether `filter`: u8[len] may be subscribed to: wildcards fill a level, `#` stands last [MQTT-4.7.1-1 to -3]. */
export function isTopicFilter(filter: usize, len: i32): bool {
  if (len < 1 || len > 0xffff || !isUtf8(filter, len)) return false;
  for (let i = 0; i < len; i++) {
    const byte = <i32>load<u8>(filter + i);
    if (!isWildcard(byte)) continue;
    if (i > 0 && load<u8>(filter + i - 1) != SLASH) return false;
    const isLast = i == len - 1;
    if (byte == HASH ? !isLast : !isLast && load<u8>(filter + i + 1) != SLASH) return false;
  }
  return true;
}

/** Tells whether a byte makes a topic a filter. */
export function isWildcard(byte: i32): bool {
  return byte == PLUS || byte == HASH;
}

/**
 * Tells whether a valid filter matches a valid topic name. `#` matches the parent level too, `+` an empty level, and a leading
 * wildcard no topic that begins with `$` [MQTT-4.7.2-1].
 */
export function matchesTopic(filter: usize, filterLen: i32, topic: usize, topicLen: i32): bool {
  if (load<u8>(topic) == DOLLAR && load<u8>(filter) != DOLLAR) return false;
  let t = 0;
  for (let f = 0; f < filterLen; f++) {
    const byte = <i32>load<u8>(filter + f);
    if (byte == HASH) return true;
    if (byte == PLUS) {
      while (t < topicLen && load<u8>(topic + t) != SLASH) t++;
    } else if (t < topicLen && <i32>load<u8>(topic + t) == byte) {
      t++;
    } else {
      // `a/#` matches `a`: the topic ends where the filter goes on with its last level.
      return t == topicLen && byte == SLASH && f == filterLen - 2 && load<u8>(filter + f + 1) == HASH;
    }
  }
  return t == topicLen;
}
