import { JsonWriter } from "../../lib/json";
import { FLAG_ENVELOPE, FLAG_KIND_SHIFT, FLAG_QOS_1 } from "../../sdk/flags";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { sysMemory } from "../host/imports";
import { counts } from "./counts";
import { MessageKind } from "./envelope";

const PERIOD_MS: i64 = 30000;
/** What sys_memory is asked for. */
const FREE_HEAP: i32 = 0;
const WHOLE_HEAP: i32 = 1;

const FLAGS: i32 = FLAG_ENVELOPE | FLAG_QOS_1 | (MessageKind.Heartbeat << FLAG_KIND_SHIFT);

const text: usize = memory.data(112, 1);
const TEXT_BYTES: i32 = 112;
const receipt: usize = memory.data(8, 8);
const json = new JsonWriter();

/** Flash as a heartbeat tells of it. */
export class DiskFigures {
  /** Bytes that can still be stored. */
  get freeBytes(): i32 {
    return 0;
  }

  get sizeBytes(): i32 {
    return 0;
  }
}

/** Says every 30 s, while online, that the device lives and what it has left: the first at once. */
export class Heartbeat {
  /** Where the figures of flash come from: a kernel without a store has none. */
  disk: DiskFigures = new DiskFigures();
  isOn: bool = true;
  private dueAtMs: i64 = 0;

  /** A message if one is due. Milliseconds to the next. */
  step(): i32 {
    if (!this.isOn) return i32.MAX_VALUE;
    const left = this.dueAtMs - clock.nowMs;
    if (left > 0) return <i32>left;
    this.dueAtMs = clock.nowMs + PERIOD_MS;
    if (this.publish() > 0) counts.heartbeats++;
    else counts.heartbeatsMissed++;
    return 0;
  }

  private publish(): i32 {
    json.reset(text, TEXT_BYTES);
    json.open(0x7b);
    member("mem_free", sysMemory(FREE_HEAP));
    member("mem_total", sysMemory(WHOLE_HEAP));
    member("disk_free", this.disk.freeBytes);
    member("disk_size", this.disk.sizeBytes);
    json.close(0x7d);
    return publications.publishData(0, 0, text, json.length, FLAGS, receipt);
  }
}

function member(name: string, value: i32): void {
  if (json.length > 1) json.u8(0x2c);
  json.u8(0x22);
  json.text(name);
  json.text('":');
  json.signed(max(value, 0));
}

export const heartbeat = new Heartbeat();
