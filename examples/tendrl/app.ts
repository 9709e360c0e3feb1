import { board } from "wasmote";
import { Client } from "wasmote/tendrl";

const client = new Client();

@payload
class Climate {
  temperature: f32 = 0;
  uptime: f32 = 0;
}

@tether({ tags: ["sensors"], every: 10000 })
function readClimate(out: Climate): void {
  out.temperature = board.temperature();
  out.uptime = board.uptime();
}

export function setup(): void {
  client.start();
  client.publish("hello", ["greetings"]);
}
