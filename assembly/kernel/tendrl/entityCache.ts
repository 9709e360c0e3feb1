import { JsonWriter } from "../../lib/json";
import { writeI64 } from "../../lib/number";
import { copyText } from "../../lib/text";
import { clock } from "../client/clock";
import { deviceState } from "../client/deviceState";
import { scratch, scratchBytes } from "../client/scratch";
import { isConfigured, readNumber } from "../client/settings";
import { LogLevel } from "../host/constants";
import { logNumber, logText } from "../host/log";
import { identity, JTI_MAX, MARK_BYTES, SUB_MAX, writeMark } from "./identity";
import { Member, objectReader } from "./objectReader";

/** Names in the device's state. */
const ENTITY: string = "tendrl.entity";
const RESET: string = "tendrl.reset";

const MARK_TEXT_BYTES: i32 = MARK_BYTES * 2;
const mark: usize = memory.data(8, 8);
const markText: usize = memory.data(16, 8);
const timeText: usize = memory.data(20, 1);
/** Longest time that is kept: seconds, with a fraction as the original has them. */
const TIME_BYTES: i32 = 20;
const HOURS_MAX: i32 = 8760;
const json = new JsonWriter();

/** What discovery found, kept over resets and bound to the key it was found with. */
export class EntityCache {
  /** When the identity was found, in seconds since 1970; 0: nobody knows. */
  private foundAtSeconds: i64 = 0;
  /** Older than so many hours it is asked for anew; 0: never. */
  private hoursMax: i32 = 0;

  /** The configuration was read. */
  load(): void {
    this.hoursMax = readNumber("tendrl.cacheHours", 0, HOURS_MAX);
  }

  /** Whether the identity is older than the owner wants it. Without a clock nobody can tell. */
  get isOld(): bool {
    return this.hoursMax > 0 && clock.wallMs >= 0 && clock.wallMs / 1000 - this.foundAtSeconds > <i64>this.hoursMax * 3600;
  }

  /** Makes the identity what is kept, if it was kept for the key in force. */
  read(): void {
    const length = deviceState.state.get(ENTITY, scratch, scratchBytes);
    if (length <= 0) return;
    objectReader.start();
    objectReader.want(Member.jti, identity.jti, JTI_MAX);
    objectReader.want(Member.sub, identity.sub, SUB_MAX);
    objectReader.want(Member.key, markText, MARK_TEXT_BYTES);
    objectReader.want(Member.cached_at, timeText, TIME_BYTES);
    const isWhole = objectReader.readWhole(scratch, length) && objectReader.textBytes(Member.key) == MARK_TEXT_BYTES;
    if (!isWhole) return logText(LogLevel.Warning, "entity cache unreadable: asks anew");
    if (!this.isOfThisKey()) return logText(LogLevel.Info, "entity cache of another key: asks anew");
    identity.take(objectReader.textBytes(Member.sub), objectReader.textBytes(Member.jti));
    this.foundAtSeconds = wholeSeconds(objectReader.numberBytes(Member.cached_at));
  }

  /** Keeps the identity. A failure is logged: the next start asks again. */
  write(): void {
    writeMarkText(markText);
    json.reset(scratch, scratchBytes);
    json.text('{"api_key_id":');
    json.string(identity.jti, identity.jtiLen);
    json.text(',"subject":');
    json.string(identity.sub, identity.subLen);
    json.text(',"cached_at":');
    this.foundAtSeconds = max<i64>(clock.wallMs, 0) / 1000;
    writeI64(json, this.foundAtSeconds);
    json.text(',"key":"');
    json.bytes(markText, MARK_TEXT_BYTES);
    json.text('"}');
    const status = json.isBroken ? -1 : deviceState.state.put(ENTITY, json.address, json.length);
    if (status < 0) logNumber(LogLevel.Warning, "entity cache not kept, status ", status);
  }

  clear(): void {
    identity.forget();
    deviceState.state.remove(ENTITY);
  }

  /** Honours `reset: true` once: until the configuration says something else in between, it was. */
  honourReset(): void {
    const isAsked = isConfigured("tendrl.reset", "true");
    const isDone = deviceState.state.get(RESET, scratch, 8) > 0;
    if (isAsked && !isDone) {
      this.clear();
      deviceState.state.put(RESET, scratch, copyText(scratch, "done"));
      logText(LogLevel.Info, "entity cache cleared: reset");
    } else if (!isAsked && isDone) {
      deviceState.state.remove(RESET);
    }
  }

  private isOfThisKey(): bool {
    writeMarkText(scratch);
    return memory.compare(scratch, markText, MARK_TEXT_BYTES) == 0;
  }
}

/** The number of so many bytes that was read, its fraction cut off; 0: there is none. */
function wholeSeconds(len: i32): i64 {
  let sum: i64 = 0;
  for (let i = 0; i < min(len, TIME_BYTES); i++) {
    const digit = <i32>load<u8>(timeText + i) - 48;
    if (<u32>digit > 9) break;
    sum = sum * 10 + digit;
  }
  return sum;
}

/** Writes the mark of the key in force in hexadecimal to dst: u8[MARK_TEXT_BYTES]. */
function writeMarkText(dst: usize): void {
  writeMark(mark);
  for (let i = 0; i < MARK_BYTES; i++) {
    const byte = <i32>load<u8>(mark + i);
    store<u8>(dst + i * 2, digit(byte >> 4));
    store<u8>(dst + i * 2 + 1, digit(byte & 15));
  }
}

function digit(value: i32): i32 {
  return value < 10 ? 48 + value : 87 + value;
}

export const entityCache = new EntityCache();
