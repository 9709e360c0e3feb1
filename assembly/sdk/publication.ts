/** Publishing on a topic: in one call when topic and payload fit the exchange buffer, in parts when they do not. */
import { Status } from "../lib/status";
import { EXCHANGE_BYTES, OUT, OUT_BYTES, RECEIPT, RECEIPT_BYTES, roundUp8 } from "./buffers";
import { encodeText, encodeWhole, encodedBytes, encodedTo } from "./encode";
import { FLAG_PROPERTIES } from "./flags";
import { Properties } from "./properties";
import { publish, publishAbort, publishBegin, publishCommit, publishWrite } from "./syscalls";

/** Bytes of payload that still fit in one call beside a topic. */
function roomBeside(topicLen: i32): i32 {
  return EXCHANGE_BYTES - RECEIPT_BYTES - roundUp8(topicLen);
}

/** The answers of Client.publish. */
export function publishText(topic: string, payload: string, flags: i32, ttlSeconds: i32): i32 {
  const topicLen = encodeWhole(topic, OUT, OUT_BYTES);
  if (topicLen < 0) return Status.TooLarge;
  const total = encodedBytes(payload);
  if (total <= roomBeside(topicLen)) {
    const body = OUT + roundUp8(topicLen);
    encodeText(payload, 0, body, total);
    return publish(OUT, topicLen, body, total, flags, ttlSeconds, RECEIPT, RECEIPT_BYTES);
  }
  const publication = publishBegin(OUT, topicLen, total, flags, ttlSeconds);
  if (publication < 0) return publication;
  for (let at = 0; at < payload.length; at = encodedTo()) {
    const written = publishWrite(publication, OUT, encodeText(payload, at, OUT, OUT_BYTES));
    if (written < 0) return giveUp(publication, written);
  }
  return publishCommit(publication, RECEIPT, RECEIPT_BYTES);
}

/** As publishText, of bytes: u8[total]. */
export function publishMemory(topic: string, bytes: usize, total: i32, flags: i32, ttlSeconds: i32): i32 {
  const topicLen = encodeWhole(topic, OUT, OUT_BYTES);
  if (topicLen < 0) return Status.TooLarge;
  if (total <= roomBeside(topicLen)) {
    return publish(OUT, topicLen, bytes, total, flags, ttlSeconds, RECEIPT, RECEIPT_BYTES);
  }
  const publication = publishBegin(OUT, topicLen, total, flags, ttlSeconds);
  if (publication < 0) return publication;
  for (let done = 0; done < total; done += OUT_BYTES) {
    const written = publishWrite(publication, bytes + done, min(OUT_BYTES, total - done));
    if (written < 0) return giveUp(publication, written);
  }
  return publishCommit(publication, RECEIPT, RECEIPT_BYTES);
}

/** As publishText with properties, all of it in one call. TooLarge: it does not fit the exchange buffer, or they did not fit theirs. */
export function publishWith(properties: Properties, topic: string, payload: string, flags: i32, ttlSeconds: i32): i32 {
  const topicLen = encodeWhole(topic, OUT, OUT_BYTES);
  return topicLen < 0 ? Status.TooLarge : publishWithTo(properties, topicLen, payload, flags, ttlSeconds);
}

/** As publishWith, on the topic at OUT: u8[topicLen]. */
export function publishWithTo(properties: Properties, topicLen: i32, payload: string, flags: i32, ttlSeconds: i32): i32 {
  const head = 2 + properties.length;
  const total = encodedBytes(payload);
  if (properties.isBroken || head + total > roomBeside(topicLen)) return Status.TooLarge;
  const body = OUT + roundUp8(topicLen);
  store<u16>(body, <u16>properties.length);
  memory.copy(body + 2, properties.start, properties.length);
  encodeText(payload, 0, body + head, total);
  return publish(OUT, topicLen, body, head + total, flags | FLAG_PROPERTIES, ttlSeconds, RECEIPT, RECEIPT_BYTES);
}

function giveUp(publication: i32, cause: i32): i32 {
  publishAbort(publication);
  return cause;
}
