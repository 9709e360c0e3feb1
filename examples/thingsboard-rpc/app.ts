import { PinMode, after, board } from "wasmote";
import { ThingsBoardClient, ThingsBoardMessage } from "wasmote/thingsboard";

const LAMP = 2;
const client = new ThingsBoardClient();
let slowCall: i32 = 0;

/** `{"method":"setLamp","params":{"on":true}}` */
function setLamp(call: ThingsBoardMessage): void {
  const isOn = call.find("params.on") && call.flag();
  board.writePin(LAMP, i32(isOn));
  client.sendRpcReply(call.id, isOn ? `{"on":true}` : `{"on":false}`);
}

/** Replies five seconds later. */
function blink(call: ThingsBoardMessage): void {
  board.writePin(LAMP, 1);
  slowCall = call.id;
  after(5000, () => {
    board.writePin(LAMP, 0);
    client.sendRpcReply(slowCall, `"done"`);
  });
}

/** Asks the server in turn, and gives its answer back. */
function askTime(call: ThingsBoardMessage): void {
  slowCall = call.id;
  const asked = client.sendRpcCall("getTime", "", (answer: ThingsBoardMessage) => {
    client.sendRpcReply(slowCall, answer.isOk && answer.find("time") ? `"known"` : `"unknown"`);
  });
  if (asked < 0) client.sendRpcReply(call.id, `"not now"`);
}

export function setup(): void {
  board.pinMode(LAMP, PinMode.Output);
  client.onCall("setLamp", setLamp);
  client.onCall("blink", blink);
  client.onCall("askTime", askTime);
  client.connect();
}
