import { parseDecimal } from "../lib/number";
import { Status } from "../lib/status";
import { AS_CONNECTED } from "../sdk/flags";
import { background } from "./background";
import { client } from "./client/client";
import { clock } from "./client/clock";
import { IDLE_MS } from "./client/face";
import { inbox } from "./client/inbox";
import { outbox } from "./client/outbox";
import { publications } from "./client/publications";
import { scratch } from "./client/scratch";
import { readConfig, settings } from "./client/settings";
import { stats } from "./client/stats";
import { databaseCalls } from "./databaseCalls";
import { clockMonotonic, sysWatchdog } from "./host/imports";

const WATCHDOG_SECONDS: i32 = 8;
const WATCHDOG_SECONDS_MAX: i32 = 60;

/** Whether the store beside the outbox's is stepped next. */
let isOthersTurn: bool = false;

countHeap();

/** Starts without a store. Ok. */
export function start(): i32 {
  clock.update(clockMonotonic());
  feedWatchdog();
  return Status.Ok;
}

/** One round of work: the connection, and at most one sector erase. Milliseconds to the next deadline. */
export function advance(nowMs: i64): i32 {
  clock.update(nowMs);
  const wait = client.step();
  const database = databaseCalls.answers;
  if (database && database.step()) return 0;
  return stepStores() ? 0 : min(wait, IDLE_MS);
}

/** One piece of the stores' work, by turns: a step erases one sector at most. Whether more waits. */
function stepStores(): bool {
  const store = outbox.store;
  const other = background.other;
  const isOther = other != null && isOthersTurn;
  if (isOther ? other!.step() : store != null && store.step()) return true;
  isOthersTurn = !isOther;
  return false;
}

/** flags: START_CLEAN, START_RESUMING (sdk/flags.ts), or 0: as configured. Ok, also when started before; Invalid. */
export function startClient(flags: i32): i32 {
  settings.startFlags = flags;
  const status = client.start();
  if (status == Status.Ok) publications.isClientStarted = true;
  return status;
}

/** Says goodbye as Session.sayGoodbye documents. */
export function stopClient(keepsWill: bool = false, sessionSeconds: i32 = AS_CONNECTED): void {
  client.stop(keepsWill, sessionSeconds);
  publications.isClientStarted = false;
}

/** The app starts anew: what it had begun is forgotten. */
export function forgetApp(): void {
  publications.forget();
  inbox.appStarted();
  const database = databaseCalls.answers;
  if (database) database.forgetApp();
}

/** Counts what was taken since as in use, too. */
export function countHeap(): void {
  stats.heapUsed = heapTop();
}

/** Bytes of linear memory in use. */
function heapTop(): i32 {
  return <i32>heap.alloc(0);
}

/** Sets the watchdog's period as configured, which begins anew. */
export function feedWatchdog(): void {
  const length = readConfig("device.watchdogSeconds", scratch, 8);
  const seconds = parseDecimal(scratch, length, WATCHDOG_SECONDS_MAX);
  sysWatchdog(seconds > 0 ? seconds : WATCHDOG_SECONDS);
}
