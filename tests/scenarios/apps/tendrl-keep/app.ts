import { STORED, log } from "wasmote";
import { Client } from "wasmote/tendrl";

const client = new Client();

/** Five that are worth a minute, five that are worth the day that holds when nothing is said, one that is worth it for ever. */
export function setup(): void {
  for (let n = 1; n <= 5; n++) {
    if (client.publishJson(`{"minute":${n}}`, null, "", true, 60) != STORED) log("refused");
    if (client.publishJson(`{"day":${n}}`, ["kept"], "", true) != STORED) log("refused");
  }
  client.publishJson(`{"ever":1}`, null, "", true, 0);
  client.start();
}
