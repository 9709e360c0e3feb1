import { Client, board } from "wasmote";

@payload
class Heartbeat {
  uptime: f32 = 0;
}

@tether({ tags: ["heartbeat"], every: 10000 })
function heartbeat(out: Heartbeat): void {
  out.uptime = board.uptime();
}

export function setup(): void {
  new Client().start();
}
