const PLUS: u8 = 0x2b;
const HASH: u8 = 0x23;
const SLASH: u8 = 0x2f;
const DOLLAR: u8 = 0x24;

/** Matches a topic name with a valid topic filter. Source: MQTT 3.1.1, 4.7. */
export function matches(filter: usize, filterEnd: usize, topic: usize, topicEnd: usize): bool {
  const first = filter < filterEnd ? load<u8>(filter) : 0;
  if ((first == PLUS || first == HASH) && topic < topicEnd && load<u8>(topic) == DOLLAR) return false;
  for (; filter < filterEnd; filter++) {
    const expected = load<u8>(filter);
    if (expected == HASH) return true;
    if (expected == PLUS) {
      while (topic < topicEnd && load<u8>(topic) != SLASH) topic++;
    } else if (topic < topicEnd && load<u8>(topic) == expected) {
      topic++;
    } else {
      // "sport/#" also matches "sport"
      return topic == topicEnd && expected == SLASH && filter + 2 == filterEnd && load<u8>(filter, 1) == HASH;
    }
  }
  return topic == topicEnd;
}
