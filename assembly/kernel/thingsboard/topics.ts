import { Writer } from "../../lib/bytes";
import { parseDecimal, writeI64 } from "../../lib/number";
import { equalsText } from "../../lib/text";

/** Topics of the device API, version 1. Source: spec/thingsboard.md, 2. */
export const TELEMETRY: string = "v1/devices/me/telemetry";
export const ATTRIBUTES: string = "v1/devices/me/attributes";
export const ATTRIBUTES_REQUEST: string = "v1/devices/me/attributes/request/";
export const RPC_REQUEST: string = "v1/devices/me/rpc/request/";
export const RPC_RESPONSE: string = "v1/devices/me/rpc/response/";
export const CLAIM: string = "v1/devices/me/claim";
export const PROVISION_REQUEST: string = "/provision/request";
const ATTRIBUTES_RESPONSE: string = "v1/devices/me/attributes/response/";
const PROVISION_RESPONSE: string = "/provision/response";

/** What a message from the server is. */
export enum Kind {
  Other,
  /** Shared attributes have changed. */
  Update,
  /** Attributes that were asked for. */
  Answer,
  /** The server calls the device. */
  Call,
  /** The server's answer to the device's call. */
  CallAnswer,
  Provisioned,
}

/** Largest id that is read: parseDecimal's limit; the server counts from 1. */
const ID_MAX: i32 = 200000000;

/** The number at the end of the topic that kindOf looked at last, 0 for none. */
export let topicId: i32 = 0;

/** What a topic: u8[len] stands for; sets topicId. A topic whose number is none is Other. */
export function kindOf(topic: usize, len: i32): Kind {
  topicId = 0;
  if (equalsText(topic, len, ATTRIBUTES)) return Kind.Update;
  if (equalsText(topic, len, PROVISION_RESPONSE)) return Kind.Provisioned;
  if (isNumbered(topic, len, ATTRIBUTES_RESPONSE)) return Kind.Answer;
  if (isNumbered(topic, len, RPC_REQUEST)) return Kind.Call;
  return isNumbered(topic, len, RPC_RESPONSE) ? Kind.CallAnswer : Kind.Other;
}

function isNumbered(topic: usize, len: i32, head: string): bool {
  const headLen = head.length;
  if (len <= headLen || !equalsText(topic, headLen, head)) return false;
  topicId = parseDecimal(topic + headLen, len - headLen, ID_MAX);
  return topicId > 0;
}

export const TOPIC_BYTES: i32 = 48;
const bytes: usize = memory.data(TOPIC_BYTES, 1);
const writer = new Writer();

/** Writes a topic, with a number behind it unless id is 0. Its address is `topicAt`, good until the next. Returns its length. */
export function writeTopic(head: string, id: i32): i32 {
  writer.reset(bytes, TOPIC_BYTES);
  writer.text(head);
  if (id) writeI64(writer, id);
  return writer.length;
}

export const topicAt: usize = bytes;
