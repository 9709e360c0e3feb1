import { Status, every, log } from "wasmote";
import { Client, Options } from "wasmote/tendrl";

/** Says what was refused: each line is an error's exact text, behind the case. */
function say(what: string, client: Client): void {
  log(what + ": " + client.error);
}

function modes(): void {
  const mode = new Options();
  mode.mode = "threads";
  const bad = new Client(mode);
  if (bad.start() == Status.Invalid) say("mode", bad);
  const looped = new Options();
  looped.mode = "async";
  looped.eventLoop = false;
  say("async", new Client(looped));
  const sync = new Options();
  sync.timer = 4;
  say("sync", new Client(sync));
}

function databases(): void {
  const off = new Options();
  off.clientDb = false;
  const without = new Client(off);
  if (without.dbPut("{}") == Status.Refused) say("off", without);
  const unmanaged = new Options();
  unmanaged.managed = false;
  const alone = new Client(unmanaged);
  if (alone.dbGet("k") == Status.Refused && alone.dbDelete("k") == Status.Refused) say("unmanaged", alone);
  const client = new Client();
  client.dbQuery();
  say("query", client);
}

export function setup(): void {
  modes();
  databases();
  const client = new Client();
  client.setCallback(null);
  say("callback", client);
  if (client.publishJson("[1]") == Status.Invalid) say("types", client);
  if (client.publish("x") == Status.Closed) log("closed: not started");
  client.start();
  every(200, () => log("done"));
}
