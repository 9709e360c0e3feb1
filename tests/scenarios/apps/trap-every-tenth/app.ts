/** Stores ten readings a second and traps after every tenth. */
import { Client, every } from "wasmote";

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
  if (count % 10 == 0) unreachable();
}

export function setup(): void {
  every(100, work);
  new Client().start();
}
