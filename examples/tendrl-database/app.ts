import { configInteger, every } from "wasmote";
import { Client } from "wasmote/tendrl";

const client = new Client();

/** Keeps what happened for an hour, and publishes how much of it there is and the newest of each kind. */
function record(): void {
  if (client.dbPut(`{"event":"start","state":"ok"}`, 3600, `["pump"]`) < 0) {
    client.publish(client.error);
    return;
  }
  client.dbCleanup();
  let found = 0;
  if (client.dbQuery(`{"tags":"pump","$limit":100}`) == 0) {
    while (client.clientDb.next()) found++;
  }
  const last = client.clientDb.lastKey();
  const size = client.dbGet(last);
  client.publishJson(`{"starts":${found},"bytes":${size}}`, ["pump"]);
  if (found >= 5) client.dbDelete("", true);
}

export function setup(): void {
  client.start();
  every(configInteger("app.intervalMs", 5000), record);
}
