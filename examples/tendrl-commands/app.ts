import { PinMode, Status, board } from "wasmote";
import { Client, TendrlMessage } from "wasmote/tendrl";

const LAMP = 2;

const client = new Client();

/** Answers 0 for what it could do: anything else is counted, and the message is acknowledged all the same. */
function onMessage(message: TendrlMessage): i32 {
  if (!message.is("msg_type", "command")) return 0;
  if (!message.has("data.lamp")) {
    client.terminalResponse("", "no such command", 1, message.requestId);
    return 1;
  }
  const isOn = message.flag("data.lamp");
  const isDone = board.writePin(LAMP, i32(isOn)) == Status.Ok;
  client.terminalResponse(isOn ? "lamp on" : "lamp off", "", i32(!isDone), message.requestId);
  return i32(!isDone);
}

export function setup(): void {
  board.pinMode(LAMP, PinMode.Output);
  client.setCallback(onMessage);
  client.start();
}
