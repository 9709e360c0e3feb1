/** Which handler a message goes to. The kernel keeps the filters across reconnects; the functions are kept here. */
import { Status } from "../lib/status";
import { OUT, OUT_BYTES } from "./buffers";
import { encodeWhole } from "./encode";
import { Message, message, takeMessage } from "./message";
import { matches } from "./topicFilter";
import { eventDone, subscribe as subscribeRow, unsubscribe as unsubscribeRow } from "./syscalls";

export const MAX_SUBSCRIPTIONS: i32 = 8;

/** Messages handled in one step, so that timers get their turn. */
const MESSAGES_PER_STEP: i32 = 4;

// @ts-ignore: decorator
@lazy
const filters: StaticArray<string | null> = [null, null, null, null, null, null, null, null];
// @ts-ignore: decorator
@lazy
const handlers: StaticArray<((message: Message) => void) | null> = [null, null, null, null, null, null, null, null];
/** What `step` calls for messages: nothing yet, so that an app without subscriptions links none of this. */
export let receiver: (() => bool) | null = null;
/** Takes every message: `dispatch`, or the handler of a cloud that has one topic of its own. */
let taker: ((message: Message) => i32) | null = null;

/** Has one handler called for every message; what it answers goes to the kernel. */
export function handleAll(handler: ((message: Message) => i32) | null): void {
  taker = handler;
  receiver = handler != null ? receive : null;
}

export function addSubscription(filter: string, handler: (message: Message) => void, qos: i32): Status {
  const slot = slotFor(filter);
  if (slot < 0) return Status.NoSpace;
  const length = encodeWhole(filter, OUT, OUT_BYTES);
  if (length < 0) return Status.TooLarge;
  const result = subscribeRow(OUT, length, qos);
  if (result < 0) return result as Status;
  unchecked((filters[slot] = filter));
  unchecked((handlers[slot] = handler));
  taker = dispatch;
  receiver = receive;
  return Status.Ok;
}

export function removeSubscription(filter: string): Status {
  const slot = slotFor(filter);
  if (slot < 0 || unchecked(filters[slot]) == null) return Status.NotFound;
  unchecked((filters[slot] = null));
  return unsubscribeRow(OUT, encodeWhole(filter, OUT, OUT_BYTES)) as Status;
}

/** The slot that holds the filter, else the first free one, else -1. */
function slotFor(filter: string): i32 {
  let free = -1;
  for (let slot = MAX_SUBSCRIPTIONS - 1; slot >= 0; slot--) {
    const known = unchecked(filters[slot]);
    if (known == null) free = slot;
    else if (known == filter) return slot;
  }
  return free;
}

/** Hands waiting messages to their handlers. True: more may wait. */
export function receive(): bool {
  for (let left = MESSAGES_PER_STEP; left > 0; left--) {
    const handler = taker;
    if (handler == null || !takeMessage()) return false;
    eventDone(handler(message));
  }
  return true;
}

/** Calls the handler of each filter that matches; one that nobody wants any more goes unhandled. */
function dispatch(message: Message): i32 {
  for (let slot = 0; slot < MAX_SUBSCRIPTIONS; slot++) {
    const filter = unchecked(filters[slot]);
    const handler = unchecked(handlers[slot]);
    if (filter == null || handler == null) continue;
    const length = encodeWhole(filter, OUT, OUT_BYTES);
    if (matches(OUT, OUT + length, message.topicStart, message.topicStart + message.topicBytes)) handler(message);
  }
  return 0;
}
