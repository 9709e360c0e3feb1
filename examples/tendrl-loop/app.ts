import { board, every } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

const options = new Options();
options.mode = "async";
options.freq = 10;
options.maxBatchSize = 5;
const client = new Client(options);

let samples: i32 = 0;
let sum: i64 = 0;

/** Runs beside everything else, ten times a second, until it answers below 0. */
function sample(): i32 {
  sum += board.millivolts(0);
  return ++samples < 30 ? 0 : -1;
}

function report(): void {
  if (samples == 0 || !client.clientEnabled) return;
  client.publishJson(`{"samples":${samples},"millivolts":${sum / samples}}`, ["average"]);
}

export function setup(): void {
  client.start();
  client.addBackgroundTask(sample);
  every(1000, report);
}
