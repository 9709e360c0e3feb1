/**
 * ThingsBoard for a device: telemetry, attributes, calls in both directions, claiming, provisioning. For the kernels named
 * -thingsboard; what each method of the CircuitPython client has become: thingsboard.md beside this file.
 *
 *     const client = new ThingsBoardClient();
 *     client.onCall("setLamp", (call) => { client.sendRpcReply(call.id, `{"on":true}`); });
 *     client.connect();
 *     client.sendTelemetry(`{"temperature":21.5}`);
 */
import { ClientState } from "../lib/clientState";
import { Status } from "../lib/status";
import { JsonWriter } from "../lib/json";
import { Client, Counter } from "./client";
import { monotonic } from "./clock";
import { OUT, OUT_BYTES, RECEIPT, RECEIPT_BYTES } from "./buffers";
import { encodeText, encodeWhole, encodedBytes, encodedTo } from "./encode";
import { FLAG_QOS_1 } from "./flags";
import { receive } from "./subscriptions";
import { tbInfo, tbProvision, tbReply, tbRequest, tbSend, yieldFor } from "./syscalls";
import { ThingsBoardMessage } from "./thingsboardMessage";
import { Provision } from "./thingsboardProvision";
import {
  addAttribute,
  addMethod,
  awaitAnswer,
  Callback,
  hasFreeAnswer,
  hear,
  listenToState,
  removeAttribute,
  removeAttributes,
  setFallback,
  setProvisioned,
  StateCallback,
} from "./thingsboardRoutes";
import { Asked, Info, Sent } from "./thingsboardWire";

export { Provision, ThingsBoardMessage };
export { ALREADY_PROVISIONED, Info } from "./thingsboardWire";

/** How long an answer is awaited unless it is told otherwise. Source: spec/thingsboard.md, 4.2. */
export const ANSWER_MS: i32 = 20_000;
export const PROVISION_MS: i32 = 60_000;
const PAUSE_MS: i32 = 20;
const LIST: i32 = 0x5b;

const INFO: usize = memory.data(32, 8);
const INFO_BYTES: i32 = 32;
const NAME_BYTES: i32 = 160;
const NAME: usize = memory.data(160);

const kernel = new Client();
const json = new JsonWriter();

export class ThingsBoardClient {
  /**
   * Starts link and client; the kernel reconnects by itself from then on. timeoutMs: waits so long for the server, 0: not at all.
   * Ok; Invalid (configuration), Refused (connectCode tells why), Timeout: it goes on trying.
   */
  connect(timeoutMs: i32 = 0): Status {
    hear();
    const status = kernel.start();
    const end = monotonic() + timeoutMs;
    while (status == Status.Ok && timeoutMs > 0 && !this.connected) {
      if (this.cause == Status.Refused && kernel.state <= ClientState.Waiting) return Status.Refused;
      if (monotonic() >= end) return Status.Timeout;
      yieldFor(PAUSE_MS);
    }
    return status;
  }

  /** Calls back at each change of the connection's state, with the state and why the last connection ended. For connect, which does not wait. */
  onState(callback: StateCallback): Status {
    return listenToState(callback) as Status;
  }

  /** Says goodbye. Subscriptions stay. */
  disconnect(): void {
    kernel.stop();
  }

  get connected(): bool {
    return kernel.isOnline;
  }

  get state(): ClientState {
    return kernel.state;
  }

  /** Why the last connection ended: a Status of TCP, TLS or MQTT. */
  get cause(): Status {
    return kernel.counter(Counter.LastCause) as Status;
  }

  /** Code of the last CONNACK that refused, 0 for none. */
  get connectCode(): i32 {
    return this.info(Info.ConnectCode);
  }

  /** One of the face's figures. */
  info(field: Info): i32 {
    return tbInfo(INFO, INFO_BYTES) > 0 ? load<i32>(INFO + ((<usize>field) << 2)) : 0;
  }

  /**
   * Sends telemetry, JSON in any of its four shapes; a list longer than one call goes over row by row. flags: FLAG_OFFLINE stores it.
   * STORED, QUEUED; Invalid: no telemetry, or null in it; NoSpace: limits let no more go now (Info.WaitMs), TooLarge, Closed.
   */
  sendTelemetry(data: string, flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    if (encodedBytes(data) <= OUT_BYTES) return send(Sent.Telemetry, data, flags, ttlSeconds);
    return data.charCodeAt(0) == LIST ? this.sendRows(data, flags, ttlSeconds) : Status.TooLarge;
  }

  /** Adds one row to a list that goes out in as few messages as hold it. Ok: it waits; else as sendTelemetry: NoSpace means again later. */
  addTelemetry(row: string, flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    return send(Sent.Row, row, flags, ttlSeconds);
  }

  /** Sends the rows that wait. */
  endTelemetry(flags: i32 = FLAG_QOS_1, ttlSeconds: i32 = 0): i32 {
    return send(Sent.End, "", flags, ttlSeconds);
  }

  /** Sends client attributes, a JSON object. The answers of sendTelemetry. */
  sendAttributes(data: string, flags: i32 = FLAG_QOS_1): i32 {
    return send(Sent.Attributes, data, flags, 0);
  }

  /**
   * Asks for attributes, keys joined by commas; "": none of that scope, both: all. `callback` is called exactly once, if this
   * answers an id: with `client.<key>` and `shared.<key>`, or a status. Invalid, Closed (not connected), NoSpace, TooLarge.
   */
  requestAttributes(clientKeys: string, sharedKeys: string, callback: Callback, timeoutMs: i32 = ANSWER_MS): i32 {
    json.reset(OUT, OUT_BYTES);
    json.open(0x7b);
    if (clientKeys.length) writeMember("clientKeys", clientKeys);
    if (sharedKeys.length) writeMember("sharedKeys", sharedKeys);
    json.close(0x7d);
    return ask(Asked.Attributes, callback, timeoutMs);
  }

  /** Lets a user claim this device. durationMs 0: as the server is set, a day by default. QUEUED; Invalid (durationMs below 0), TooLarge, Closed. */
  claimDevice(secretKey: string = "", durationMs: i64 = 0): i32 {
    if (durationMs < 0) return Status.Invalid;
    json.reset(OUT, OUT_BYTES);
    json.open(0x7b);
    if (secretKey.length) writeMember("secretKey", secretKey);
    if (durationMs > 0) {
      writeName("durationMs");
      json.signed(durationMs);
    }
    json.close(0x7d);
    if (json.isBroken) return Status.TooLarge;
    return tbSend(Sent.Claim, OUT, json.length, FLAG_QOS_1, 0, RECEIPT, RECEIPT_BYTES);
  }

  /**
   * Calls back when a shared attribute changes, with its value found; or, isDeleted, is gone. What changed while the device was away is told
   * after the reconnect. The subscription's number; NoSpace, Invalid (a key with comma, quote or backslash).
   */
  subscribeToAttribute(key: string, callback: Callback): i32 {
    return addAttribute(key, callback);
  }

  /** The same for all keys, with the whole update. */
  subscribeToAllAttributes(callback: Callback): i32 {
    return addAttribute("*", callback);
  }

  /** Ok, NotFound. */
  unsubscribeFromAttribute(subscription: i32): Status {
    return removeAttribute(subscription);
  }

  unsubscribeFromAllAttributes(): void {
    removeAttributes();
  }

  /** Called when the server calls `method`; the value found is its params. Reply, then or later. Ok, NoSpace. */
  onCall(method: string, handler: Callback): Status {
    return addMethod(method, handler);
  }

  /** Called for methods without a handler of their own; without one the server is told that there is no such method. */
  setServerSideRpcRequestHandler(handler: Callback): void {
    setFallback(handler);
  }

  /** Replies to a call with any JSON, within a minute. Ok; NotFound: no such call, or replied to; Invalid, NoSpace, TooLarge. */
  sendRpcReply(id: i32, response: string): Status {
    const length = encodeWhole(response, OUT, OUT_BYTES);
    return length < 0 ? Status.TooLarge : (tbReply(id, OUT, length) as Status);
  }

  /** Calls a method of the server; params: JSON. `callback` is called exactly once, if this answers an id. As requestAttributes. */
  sendRpcCall(method: string, params: string, callback: Callback, timeoutMs: i32 = ANSWER_MS): i32 {
    json.reset(OUT, OUT_BYTES);
    json.open(0x7b);
    writeMember("method", method);
    writeName("params");
    const body = params.length ? params : "{}";
    const length = encodedBytes(body);
    const at = json.reserve(length);
    if (at) encodeText(body, 0, at, length);
    json.close(0x7d);
    return ask(Asked.Call, callback, timeoutMs);
  }

  /**
   * Gets credentials for a device that has none, and connects with them once they are stored. `callback` is called once, if this answers Ok,
   * with the status: Ok; NotFound: key or secret; Refused: the server does not make it; Timeout, NoSpace, Io.
   * ALREADY_PROVISIONED: connect; Busy: connected already, or messages wait; Refused: it was within the last five minutes; Unsupported: this
   * kernel, or board, has no place to store them; Invalid.
   */
  provision(request: Provision, callback: Callback, timeoutMs: i32 = PROVISION_MS): i32 {
    setProvisioned(callback);
    const begun = tbProvision(timeoutMs);
    if (begun != Status.Ok) return begun;
    return min(request.publish(), Status.Ok as i32);
  }

  /** Lets the kernel work and hands over what has come; never waits. For loops of one's own: between callbacks the host does the same. */
  checkForMsg(): void {
    yieldFor(0);
    receive();
  }

  /** Rows of a list, cut where they begin and end. */
  private sendRows(list: string, flags: i32, ttlSeconds: i32): i32 {
    let depth = 0;
    let from = 0;
    let isText = false;
    let answer: i32 = Status.Invalid;
    for (let at = 1; at < list.length; at++) {
      const unit = list.charCodeAt(at);
      if (isText) {
        if (unit == 0x5c) at++;
        else isText = unit != 0x22;
      } else if (unit == 0x22) isText = true;
      else if (unit == 0x7b || unit == LIST) {
        if (depth++ == 0) from = at;
      } else if ((unit == 0x7d || unit == 0x5d) && --depth == 0) {
        const length = encodeText(list, from, OUT, OUT_BYTES, at + 1);
        if (encodedTo() != at + 1) return Status.TooLarge;
        answer = tbSend(Sent.Row, OUT, length, flags, ttlSeconds, RECEIPT, RECEIPT_BYTES);
        if (answer < 0) return answer;
      }
    }
    return answer < 0 ? answer : this.endTelemetry(flags, ttlSeconds);
  }
}

function send(what: i32, data: string, flags: i32, ttlSeconds: i32): i32 {
  const length = encodeWhole(data, OUT, OUT_BYTES);
  return length < 0 ? Status.TooLarge : tbSend(what, OUT, length, flags, ttlSeconds, RECEIPT, RECEIPT_BYTES);
}

/** Sends the request that `json` holds, and waits for its answer. */
function ask(what: i32, callback: Callback, timeoutMs: i32): i32 {
  if (json.isBroken) return Status.TooLarge;
  if (!hasFreeAnswer()) return Status.NoSpace;
  const id = tbRequest(what, OUT, json.length, timeoutMs);
  if (id > 0) awaitAnswer(id, callback);
  return id;
}

function writeName(name: string): void {
  json.member(NAME, encodeWhole(name, NAME, NAME_BYTES));
}

/** A text of more than NAME_BYTES breaks the writer. */
function writeMember(name: string, text: string): void {
  writeName(name);
  const length = encodeWhole(text, NAME, NAME_BYTES);
  if (length < 0) json.reserve(i32.MAX_VALUE);
  else json.string(NAME, length);
}
