import { Status } from "../lib/status";
import { AS_CONNECTED, KEEP_WILL } from "../sdk/flags";
import { equalsText } from "../lib/text";
import { client } from "./client/client";
import { clock } from "./client/clock";
import { dialect } from "./client/dialect";
import { face } from "./client/face";
import { EVENT_HEADER_BYTES, inbox } from "./client/inbox";
import { publications } from "./client/publications";
import { stats, STATS_BYTES } from "./client/stats";
import { streams } from "./client/streams";
import { subscriptions } from "./client/subscriptions";
import { updates } from "./client/updateHooks";
import { will } from "./client/will";
import { databaseCalls } from "./databaseCalls";
import { LogLevel } from "./host/constants";
import { sysConfig, sysResetReason, sysSleep } from "./host/imports";
import { logText } from "./host/log";
import { startClient, stopClient } from "./kernel";

/** KERNEL_CALL rows of host/include/app_imports.def, in order, counted from 0. */
enum Row {
  publish,
  publish_begin,
  publish_write,
  publish_commit,
  publish_abort,
  stream_open,
  stream_publish,
  subscribe,
  unsubscribe,
  event_next,
  event_read,
  event_done,
  client_start,
  client_stop,
  client_state,
  stats,
  time,
  config,
  sleep,
  reset_reason,
  will_set,
  publish_state,
  subscription_state,
  /** The rows of databaseCalls.ts from here on, ... */
  db_put,
  /** ... and those that every kernel answers again. */
  client_disconnect = 64,
  /** Of databaseCalls.ts, too, as those behind it. */
  store_stats,
}

const RECEIPT_BYTES: i32 = 8;
const TIME_BYTES: i32 = 16;

/** The number of tb_send, and of the row behind tb_info: rows between them are those of thingsboardExports.ts. */
export const THINGSBOARD_ROWS: i32 = 58;
export const THINGSBOARD_ROWS_END: i32 = 64;

/** Keys an app may read begin so. */
const APP_PREFIX: string = "app.";

/**
 * Answers one syscall. a0..a7: the row's arguments as in sdk/syscalls.ts, its spans inside the exchange buffer.
 * Returns the row's result, or Unsupported for a row this kernel does not know.
 */
export function dispatch(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  if (row <= Row.stream_publish) {
    return updates.listens ? publishingHeard(row, a0, a1, a2, a3, a4, a5, a6, a7) : publishing(row, a0, a1, a2, a3, a4, a5, a6, a7);
  }
  if (row <= Row.event_done) return receiving(row, a0, a1, a2);
  if (row >= Row.db_put) {
    return row == Row.client_disconnect ? disconnect(a0, a1) : askDatabase(row - Row.db_put, a0, a1, a2, a3, a4, a5, a6);
  }
  switch (row) {
    case Row.client_start:
      return startClient(a0);
    case Row.client_stop: {
      stopClient();
      return Status.Ok;
    }
    case Row.client_state:
      return client.state;
    case Row.stats: {
      if (a1 < STATS_BYTES) return Status.TooLarge;
      stats.write(a0);
      return STATS_BYTES;
    }
    case Row.time: {
      if (a1 < TIME_BYTES) return Status.TooLarge;
      store<i64>(a0, clock.nowMs);
      store<i64>(a0, clock.wallMs, 8);
      return Status.Ok;
    }
    case Row.config: {
      const isOpen = a1 >= APP_PREFIX.length && equalsText(a0, APP_PREFIX.length, APP_PREFIX);
      return isOpen ? sysConfig(a0, a1, a2, a3) : Status.NotFound;
    }
    case Row.sleep:
      return fallAsleep(a0);
    case Row.reset_reason:
      return sysResetReason();
    case Row.will_set:
      return will.set(a0, a1, a2, a3, a4);
    case Row.publish_state:
      return publications.state(a0, ((<i64>a2) << 32) | (<i64>(<u32>a1)));
    case Row.subscription_state:
      return subscriptions.state(a0);
    default:
      return Status.Unsupported;
  }
}

/** With updates, which hear what the app published: each of these rows has its receipt elsewhere. */
function publishingHeard(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  const answer = publishing(row, a0, a1, a2, a3, a4, a5, a6, a7);
  if (row == Row.publish) updates.published(answer, a6);
  else if (row == Row.publish_commit) updates.published(answer, a1);
  else if (row == Row.stream_publish) updates.published(answer, a3);
  return answer;
}

function publishing(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32, a7: i32): i32 {
  switch (row) {
    case Row.publish:
      return a7 < RECEIPT_BYTES ? Status.Invalid : publications.publish(a0, a1, a2, a3, a4, a5, a6);
    case Row.publish_begin:
      return publications.open(a0, a1, a2, a3, a4);
    case Row.publish_write:
      return publications.write(a0, a1, a2);
    case Row.publish_commit:
      return a2 < RECEIPT_BYTES ? Status.Invalid : publications.commit(a0, a1);
    case Row.publish_abort:
      return publications.abort(a0);
    case Row.stream_open:
      return streams.open(a0, a1, a2, a3, a4, a5, a6, a7);
    default:
      return a4 < RECEIPT_BYTES ? Status.Invalid : publications.publishReading(a0, a1, a2, a3);
  }
}

function receiving(row: i32, a0: i32, a1: i32, a2: i32): i32 {
  switch (row) {
    case Row.subscribe:
      return subscriptions.add(a0, a1, a2);
    case Row.unsubscribe:
      return subscriptions.remove(a0, a1);
    case Row.event_next:
      return a1 < EVENT_HEADER_BYTES ? Status.Invalid : inbox.next(a0);
    case Row.event_read:
      return inbox.read(a0, a1, a2);
    default: {
      face.handled(a0);
      return inbox.done();
    }
  }
}

function askDatabase(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32 {
  const database = databaseCalls.answers;
  if (database) {
    database.setTime(clock.nowMs, clock.wallMs);
    return database.call(row, a0, a1, a2, a3, a4, a5, a6);
  }
  if (!databaseCalls.isMissed) logText(LogLevel.Error, "database: not in this kernel");
  databaseCalls.isMissed = true;
  return Status.Unsupported;
}

/** Stops the client as asked. Ok; Invalid, with nothing done. */
function disconnect(flags: i32, sessionSeconds: i32): i32 {
  if ((flags & ~KEEP_WILL) != 0 || sessionSeconds < AS_CONNECTED || !dialect.mayKeep(sessionSeconds)) return Status.Invalid;
  stopClient(flags != 0, sessionSeconds);
  return Status.Ok;
}

/** Everything STORED is on flash already: says goodbye to the broker and asks for the sleep. */
function fallAsleep(ms: i32): i32 {
  if (ms < 0) return Status.Invalid;
  const status = sysSleep(ms);
  if (status == Status.Ok) stopClient();
  return status;
}
