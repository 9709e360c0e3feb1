import { copyText } from "../../lib/text";
import { LogLevel } from "../host/constants";
import { sysDigest } from "../host/imports";
import { logText } from "../host/log";
import { ConnectFields } from "../mqtt/connect";
import { PASSWORD_MAX, scratch } from "../client/scratch";
import { readConfig } from "../client/settings";

/** Longest resource path and key id. A CONNECT with both and the longest key has room in the smallest transport. */
export const SUB_MAX: i32 = 96;
export const JTI_MAX: i32 = 64;
const TOPIC_MAX: i32 = SUB_MAX + JTI_MAX + 16;

/** Bytes of a key's mark: the first of its SHA-256. */
export const MARK_BYTES: i32 = 8;
const DIGEST_BYTES: i32 = 32;

const COLON: i32 = 0x3a;
const SLASH: i32 = 0x2f;

/**
 * Who this device is: `sub`, the resource path and MQTT client id, and `jti`, the id of the API key, MQTT user and third level of
 * both topics: `<account>/<region>/<jti>/publish` and `…/messages`. The key itself is read where it lies, and not kept.
 */
export class Identity {
  private readonly subBytes: StaticArray<u8> = new StaticArray<u8>(SUB_MAX);
  private readonly jtiBytes: StaticArray<u8> = new StaticArray<u8>(JTI_MAX);
  private readonly topicBytes: StaticArray<u8> = new StaticArray<u8>(TOPIC_MAX);
  subLen: i32 = 0;
  jtiLen: i32 = 0;
  topicLen: i32 = 0;
  isKnown: bool = false;
  /** How often it was taken: another number may be another identity. */
  taken: i32 = 0;

  get sub(): usize {
    return changetype<usize>(this.subBytes);
  }

  get jti(): usize {
    return changetype<usize>(this.jtiBytes);
  }

  /** Where everything that the device sends goes. */
  get topic(): usize {
    return changetype<usize>(this.topicBytes);
  }

  forget(): void {
    this.isKnown = false;
  }

  /** `sub` and `jti` stand in their places, so long: takes them if they can be. False: the log tells why they cannot. */
  take(subLen: i32, jtiLen: i32): bool {
    this.isKnown = false;
    if (jtiLen < 1) return refuse("JTI not found in entity info");
    if (subLen > SUB_MAX || jtiLen > JTI_MAX) return refuse("entity info longer than this device can keep");
    const account = this.levelEnd(0, subLen);
    const region = account < subLen ? this.levelEnd(account + 1, subLen) : 0;
    if (account < 1 || region <= account + 1 || hasNul(this.sub, subLen)) return refuse("Invalid resource path format");
    if (!isLevel(this.sub, account) || !isLevel(this.sub + account + 1, region - account - 1))
      return refuse("Invalid resource path format");
    if (!isLevel(this.jti, jtiLen) || hasNul(this.jti, jtiLen)) return refuse("JTI not found in entity info");
    this.subLen = subLen;
    this.jtiLen = jtiLen;
    const topic = this.topic;
    memory.copy(topic, this.sub, region);
    store<u8>(topic + account, SLASH);
    store<u8>(topic + region, SLASH);
    memory.copy(topic + region + 1, this.jti, jtiLen);
    this.topicLen = region + 1 + jtiLen;
    this.topicLen += copyText(topic + this.topicLen, "/publish");
    this.isKnown = true;
    this.taken++;
    return true;
  }

  /** Writes the filter of what the device receives to dst. Its bytes. */
  writeMessagesTopic(dst: usize): i32 {
    const prefixLen = this.topicLen - 8; // "/publish"
    memory.copy(dst, this.topic, prefixLen);
    return prefixLen + copyText(dst + prefixLen, "/messages");
  }

  /** Fills in who connects; the key's address is good until the scratch is used again. */
  fill(fields: ConnectFields): void {
    fields.clientId = this.sub;
    fields.clientIdLen = this.subLen;
    fields.user = this.jti;
    fields.userLen = this.jtiLen;
    fields.password = scratch;
    fields.passwordLen = readKey();
  }

  /** End of the level of `sub` that begins at `from`. */
  private levelEnd(from: i32, subLen: i32): i32 {
    while (from < subLen && load<u8>(this.sub + from) != COLON) from++;
    return from;
  }
}

/** Reads the API key into the scratch. Its bytes, 0: there is none. */
export function readKey(): i32 {
  return max(readConfig("tendrl.apiKey", scratch, PASSWORD_MAX), 0);
}

/** Writes the mark of the key in force to dst: u8[MARK_BYTES]. */
export function writeMark(dst: usize): void {
  const digest = scratch + PASSWORD_MAX;
  const length = readKey();
  if (sysDigest(scratch, length, digest, DIGEST_BYTES) < 0) memory.fill(digest, 0, MARK_BYTES);
  memory.copy(dst, digest, MARK_BYTES);
  memory.fill(scratch, 0, length);
}

function isLevel(level: usize, len: i32): bool {
  for (let i = 0; i < len; i++) {
    const byte = <i32>load<u8>(level + i);
    if (byte == SLASH || byte == 0x2b || byte == 0x23) return false;
  }
  return true;
}

function hasNul(text: usize, len: i32): bool {
  for (let i = 0; i < len; i++) {
    if (load<u8>(text + i) == 0) return true;
  }
  return false;
}

function refuse(why: string): bool {
  logText(LogLevel.Error, why);
  return false;
}

export const identity = new Identity();
