import { Counter, every } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

const options = new Options();
options.watchdog = 2;
const client = new Client(options);

function store(): void {
  client.publishJson(`{"number":${client.storage(Counter.SequenceLow) + 1}}`, null, "", true);
}

export function setup(): void {
  every(100, store);
  client.start();
}
