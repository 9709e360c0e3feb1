import { Counter, board, configInteger, every } from "wasmote";
import { Client } from "wasmote/tendrl";

const client = new Client();

@payload
class Climate {
  /** The store's number for the reading, which survives resets: what is missing on the other side shows. */
  number: u32 = 0;
  temperature: f32 = 0;
}

@tether({ tags: ["sensors", "climate"], writeOffline: true, dbTtl: 86400 })
function readClimate(out: Climate): void {
  out.number = client.storage(Counter.SequenceLow) + 1;
  out.temperature = board.temperature();
}

/** The rate is the owner's to choose: "app": { "intervalMs": 1000 } in the device's configuration. */
export function setup(): void {
  every(configInteger("app.intervalMs", 5000), () => {
    readClimate();
  });
  client.start();
}
