/** A meter before its update: a reading ten times a second, kept over everything. */
import { Client } from "wasmote";

@payload
class Reading {
  generation: i32 = 1;
}

@tether({ every: 100, writeOffline: true })
function reading(out: Reading): void {
  out.generation = 1;
}

export function setup(): void {
  new Client().start();
}
