import { Client, board, configInteger, every } from "wasmote";

@payload
class Power {
  batteryMillivolts: i32 = 0;
  uptime: f32 = 0;
}

@payload
class Load {
  load: f32 = 0;
}

@tether({ writeOffline: true, dbTtl: 86400 })
function readPower(out: Power): void {
  out.batteryMillivolts = board.millivolts(0);
  out.uptime = board.uptime();
}

@tether({ writeOffline: true, dbTtl: 86400 })
function readLoad(out: Load): void {
  out.load = board.load();
}

export function setup(): void {
  const intervalMs = configInteger("app.intervalMs", 5000);
  every(intervalMs, () => {
    readPower();
  });
  every(intervalMs, () => {
    readLoad();
  });
  new Client().start();
}
