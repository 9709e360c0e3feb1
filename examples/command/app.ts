import { Client, Message, PinMode, Status, board } from "wasmote";

const LAMP = 2;

const client = new Client();

function onLamp(message: Message): void {
  const isOn = message.is("on");
  if (!isOn && !message.is("off")) {
    client.publish("lamp/state", "say on or off");
    return;
  }
  const result = board.writePin(LAMP, i32(isOn));
  client.publish("lamp/state", result != Status.Ok ? "broken" : isOn ? "on" : "off");
}

export function setup(): void {
  board.pinMode(LAMP, PinMode.Output);
  client.subscribe("lamp/set", onLamp);
  client.start();
}
