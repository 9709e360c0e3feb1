import { after, configText, log } from "wasmote";
import { ALREADY_PROVISIONED, Provision, ThingsBoardClient, ThingsBoardMessage } from "wasmote/thingsboard";

const client = new ThingsBoardClient();

const AGAIN_MS = 300_000;

/** Connected with credentials of its own: the kernel came back with them. */
function onProvisioned(end: ThingsBoardMessage): void {
  if (end.isOk) client.sendTelemetry(`{"provisioned":true}`);
  else askLater();
}

function askLater(): void {
  log("not provisioned, trying again in five minutes");
  after(AGAIN_MS, ask);
}

/** What the owner has put beside the Wi-Fi password: "app": { "key": "...", "secret": "...", "token": "..." } */
function ask(): void {
  const request = new Provision(configText("app.key", ""), configText("app.secret", ""));
  request.deviceName = configText("app.name", "");
  request.token = configText("app.token", "");
  request.clientId = configText("app.clientId", "");
  request.userName = configText("app.userName", "");
  request.password = configText("app.password", "");
  request.certificate = configText("app.certificate", "");
  request.certificateRest = configText("app.certificateRest", "");
  const begun = client.provision(request, onProvisioned);
  if (begun == ALREADY_PROVISIONED) {
    client.connect();
    client.sendTelemetry(`{"started":true}`);
  } else if (begun < 0) askLater();
}

export function setup(): void {
  ask();
}
