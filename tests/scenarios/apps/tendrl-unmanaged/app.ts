import { QUEUED, every } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

const options = new Options();
options.managed = false;
const client = new Client(options);
let count: i32 = 0;

/** The first publish starts the client; what is meant to be stored is only queued. */
function send(): void {
  if (count >= 3) return;
  if (client.publishJson(`{"count":${count}}`, ["a"], "device-1", true) == QUEUED) count++;
  if (count == 3) client.publishRaw(`{"raw":true}`);
}

export function setup(): void {
  every(100, send);
}
