import { Client, board, configInteger, every } from "wasmote";

@payload
class Climate {
  temperature: f32 = 0;
  uptime: f32 = 0;
}

@payload
class Power {
  batteryMillivolts: i32 = 0;
  load: f32 = 0;
}

@tether({ tags: ["sensors", "climate"], writeOffline: true, dbTtl: 86400 })
function readClimate(out: Climate): void {
  out.temperature = board.temperature();
  out.uptime = board.uptime();
}

@tether({ tags: ["sensors", "power"], writeOffline: true, dbTtl: 86400 })
function readPower(out: Power): void {
  out.batteryMillivolts = board.millivolts(0);
  out.load = board.load();
}

/** The rate of each sensor is the owner's to choose: "app": { "intervalMs": 1000 } in the device's configuration. */
export function setup(): void {
  const intervalMs = configInteger("app.intervalMs", 5000);
  every(intervalMs, () => {
    readClimate();
  });
  every(intervalMs, () => {
    readPower();
  });
  new Client().start();
}
