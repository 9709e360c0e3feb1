/** A thrifty app for Tendrl: one typed row of two fields, kept in RAM until it is acknowledged. Without heartbeats, which are no readings. */
import { board } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

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
  const options = new Options();
  options.sendHeartbeat = false;
  new Client(options).start();
}
