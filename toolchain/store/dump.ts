/** A store's records as JSON lines, in the order of their keys. */
import { SPACES, spaceOf } from "./checkpoint.js";
import { parseQueued } from "./queued.js";
import { Kind, type StoreRecord } from "./record.js";
import type { StoreState } from "./recovery.js";
import { BY_KEY } from "./tree.js";
import { keyMember, valueObject } from "./text.js";

/**
 * Returns a line for each record that is there, expired or not: space; key or keyHex; version; expiresAt (seconds since 1970) or
 * expiresAtOwn (seconds of the store's own clock), if it expires; entries [[index, hex]], if it has any; then one of
 * value (text.ts), message (a record of the queue), damaged (what is wrong with it).
 */
export function* dump({ index, log }: StoreState, space?: (typeof SPACES)[number]): Generator<string> {
  const keys = [...index.keys()].filter((composite) => composite.charCodeAt(0) === BY_KEY).sort(byBytes);
  for (const composite of keys) {
    const key = Buffer.from(composite.slice(1), "latin1");
    const name = SPACES[spaceOf(key)]!;
    if (space !== undefined && name !== space) continue;
    const unit = index.get(composite)!;
    const record = log.recordAtUnit(unit);
    const { name: member, text } = keyMember(key);
    yield `{"space":"${name}","${member}":${text},${rest(record, key, unit)}}`;
  }
}

function rest(record: StoreRecord | null, key: Buffer, unit: number): string {
  if (record === null || record.kind === Kind.System || !record.key.equals(key)) return `"damaged":"no record at unit ${unit}"`;
  const members = [`"version":${record.version ?? record.address}`];
  if (record.expiry !== null) members.push(`"${record.expiry.isWallClock ? "expiresAt" : "expiresAtOwn"}":${record.expiry.seconds}`);
  const entries = record.entries.map(({ index, value }) => `[${index},"${value.toString("hex")}"]`);
  if (entries.length > 0) members.push(`"entries":[${entries.join(",")}]`);
  members.push(record.isWhole ? content(record) : `"damaged":"crc32 disagrees at unit ${unit}"`);
  return members.join(",");
}

function content(record: StoreRecord): string {
  const message = parseQueued(record);
  if (message === null) return `"value":${valueObject(record.value)}`;
  const { sequence, capturedAtMs, isWallClock, flags, ttlSeconds, boot, topic, context, data } = message;
  const members = [`"sequence":${sequence}`, `"${isWallClock ? "capturedAtMs" : "capturedAtBootMs"}":${capturedAtMs}`, `"boot":${boot}`];
  members.push(`"ttlSeconds":${ttlSeconds}`, `"flags":${flags}`, `"topic":${valueObject(topic)}`);
  members.push(`"context":${valueObject(context)}`, `"data":${valueObject(data)}`);
  return `"message":{${members.join(",")}}`;
}

/** Composites are texts of one character a byte. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
