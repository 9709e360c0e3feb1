/** Stores ten readings a second; after the twentieth it descends into a tree of calls that nobody sees the end of. */
import { Client, every, now } from "wasmote";

@payload
class Count {
  count: i32 = 0;
}

let count: i32 = 0;

@tether({ writeOffline: true })
function reading(out: Count): void {
  out.count = count;
}

function leaves(depth: i32): i64 {
  return depth < 2 ? now() : leaves(depth - 1) + leaves(depth - 1) + leaves(depth - 1);
}

function work(): void {
  count++;
  reading();
  if (count == 20 && leaves(25) == 0) count = 0;
}

export function setup(): void {
  every(100, work);
  new Client().start();
}
