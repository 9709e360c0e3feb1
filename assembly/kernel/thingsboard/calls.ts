import { FLAG_OFFLINE, FLAG_QOS_1, FLAG_QOS_MASK } from "../../sdk/flags";
import { Asked, Info, Sent, Watch } from "../../sdk/thingsboardWire";
import { ClientState } from "../../lib/clientState";
import { JsonMembers } from "../../lib/jsonMembers";
import { Status } from "../../lib/status";
import { isUtf8 } from "../../lib/utf8";
import { client } from "../client/client";
import { publications } from "../client/publications";
import { updates } from "../client/updateHooks";
import { attributes } from "./attributes";
import { thingsboard } from "./face";
import { provisioning } from "./provisioning";
import { Purpose, requests } from "./requests";
import { serverCalls } from "./serverCalls";
import { sessionLimits } from "./sessionLimits";
import { countPoints, telemetry } from "./telemetry";
import { ATTRIBUTES, ATTRIBUTES_REQUEST, CLAIM, RPC_REQUEST, topicAt, writeTopic } from "./topics";

/** The rows of this face, counted from tb_send. */
enum Row {
  tb_send,
  tb_request,
  tb_reply,
  tb_watch,
  tb_provision,
  tb_info,
}

const RECEIPT_BYTES: i32 = 8;
const KNOWN_FLAGS: i32 = FLAG_OFFLINE | FLAG_QOS_MASK;
const receipt: usize = memory.data(8, 8);
const members = new JsonMembers();

/** Answers a syscall of this face, its spans in the exchange buffer. */
export function call(row: i32, a0: i32, a1: i32, a2: i32, a3: i32, a4: i32, a5: i32, a6: i32): i32 {
  switch (row) {
    case Row.tb_send:
      return a6 < RECEIPT_BYTES ? Status.Invalid : sendHeard(a0, a1, a2, a3, a4, a5);
    case Row.tb_request:
      return request(a0, a1, a2, a3);
    case Row.tb_reply:
      return serverCalls.reply(a0, a1, a2);
    case Row.tb_watch:
      return a1 == 0 ? thingsboard.watch(a2) : attributes.watch(a0, a1, a2 != 0);
    case Row.tb_provision:
      return provisioning.begin(a0);
    case Row.tb_info:
      return a1 < Info.Count << 2 ? Status.TooLarge : writeInfo(a0);
    default:
      return Status.Unsupported;
  }
}

/** With updates, which hear what the app sent. */
function sendHeard(what: i32, json: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
  const answer = send(what, json, len, flags, ttl, receipt);
  if (updates.listens) updates.published(answer, receipt);
  return answer;
}

function send(what: i32, json: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
  if (flags & ~KNOWN_FLAGS) return Status.Invalid;
  if (provisioning.isRunning) return Status.Busy;
  switch (what) {
    case Sent.Telemetry:
      return telemetry.send(json, len, flags, ttl, receipt);
    case Sent.Row:
      return telemetry.addRow(json, len, flags, ttl, receipt);
    case Sent.End:
      return telemetry.end(flags, ttl, receipt);
    case Sent.Attributes:
      if (!isUtf8(json, len) || countPoints(json, len) < 0) return Status.Invalid;
      return publications.publish(topicAt, writeTopic(ATTRIBUTES, 0), json, len, flags, ttl, receipt);
    case Sent.Claim:
      if (!isObject(json, len)) return Status.Invalid;
      return publications.publish(topicAt, writeTopic(CLAIM, 0), json, len, flags, ttl, receipt);
    default:
      return Status.Invalid;
  }
}

/** Asks the server. The request's id; Invalid (no object, timeout), Closed (not online), NoSpace. */
function request(what: i32, body: usize, len: i32, timeoutMs: i32): i32 {
  if (timeoutMs <= 0 || !isObject(body, len) || (what != Asked.Attributes && what != Asked.Call)) return Status.Invalid;
  if (client.state != ClientState.Online || provisioning.isRunning) return Status.Closed;
  const isCall = what == Asked.Call;
  const id = requests.begin(isCall ? Purpose.Call : Purpose.Attributes, timeoutMs);
  if (id < 0) return id;
  // Once its time is over nobody waits for an answer: a request that was not sent by then never is.
  const ttl = (timeoutMs + 999) / 1000;
  const topicLen = writeTopic(isCall ? RPC_REQUEST : ATTRIBUTES_REQUEST, id);
  const status = publications.publish(topicAt, topicLen, body, len, FLAG_QOS_1, ttl, receipt);
  if (status >= 0) return id;
  requests.cancel(id);
  return status;
}

function isObject(json: usize, len: i32): bool {
  if (!isUtf8(json, len) || !members.open(json, len) || members.isList) return false;
  while (members.next()) continue;
  return !members.isBroken;
}

function writeInfo(dst: usize): i32 {
  store<i32>(dst, i32(provisioning.credentials.read() == Status.Ok), Info.IsProvisioned << 2);
  store<i32>(dst, sessionLimits.waitMs, Info.WaitMs << 2);
  store<i32>(dst, requests.strays, Info.Strays << 2);
  store<i32>(dst, thingsboard.takeOvers, Info.TakeOvers << 2);
  store<i32>(dst, serverCalls.repeats, Info.Repeats << 2);
  store<i32>(dst, sessionLimits.payloadBytes, Info.PayloadBytes << 2);
  store<i32>(dst, thingsboard.connectCode, Info.ConnectCode << 2);
  return Info.Count << 2;
}

/** The app starts anew: nobody waits for what the old one asked, and the new one follows nothing yet. */
export function forgetApp(): void {
  requests.forgetApp();
  attributes.forgetApp();
  telemetry.forget();
  thingsboard.watch(Watch.Nothing);
}
