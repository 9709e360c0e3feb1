/** Stores ten readings a second and keeps 256 bytes of memory each time, until there is none. */
import { Client, every } from "wasmote";

class Hoard {
  bytes: StaticArray<u8> = new StaticArray<u8>(256);

  constructor(public before: Hoard | null) {}
}

@payload
class Count {
  count: i32 = 0;
}

let count: i32 = 0;
let hoard: Hoard | null = null;

@tether({ writeOffline: true })
function reading(out: Count): void {
  out.count = count;
}

function work(): void {
  count++;
  reading();
  hoard = new Hoard(hoard);
}

export function setup(): void {
  every(100, work);
  new Client().start();
}
