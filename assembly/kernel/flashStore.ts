import { parseDecimal } from "../lib/number";
import { readConfig } from "./client/settings";
import { LogLevel, Partition } from "./host/constants";
import { logText } from "./host/log";
import { BlockDevice } from "./store/blockDevice";
import { FlashDevice } from "./store/flashDevice";
import { RecordLog } from "./store/recordLog";

/** Bounds of store.capBytes, as in toolchain/config/schema.ts. */
const CAP_MIN: i32 = 4096;
const CAP_MAX: i32 = 200000000;
const DIGITS_MAX: i32 = 16;

const digits: usize = memory.data(DIGITS_MAX);

/** Makes the store of a full kernel: a record log on the board's partition, or on `device` in its place. */
export function flashStore(device: BlockDevice = new FlashDevice(Partition.Store)): RecordLog {
  const log = new RecordLog(device);
  const length = readConfig("store.capBytes", digits, DIGITS_MAX);
  if (length <= 0) return log;
  const cap = parseDecimal(digits, length, CAP_MAX);
  if (cap >= CAP_MIN) log.setCap(cap);
  else logText(LogLevel.Error, "store.capBytes: not a size, so the whole partition is used");
  return log;
}
