import { FLAG_OFFLINE, FLAG_QOS_1, PinMode, after, board, configInteger, every } from "wasmote";
import { Info, ThingsBoardClient, ThingsBoardMessage } from "wasmote/thingsboard";

/** Does what the server calls for, so that a scenario can play each use of the client. */
const client = new ThingsBoardClient();

/** High while another device has taken this one's name. */
const TAKEN_OVER = 3;
const STORE = FLAG_OFFLINE | FLAG_QOS_1;
const PAUSE_MS = 5;
/** Rows handed over in one callback. */
const SLICE = 5;

/** Calls that wait for an answer of the server: its number, theirs. */
const asked: i32[] = [];
const callers: i32[] = [];

function onAnswer(answer: ThingsBoardMessage): void {
  const at = asked.indexOf(answer.id);
  const caller = callers[at];
  asked.splice(at, 1);
  callers.splice(at, 1);
  answer.find("");
  client.sendRpcReply(caller, answer.isOk ? answer.json() : `{"status":${answer.status}}`);
}

function wait(request: i32, caller: i32): void {
  if (request < 0) {
    client.sendRpcReply(caller, `{"refused":${request}}`);
    return;
  }
  asked.push(request);
  callers.push(caller);
}

function textOf(message: ThingsBoardMessage, path: string): string {
  return message.find(path) ? message.text() : "";
}

/** params: client, shared: keys; ms. */
function ask(call: ThingsBoardMessage): void {
  const ms = call.find("params.ms") ? call.integer() : 20000;
  wait(client.requestAttributes(textOf(call, "params.client"), textOf(call, "params.shared"), onAnswer, ms), call.id);
}

/** params: method, ms. */
function callServer(call: ThingsBoardMessage): void {
  const ms = call.find("params.ms") ? call.integer() : 20000;
  wait(client.sendRpcCall(textOf(call, "params.method"), "", onAnswer, ms), call.id);
}

/** The four shapes, then what is refused: the answers of each. */
function shapes(call: ThingsBoardMessage): void {
  const answers = [
    client.sendTelemetry(`{"shape":1}`, STORE),
    client.sendTelemetry(`[{"shape":2},{"more":2}]`, STORE),
    client.sendTelemetry(`{"ts":1451649600512,"values":{"shape":3}}`, STORE),
    client.sendTelemetry(`[{"ts":1451649600513,"values":{"shape":4}},{"ts":1451649600514,"values":{"shape":5}}]`, STORE),
    client.sendTelemetry(`{"shape":null}`, STORE),
    client.sendTelemetry(`{"shape":NaN}`, STORE),
    client.sendTelemetry(`{"shape":${Infinity}}`, STORE),
  ];
  client.sendRpcReply(call.id, `[${answers.join(",")}]`);
}

let seen: string = "";

function a(update: ThingsBoardMessage): void {
  note("a", update);
}

function b(update: ThingsBoardMessage): void {
  note("b", update);
}

function all(update: ThingsBoardMessage): void {
  note("all", update);
}

function note(who: string, update: ThingsBoardMessage): void {
  seen += (seen.length ? "," : "") + `["${who}",${update.isDeleted ? `"gone"` : update.json()}]`;
}

/** params: key, who. The subscription's number. */
function watch(call: ThingsBoardMessage): void {
  const who = textOf(call, "params.who");
  const key = textOf(call, "params.key");
  const id = who == "all" ? client.subscribeToAllAttributes(all) : client.subscribeToAttribute(key, who == "a" ? a : b);
  client.sendRpcReply(call.id, id.toString());
}

/** params: the subscription's number. */
function unwatch(call: ThingsBoardMessage): void {
  client.sendRpcReply(call.id, client.unsubscribeFromAttribute(call.integer()).toString());
}

/** What the subscriptions were told since it was asked last. */
function tell(call: ThingsBoardMessage): void {
  client.sendRpcReply(call.id, `[${seen}]`);
  seen = "";
}

let runs: i32 = 0;
let lister: i32 = 0;
let rows: i32 = 0;
let row: i32 = 0;

/** params: how many rows of about 100 bytes; replied to when the last is taken. */
function list(call: ThingsBoardMessage): void {
  lister = call.id;
  rows = call.integer();
  row = 0;
  addRows();
}

function addRows(): void {
  for (let slice = 0; row < rows; row++, slice++) {
    if (slice == SLICE) return goOn();
    const text = `{"ts":${1451649600000 + <i64>row},"values":{"row":${row},"text":"${"x".repeat(50)}"}}`;
    if (client.addTelemetry(text, STORE) < 0) return goOn();
  }
  if (client.endTelemetry(STORE) < 0) return goOn();
  client.sendRpcReply(lister, rows.toString());
}

function goOn(): void {
  after(PAUSE_MS, addRows);
}

function others(call: ThingsBoardMessage): void {
  if (call.find("method") && call.is("shapes")) shapes(call);
  else client.sendRpcReply(call.id, (++runs).toString());
}

let count: i32 = 0;

export function setup(): void {
  board.pinMode(TAKEN_OVER, PinMode.Output);
  client.onCall("ask", ask);
  client.onCall("callServer", callServer);
  client.onCall("watch", watch);
  client.onCall("unwatch", unwatch);
  client.onCall("tell", tell);
  client.onCall("list", list);
  client.setServerSideRpcRequestHandler(others);
  const intervalMs = configInteger("app.intervalMs", 0);
  if (intervalMs > 0) every(intervalMs, sample);
  every(200, look);
  client.connect();
}

function sample(): void {
  if (client.sendTelemetry(`{"n":${count + 1}}`, STORE) >= 0) count++;
}

function look(): void {
  board.writePin(TAKEN_OVER, i32(client.info(Info.TakeOvers) > 0 && !client.connected));
}
