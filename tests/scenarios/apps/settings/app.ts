/** Tells the log what its part of the configuration says, then connects. */
import { Client, configFlag, configInteger, configText, log } from "wasmote";

export function setup(): void {
  log(`name=${configText("app.name", "none")}`);
  log(`rate=${configInteger("app.rate", -1)}`);
  log(`deep=${configFlag("app.nested.deep", false) ? "yes" : "no"}`);
  log(`missing=${configText("app.missing", "fallback")}`);
  new Client().start();
}
