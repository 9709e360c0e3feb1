/** A meter after its update: generation 2: a reading ten times a second, kept over everything. */
import { Client } from "wasmote";

@payload
class Reading {
  generation: i32 = 2;
}

@tether({ every: 100, writeOffline: true })
function reading(out: Reading): void {
  out.generation = 2;
}

export function setup(): void {
  new Client().start();
}
