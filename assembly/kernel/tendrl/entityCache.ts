import { Writer } from "../../lib/bytes";
import { JsonWriter } from "../../lib/json";
import { writeI64 } from "../../lib/number";
import { copyText, equalsText } from "../../lib/text";
import { clock } from "../client/clock";
import { deviceState } from "../client/deviceState";
import { scratch, scratchBytes } from "../client/scratch";
import { readConfig } from "../client/settings";
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
const json = new JsonWriter();

/** What discovery found, kept over resets and bound to the key it was found with. */
export class EntityCache {
  /** Makes the identity what is kept, if it was kept for the key in force. */
  read(): void {
    const length = deviceState.state.get(ENTITY, scratch, scratchBytes);
    if (length <= 0) return;
    objectReader.start();
    objectReader.want(Member.jti, identity.jti, JTI_MAX);
    objectReader.want(Member.sub, identity.sub, SUB_MAX);
    objectReader.want(Member.key, markText, MARK_TEXT_BYTES);
    const isWhole = objectReader.readWhole(scratch, length) && objectReader.textBytes(Member.key) == MARK_TEXT_BYTES;
    if (!isWhole) return logText(LogLevel.Warning, "entity cache unreadable: asks anew");
    if (!this.isOfThisKey()) return logText(LogLevel.Info, "entity cache of another key: asks anew");
    identity.take(objectReader.textBytes(Member.sub), objectReader.textBytes(Member.jti));
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
    writeI64(json, max<i64>(clock.wallMs, 0) / 1000);
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
    const length = readConfig("tendrl.reset", scratch, 8);
    const isAsked = length > 0 && equalsText(scratch, length, "true");
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
