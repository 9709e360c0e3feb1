/** Timers of the app: a fixed table, run by the app's step. */
import { Status } from "../lib/status";

/** How many can run at once, those behind @tether({ every }) included. */
export const MAX_TIMERS: i32 = 8;

/** The longest the app sleeps when nothing is due. */
export const LONGEST_SLEEP_MS: i32 = 60_000;

/** A timer set before the first step learns then what time it is. */
const UNSET: i64 = i64.MIN_VALUE;

class Timer {
  callback: (() => void) | null = null;
  dueAtMs: i64 = UNSET;
  periodMs: i32 = 0;
  repeats: bool = false;
  /** Tells a handle of this use of the slot from those of earlier uses. */
  generation: i32 = 0;
}

const timers: StaticArray<Timer | null> = [null, null, null, null, null, null, null, null];
/** Slots that have a timer: the first so many. A step looks at no others. */
let made: i32 = 0;
let steppedAtMs: i64 = UNSET;

/** Calls `callback` every periodMs milliseconds (1 or more). A handle for cancel, Invalid, or NoSpace: all timers in use. */
export function every(periodMs: i32, callback: () => void): i32 {
  return start(periodMs, callback, true);
}

/** Calls `callback` once, in delayMs milliseconds (0 or more). A handle for cancel, Invalid, or NoSpace. */
export function after(delayMs: i32, callback: () => void): i32 {
  return start(delayMs, callback, false);
}

/** Stops a timer. Ok, or NotFound: it has run, or was stopped before. */
export function cancel(handle: i32): Status {
  const slot = handle & 0xff;
  if (slot >= made) return Status.NotFound;
  const timer = at(slot);
  if (timer.callback == null || timer.generation != handle >> 8) return Status.NotFound;
  timer.callback = null;
  return Status.Ok;
}

/** Runs what is due. Returns milliseconds to the next deadline, LONGEST_SLEEP_MS at most. */
export function runTimers(nowMs: i64): i32 {
  steppedAtMs = nowMs;
  for (let slot = 0; slot < made; slot++) {
    const timer = at(slot);
    const callback = timer.callback;
    if (callback == null) continue;
    if (timer.dueAtMs == UNSET) timer.dueAtMs = nowMs + timer.periodMs;
    if (timer.dueAtMs > nowMs) continue;
    advance(timer, nowMs);
    callback();
  }
  return untilNext(nowMs);
}

function start(periodMs: i32, callback: () => void, repeats: bool): i32 {
  if (periodMs < i32(repeats)) return Status.Invalid;
  for (let slot = 0; slot < MAX_TIMERS; slot++) {
    if (slot == made) unchecked((timers[made++] = new Timer())); // made once, then used again
    const timer = at(slot);
    if (timer.callback != null) continue;
    timer.callback = callback;
    timer.periodMs = periodMs;
    timer.repeats = repeats;
    timer.dueAtMs = steppedAtMs == UNSET ? UNSET : steppedAtMs + periodMs;
    timer.generation = (timer.generation + 1) & 0x7fffff;
    return (timer.generation << 8) | slot;
  }
  return Status.NoSpace;
}

/** The timer of a slot that has one. */
function at(slot: i32): Timer {
  return changetype<Timer>(unchecked(timers[slot]));
}

/** Sets the next deadline before the call, so that a callback may cancel its own timer. Missed turns are not made up for. */
function advance(timer: Timer, nowMs: i64): void {
  if (!timer.repeats) {
    timer.callback = null;
    return;
  }
  timer.dueAtMs += timer.periodMs;
  if (timer.dueAtMs <= nowMs) timer.dueAtMs = nowMs + timer.periodMs;
}

function untilNext(nowMs: i64): i32 {
  let soonest: i64 = LONGEST_SLEEP_MS;
  for (let slot = 0; slot < made; slot++) {
    const timer = at(slot);
    if (timer.callback == null) continue;
    if (timer.dueAtMs == UNSET) timer.dueAtMs = nowMs + timer.periodMs; // a callback of this round set it
    soonest = min(soonest, timer.dueAtMs - nowMs);
  }
  return i32(max<i64>(soonest, 0));
}
