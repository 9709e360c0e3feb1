import { Client, Database, configInteger, every } from "wasmote";

const database = new Database();
const client = new Client();

/** Counts how often the pump ran, and keeps the log of a day: both survive a power cut. */
function pumpRan(): void {
  if (!database.has("pump")) database.put("pump", `{"starts":0}`);
  database.update("pump", `{"$inc":{"starts":1}}`);
  database.put("", `{"event":"start"}`, 86400, `["pump"]`);
}

/** Publishes the count, and the keys of the first three starts of the day: each begins with its second. */
function report(): void {
  if (database.get("pump") > 0) client.publish("pump/state", database.text());
  database.query(`{"tags":"pump","$limit":3}`);
  while (database.next()) client.publish("pump/starts", database.resultKey());
}

export function setup(): void {
  client.start();
  every(configInteger("app.intervalMs", 5000), () => {
    pumpRan();
    report();
  });
}
