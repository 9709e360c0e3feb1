import { ClientState } from "../../lib/clientState";
import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { copyText, equalsText } from "../../lib/text";
import { client } from "../client/client";
import { clock } from "../client/clock";
import { Face, wear } from "../client/face";
import { inbox } from "../client/inbox";
import { InFlightEntry } from "../client/inFlight";
import { outbox } from "../client/outbox";
import { scratch } from "../client/scratch";
import { readConfig } from "../client/settings";
import { subscriptions } from "../client/subscriptions";
import { transport } from "../client/transport";
import { LogLevel } from "../host/constants";
import { logText } from "../host/log";
import { ConnectFields } from "../mqtt/connect";
import { PublishHead } from "../mqtt/publish";
import { Retry } from "../mqtt/retry";
import { RecordRef } from "../store/recordStore";
import { FLAG_OFFLINE, FLAG_QOS_2, FLAG_QOS_MASK, FLAG_RETAIN } from "../../sdk/flags";
import { Event, Watch } from "../../sdk/thingsboardWire";
import { attributes } from "./attributes";
import { bundle, closeRow, openRow } from "./bundle";
import { provisioning } from "./provisioning";
import { eventHead, Purpose, requests } from "./requests";
import { serverCalls } from "./serverCalls";
import { POINTS_MAX, POINTS_SHIFT, sessionLimits } from "./sessionLimits";
import { countPoints, telemetry } from "./telemetry";
import {
  ATTRIBUTES,
  ATTRIBUTES_REQUEST,
  Kind,
  kindOf,
  PROVISION_REQUEST,
  RPC_REQUEST,
  TELEMETRY,
  topicAt,
  topicId,
  writeTopic,
} from "./topics";

const FILTERS: i32 = 4;
/** Source: spec/thingsboard.md, 4.2 and 5.2. */
const ANSWER_MS: i32 = 20000;
/** How long a repeated early end by the server counts as another device under the same name. */
const SETTLED_MS: i64 = 300000;
const EARLY_MS: i64 = 60000;
const EARLY_ENDS_MAX: i32 = 4;
const SERVER_BUSY: i32 = 3;
const HEAD_BYTES: i32 = 56;
const NOT_FOR_THE_APP: i32 = -1;

const filterRows: StaticArray<i32> = new StaticArray<i32>(FILTERS);

/** ThingsBoard in the client: see DESIGN.md. */
export class ThingsboardFace extends Face {
  private topic: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES);
  private topicLen: i32 = 0;
  private topicGot: i32 = 0;
  /** The message that is coming in was looked at whole, and dealt with. */
  private isRouted: bool = false;
  /** The limits of this session have been asked for. */
  private hasAskedLimits: bool = false;
  private isTimed: bool = false;
  private isBundle: bool = false;
  private onlineSinceMs: i64 = 0;
  private earlyEnds: i32 = 0;
  /** The app takes events. One that did is waited for when it starts anew. */
  private isHeard: bool = false;
  private isStateWatched: bool = false;
  private toldState: ClientState = ClientState.Stopped;
  takeOvers: i32 = 0;
  connectCode: i32 = 0;

  // connect

  load(): bool {
    sessionLimits.load();
    bundle.hasSequence = equalsText(scratch, readConfig("thingsboard.sequence", scratch, 8), "true");
    return true;
  }

  /** The server keeps none, whatever it says. */
  get keepsNoSession(): bool {
    return true;
  }

  fillConnect(fields: ConnectFields): void {
    if (provisioning.isRunning) provisioning.fill(fields);
    else provisioning.credentials.fill(fields);
  }

  refused(code: i32, retry: Retry): Retry {
    this.connectCode = code;
    return code == SERVER_BUSY ? Retry.Long : retry;
  }

  retryAfter(cause: i32, retry: Retry): Retry {
    const since = this.onlineSinceMs;
    this.onlineSinceMs = 0;
    if (since == 0) return retry;
    const lifeMs = clock.nowMs - since;
    if (lifeMs >= SETTLED_MS) this.earlyEnds = 0;
    if (cause != Status.Closed || lifeMs >= EARLY_MS) return retry;
    if (++this.earlyEnds < EARLY_ENDS_MAX) return retry;
    this.takeOvers++;
    logText(LogLevel.Error, "the server ends each session early: another device with this client id?");
    return Retry.Long;
  }

  connected(): void {
    this.connectCode = 0;
    if (provisioning.isRunning) return provisioning.connected();
    this.onlineSinceMs = clock.nowMs;
    this.hasAskedLimits = false;
    for (let i = 0; i < FILTERS; i++) {
      const len = copyText(
        scratch,
        i == 0
          ? ATTRIBUTES
          : i == 1
            ? "v1/devices/me/attributes/response/+"
            : i == 2
              ? "v1/devices/me/rpc/request/+"
              : "v1/devices/me/rpc/response/+",
      );
      unchecked((filterRows[i] = subscriptions.add(scratch, len, 1)));
    }
    sessionLimits.connected();
    attributes.connected();
  }

  disconnected(): void {
    requests.disconnected();
    this.isRouted = false;
  }

  // publish

  loadTopic(dst: usize, cap: i32): i32 {
    return copyText(dst, TELEMETRY);
  }

  get namesStreams(): bool {
    return false;
  }

  get marks(): i32 {
    return POINTS_MAX << POINTS_SHIFT;
  }

  /** The server forgets what comes on topics that it does not know, and says nothing: only the face's own are taken. */
  takesTopic(topic: usize, len: i32): bool {
    if (topic == topicAt || (provisioning.isRunning && equalsText(topic, len, PROVISION_REQUEST))) return true;
    logText(LogLevel.Warning, "publish refused: ThingsBoard has no free topics");
    return false;
  }

  /** It has neither QoS 2 nor RETAIN, and may end the session for them. */
  takesFlags(flags: i32): bool {
    return (flags & (FLAG_QOS_2 | FLAG_RETAIN)) == 0;
  }

  markReading(data: usize, len: i32): i32 {
    const points = countPoints(data, len);
    return points < 0 ? points : points << POINTS_SHIFT;
  }

  fitsMessage(marks: i32): bool {
    return marks >> POINTS_SHIFT <= sessionLimits.pointsMax;
  }

  publishInParts(data: usize, len: i32, flags: i32, ttl: i32, receipt: usize): i32 {
    return telemetry.send(data, len, flags & (FLAG_OFFLINE | FLAG_QOS_MASK), ttl, receipt);
  }

  /** What is more than a limit lets through at once, or larger than the server takes, would end each session anew. */
  accepts(record: RecordRef, payloadBytes: i32): bool {
    return payloadBytes <= sessionLimits.payloadMax && record.flags >> POINTS_SHIFT <= sessionLimits.pointsEver;
  }

  bound(window: i32): i32 {
    return min(window, sessionLimits.inFlightMax);
  }

  maySend(record: RecordRef): bool {
    return provisioning.isRunning ? provisioning.maySend(record.boot) : sessionLimits.maySend(record.flags);
  }

  get bundles(): bool {
    return true;
  }

  gather(entry: InFlightEntry, room: i32): i32 {
    return provisioning.isRunning || sessionLimits.isHeld ? 0 : bundle.gather(entry, room);
  }

  dataBytes(entry: InFlightEntry): i32 {
    this.isBundle = entry.followers > 0;
    return this.isBundle ? bundle.payloadBytes : entry.record.dataBytes;
  }

  readData(entry: InFlightEntry, offset: i32, dst: usize, len: i32): bool {
    return entry.followers ? bundle.read(entry, dst, len) : super.readData(entry, offset, dst, len);
  }

  openEnvelope(out: Writer, record: RecordRef, wallMs: i64): void {
    this.isTimed = wallMs >= 0 && !this.isBundle;
    if (this.isTimed) openRow(out, wallMs);
  }

  openData(out: Writer, record: RecordRef): void {}

  closeEnvelope(out: Writer, record: RecordRef): void {
    if (this.isTimed) closeRow(out, bundle.hasSequence ? record.sequence : 0);
  }

  // receive

  onPublish(head: PublishHead): void {
    this.topicLen = min(head.topicLen, HEAD_BYTES);
    this.topicGot = 0;
    this.isRouted = false;
  }

  onPublishBytes(src: usize, len: i32): void {
    const count = min(len, this.topicLen - this.topicGot);
    memory.copy(changetype<usize>(this.topic) + this.topicGot, src, count);
    this.topicGot += count;
  }

  route(topic: usize, topicLen: i32): i32 {
    this.isRouted = true;
    const payload = topic + topicLen;
    const len = inbox.incomingBytes - topicLen;
    const kind = kindOf(topic, topicLen);
    const id = topicId;
    switch (kind) {
      case Kind.Update:
        return attributes.takeUpdate(payload, len) ? this.pass(Event.Update, 0, payload, len) : NOT_FOR_THE_APP;
      case Kind.Call:
        if (!this.isHeard) {
          serverCalls.refuseMethod(id, payload, len);
          return NOT_FOR_THE_APP;
        }
        return serverCalls.take(id, payload, len) ? this.pass(Event.Call, id, payload, len) : NOT_FOR_THE_APP;
      case Kind.Answer:
      case Kind.CallAnswer:
        return this.takeAnswer(id, kind == Kind.CallAnswer, payload, len);
      case Kind.Provisioned:
        provisioning.take(payload, len);
        return NOT_FOR_THE_APP;
      default:
        this.isRouted = false;
        return subscriptions.match(topic, topicLen);
    }
  }

  /** A call that the inbox cannot take is answered: the server need not wait for its timeout. */
  isLost(): bool {
    if (this.isRouted) return false;
    if (kindOf(changetype<usize>(this.topic), this.topicGot) == Kind.Call) serverCalls.refuse(topicId, '{"error":"no room"}');
    return true;
  }

  private takeAnswer(id: i32, isCall: bool, payload: usize, len: i32): i32 {
    const purpose = requests.answered(id, isCall);
    if (purpose == Purpose.None) return NOT_FOR_THE_APP;
    requests.done(id);
    if (purpose == Purpose.Limits) sessionLimits.take(payload, len);
    if (purpose < Purpose.Fetch) return this.pass(isCall ? Event.CallAnswer : Event.Answer, id, payload, len);
    const left = purpose == Purpose.Fetch ? attributes.takeFetched(payload, len) : 0;
    return left ? this.pass(Event.Update, 0, payload, left) : NOT_FOR_THE_APP;
  }

  private pass(event: i32, id: i32, payload: usize, len: i32): i32 {
    inbox.rewrite(eventHead(id, Status.Ok), 8, payload, len);
    return event;
  }

  // time

  /** What the face does beside the client. Milliseconds to the next deadline. */
  step(): i32 {
    let wait = min(provisioning.step(), requests.step());
    if (!attributes.step() || !this.tellState()) wait = min(wait, 20);
    if (client.state != ClientState.Online || provisioning.isRunning) return wait;
    this.ask();
    const held = sessionLimits.waitMs;
    return held > 0 ? min(wait, held) : wait;
  }

  /** Notes what the app wants to hear. Ok. */
  watch(what: i32): i32 {
    if (what == Watch.Events) this.isHeard = true;
    else this.isStateWatched = what == Watch.State;
    this.toldState = client.state;
    return Status.Ok;
  }

  /** False: the inbox has no room yet. */
  private tellState(): bool {
    const state = client.state;
    if (!this.isStateWatched || state == this.toldState) return true;
    if (inbox.post(Event.State, eventHead(state, client.lastCause), 8, 0, 0) < 0) return false;
    this.toldState = state;
    return true;
  }

  /** The kernel's own questions: with QoS 0, for one that is lost is asked again. */
  private ask(): void {
    if (outbox.isMidPacket || !areSubscribed()) return;
    if (!this.hasAskedLimits) this.hasAskedLimits = this.send(Purpose.Limits);
    else if (attributes.mustFetch && !requests.isPending(Purpose.Fetch) && this.send(Purpose.Fetch)) attributes.mustFetch = false;
  }

  private send(purpose: Purpose): bool {
    const id = requests.begin(purpose, ANSWER_MS);
    if (id < 0) return false;
    const body = scratchWriter;
    body.reset(scratch, BODY_BYTES);
    if (purpose == Purpose.Limits) body.text('{"method":"getSessionLimits","params":{"timeout":5000}}');
    else attributes.writeRequest(body);
    const head = ownHead;
    head.topicLen = writeTopic(purpose == Purpose.Limits ? RPC_REQUEST : ATTRIBUTES_REQUEST, id);
    head.payloadLen = body.length;
    const isSent = !body.isBroken && transport.room >= head.remaining + 5;
    if (isSent) {
      const out = transport.beginPacket();
      head.write(out);
      out.bytes(topicAt, head.topicLen);
      out.bytes(scratch, body.length);
      transport.endPacket();
      transport.flush(clock.nowMs);
      sessionLimits.count();
    } else requests.cancel(id);
    return isSent;
  }
}

const BODY_BYTES: i32 = 384;
const scratchWriter = new Writer();
const ownHead = new PublishHead();

/** The server has answered all four SUBSCRIBEs. */
function areSubscribed(): bool {
  for (let i = 0; i < FILTERS; i++) if (subscriptions.state(unchecked(filterRows[i])) == 3) return false;
  return true;
}

export const thingsboard = new ThingsboardFace();
wear(thingsboard);
