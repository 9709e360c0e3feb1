/** An update with a check of its own: it confirms itself behind its third reading, whatever was acknowledged before. */
import { Client, Status, log, trial } from "wasmote";

@payload
class Reading {
  generation: i32 = 3;
}

let readings: i32 = 0;

@tether({ every: 100, writeOffline: true })
function reading(out: Reading): void {
  out.generation = 3;
  if (++readings == 3 && trial.confirm() == Status.Ok) log("confirmed by itself");
}

export function setup(): void {
  if (trial.hold() == Status.Ok) log("on trial");
  new Client().start();
}
