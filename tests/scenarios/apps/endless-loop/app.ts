/** Stores ten readings a second; after the twentieth it never returns. */
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

function work(): void {
  count++;
  reading();
  if (count < 20) return;
  let sum: i64 = now();
  while (sum != i64.MAX_VALUE) sum = (sum + 1) & 0xffff; // never MAX_VALUE
}

export function setup(): void {
  every(100, work);
  new Client().start();
}
