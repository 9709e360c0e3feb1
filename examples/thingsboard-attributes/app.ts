import { log } from "wasmote";
import { ThingsBoardClient, ThingsBoardMessage } from "wasmote/thingsboard";

const client = new ThingsBoardClient();

/** The owner's setting has changed, here or while the device was away. */
function onInterval(change: ThingsBoardMessage): void {
  if (change.isDeleted) client.sendAttributes(`{"interval":"default"}`);
  else if (change.integer() == 10) client.sendAttributes(`{"interval":"ten"}`);
  else client.sendAttributes(`{"interval":"other"}`);
}

function onAny(change: ThingsBoardMessage): void {
  if (change.find("ask")) ask();
}

function ask(): void {
  const asked = client.requestAttributes("interval", "mode,missing", (answer: ThingsBoardMessage) => {
    if (!answer.isOk) log("no answer");
    else if (answer.find("shared.mode") && answer.is("eco")) client.sendAttributes(`{"seen":"eco"}`);
    else client.sendAttributes(`{"seen":"none"}`);
  });
  if (asked < 0) log("cannot ask now");
}

export function setup(): void {
  client.subscribeToAttribute("interval", onInterval);
  client.subscribeToAllAttributes(onAny);
  client.connect();
}
