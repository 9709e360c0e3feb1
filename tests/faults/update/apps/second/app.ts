/** A meter whose readings are numbered by the board, generation 2. */
import { Client, board } from "wasmote";

@payload
class Reading {
  generation: i32 = 0;
  number: i32 = 0;
}

@tether({ every: 4000, writeOffline: true })
function reading(out: Reading): void {
  out.generation = 2;
  out.number = board.millivolts(0);
}

export function setup(): void {
  new Client().start();
}
