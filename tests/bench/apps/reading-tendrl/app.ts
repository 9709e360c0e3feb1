/** A thrifty app for Tendrl: one typed row of two fields, stored on flash before the call returns. Without heartbeats, which are no readings. */
import { board } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

@payload
class Reading {
  temperature: f32 = 0;
  battery: i32 = 0;
}

@tether({ tags: ["sensors"], writeOffline: true, dbTtl: 3600, every: 5000 })
function readSensors(out: Reading): void {
  out.temperature = board.temperature();
  out.battery = board.millivolts(0);
}

export function setup(): void {
  const options = new Options();
  options.sendHeartbeat = false;
  new Client(options).start();
}
