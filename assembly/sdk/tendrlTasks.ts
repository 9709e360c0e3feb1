/** Background tasks: functions called `freq` times a second, in the app's own loop. */
import { Status } from "../lib/status";
import { cancel, every } from "./timer";

const TASKS_MAX: i32 = 4;

const tasks: StaticArray<(() => i32) | null> = [null, null, null, null];
let timer: i32 = -1;

/** Has a task called every periodMs until it answers below 0. A handle; NoSpace: four run already, or no timer is left. */
export function addTask(task: () => i32, periodMs: i32): i32 {
  for (let slot = 0; slot < TASKS_MAX; slot++) {
    if (unchecked(tasks[slot]) != null) continue;
    if (timer < 0) timer = every(periodMs, runTasks);
    if (timer < 0) return Status.NoSpace;
    unchecked((tasks[slot] = task));
    return slot;
  }
  return Status.NoSpace;
}

export function stopTasks(): void {
  for (let slot = 0; slot < TASKS_MAX; slot++) unchecked((tasks[slot] = null));
  if (timer >= 0) cancel(timer);
  timer = -1;
}

/** Runs each task once; one that answers below 0 is done. */
function runTasks(): void {
  for (let slot = 0; slot < TASKS_MAX; slot++) {
    const task = unchecked(tasks[slot]);
    if (task != null && task() < 0) unchecked((tasks[slot] = null));
  }
}
