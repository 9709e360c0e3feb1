import { STORED, log } from "wasmote";
import { Client } from "wasmote/tendrl";

const client = new Client();

/** Worth a minute, the day that holds where nothing is said, three days, and for ever. */
export function setup(): void {
  for (let n = 1; n <= 5; n++) {
    if (client.publishJson(`{"minute":${n}}`, null, "", true, 60) != STORED) log("refused");
    if (client.publishJson(`{"day":${n}}`, ["kept"], "", true) != STORED) log("refused");
    if (client.publishJson(`{"days":${n}}`, ["kept"], "", true, 259200) != STORED) log("refused");
  }
  client.publishJson(`{"ever":1}`, null, "", true, 0);
  client.start();
}
