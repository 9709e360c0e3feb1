import { Status } from "../lib/status";
import { DurableSession } from "./client/durableSession";
import { outbox } from "./client/outbox";
import { OutboxStore } from "./client/outboxStore";
import { scratch } from "./client/scratch";
import { keepSession } from "./client/sessionState";
import { LogLevel } from "./host/constants";
import { logNumber, logText } from "./host/log";
import { updateState } from "./host/imports";
import { countHeap, feedWatchdog, start, startClient } from "./kernel";
import { Kind, Phase, STATE_BYTES, STATE_PHASE } from "./update/phase";

/** Whether this firmware is on trial: it must not run on over a foreign store, of a later format perhaps, that the one before can read. */
export function isOnTrial(): bool {
  return updateState(Kind.Firmware, scratch, STATE_BYTES) >= 0 && load<u8>(scratch, STATE_PHASE) == Phase.Trial;
}

/** Over a foreign store any other runs without it where a better one can come over the air, and leaves it as it is. */
function mayRunBare(): bool {
  return !isOnTrial() && updateState(Kind.App, scratch, STATE_BYTES) >= 0;
}

/**
 * Starts over `store`, with the session in it, and starts the client when something waits there: a reading is delivered whether or not an app asks.
 * Ok, or the Status that keeps the device from running: an unreadable store, or a foreign one that nothing can come to mend. A kernel without a
 * store has none of this.
 */
export function startOver(store: OutboxStore): i32 {
  start();
  let status = store.mount();
  // An index made anew takes longer than the watchdog waits, in a large store; each piece of it does not.
  for (; status == Status.Busy; status = store.mount()) feedWatchdog();
  countHeap();
  if (status == Status.Unsupported) return Status.Ok;
  if (status == Status.Corrupt) logText(LogLevel.Error, "store: the partition holds something else; left as it is, erase it to start anew");
  else if (status < 0) logNumber(LogLevel.Error, "store does not mount, status ", status);
  if (status == Status.Corrupt && mayRunBare()) {
    startClient(0);
    return Status.Ok;
  }
  if (status < 0) return status;
  outbox.store = store;
  keepSession(new DurableSession(store));
  countHeap();
  // The first reading of a new device needs an erased sector too: setup is no step, and may take the time.
  store.step();
  // A bad configuration keeps the client from starting, not the device: what is stored waits for a better one.
  if (store.waiting > 0) startClient(0);
  return Status.Ok;
}
