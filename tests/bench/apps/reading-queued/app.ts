/** A thrifty app: one typed row of two fields, for kernels without a store: kept in RAM until it is acknowledged. */
import { Client, board } from "wasmote";

@payload
class Reading {
  temperature: f32 = 0;
  battery: i32 = 0;
}

@tether({ tags: ["sensors"], every: 5000 })
function readSensors(out: Reading): void {
  out.temperature = board.temperature();
  out.battery = board.millivolts(0);
}

export function setup(): void {
  new Client().start();
}
