import { after, every, log, Message, Status } from "wasmote";
import { MQTTClient } from "wasmote/umqtt";

const client = new MQTTClient();

function onMessage(message: Message): void {
  client.publish("echo/out", message.is("ping") ? "pong" : "say ping", false, 1);
}

function main(): void {
  client.setCallback(onMessage);
  client.setLastWill("echo/state", "gone", true, 1);
  if (client.connect(false) < 0) log("not connected yet: the kernel goes on trying");
  client.subscribe("echo/in", 1);
  if (client.publish("echo/state", "here", true, 1) != Status.Ok) log("nobody heard");
  every(1, wait);
}

/** In place of umqtt's endless loop: between two waits the host sees to the board. */
function wait(): void {
  client.waitMsg(1000);
}

export function setup(): void {
  after(0, main);
}
