import { ClientState } from "../../lib/clientState";
import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { copyText } from "../../lib/text";
import { FLAG_KIND_MASK, FLAG_KIND_SHIFT, FLAG_OFFLINE } from "../../sdk/flags";
import { clock } from "../client/clock";
import { Face, IDLE_MS, wear, WhenFull } from "../client/face";
import { inbox } from "../client/inbox";
import { InFlightEntry } from "../client/inFlight";
import { scratch } from "../client/scratch";
import { isConfigured, readNumber } from "../client/settings";
import { subscriptions } from "../client/subscriptions";
import { LogLevel } from "../host/constants";
import { sysMemory } from "../host/imports";
import { logText } from "../host/log";
import { ConnectFields } from "../mqtt/connect";
import { PublishHead } from "../mqtt/publish";
import { Retry } from "../mqtt/retry";
import { RecordRef } from "../store/recordStore";
import { counts } from "./counts";
import { discovery, loadUrl } from "./discovery";
import { entityCache } from "./entityCache";
import { closeEnvelope, convertContext, MessageKind, openEnvelope, sentDataBytes } from "./envelope";
import { heartbeat } from "./heartbeat";
import { identity, readKey } from "./identity";
import { messages } from "./messages";

/** Source of the times: spec/tendrl.md, 10. */
const TIME_SYNC_MS: i64 = 5000;
const CONNECT_MS: i64 = 20000;
const BACKOFF_LIMIT_MS: i32 = 30000;
const AUTH_FAILED_MS: i64 = 900000;
const POLL_MS: i32 = 100;
const KEEP_ALIVE_SECONDS: i32 = 300;
const BATCH: i32 = 15;
/** So much free heap bounds no batch; unknown, which is negative, neither. */
const HEAP_ENOUGH: i32 = 16384;

const STORED_MAX: i32 = 10000000;

const PORT_TLS: i32 = 443;
const PORT_PLAIN: i32 = 1883;

/** Answers of subscriptions.state below it are a granted QoS. */
const UNANSWERED: i32 = 3;
const NO_ROW: i32 = -1;

/** The Tendrl cloud (DESIGN.md). */
export class TendrlFace extends Face {
  private phase: ClientState = ClientState.Stopped;
  /** When the link was first seen up in this attempt, 0: it was not. */
  private linkSinceMs: i64 = 0;
  /** The key is not valid: nothing is asked before. 0: it may be. */
  private notBeforeMs: i64 = 0;
  /** A CONNECT was refused since the last time online: the cache is not to blame any more. */
  private wasRefused: bool = false;
  /** The row of the subscription to what the device receives. */
  private row: i32 = NO_ROW;
  /** Of which identity it is. */
  private rowOf: i32 = 0;
  private isCacheRead: bool = false;
  /** Most messages of a batch: in flight at a time. */
  batch: i32 = BATCH;
  /** What becomes of a message when the queue in RAM is full. */
  fullWay: WhenFull = WhenFull.Refuse;
  /** What the owner grants the store: the oldest make room for the newest; so many messages, 0: as many as there is room for. */
  private isEvicting: bool = true;
  private storedMax: i32 = 0;
  /** When this boot began, as far as this face knows. */
  private bootMs: i64 = 0;
  /** Of the envelope that is being composed: bytes of its data, and its time. */
  private sentBytes: i32 = 0;
  private wallMs: i64 = 0;

  // connection

  prepare(): i32 {
    if (this.notBeforeMs > 0) {
      const left = this.notBeforeMs - clock.nowMs;
      this.phase = ClientState.AuthFailed;
      if (left > 0) return <i32>min<i64>(left, POLL_MS);
      this.notBeforeMs = 0;
    }
    if (this.linkSinceMs == 0) this.linkSinceMs = max<i64>(clock.nowMs, 1);
    if (clock.wallMs < 0 && clock.nowMs - this.linkSinceMs < TIME_SYNC_MS) {
      this.phase = ClientState.TimeSync;
      return POLL_MS;
    }
    if (identity.isKnown && entityCache.isOld) identity.forget();
    if (!identity.isKnown) return this.discover();
    this.phase = ClientState.Stopped;
    return this.wantMessages();
  }

  private discover(): i32 {
    this.phase = ClientState.Discovering;
    if (!discovery.isUnderWay) {
      const begun = discovery.begin();
      if (begun < 0) return begun;
    }
    const wait = discovery.step();
    if (wait != 0) return wait;
    this.phase = ClientState.Stopped;
    return this.wantMessages();
  }

  /** Wants the topic of this identity, and no other any more. Ok, NoSpace. */
  private wantMessages(): i32 {
    if (this.row != NO_ROW && this.rowOf == identity.taken) return 0;
    const length = identity.writeMessagesTopic(scratch);
    const row = subscriptions.add(scratch, length, 1);
    if (row < 0) return row;
    if (this.row != NO_ROW && this.row != row) subscriptions.drop(this.row);
    this.row = row;
    this.rowOf = identity.taken;
    return 0;
  }

  get preparing(): ClientState {
    return this.phase;
  }

  get isPreparing(): bool {
    return this.phase != ClientState.Stopped;
  }

  get openTimeoutMs(): i64 {
    return CONNECT_MS;
  }

  ready(): i32 {
    const state = subscriptions.state(this.row);
    if (state == UNANSWERED) return 0;
    if (state < 0) {
      logText(LogLevel.Error, "broker refused the subscription to this device's messages");
      return state;
    }
    this.wasRefused = false;
    return 1;
  }

  work(): i32 {
    return min(heartbeat.step(), IDLE_MS);
  }

  retryAfter(cause: i32, retry: Retry): Retry {
    const isKeyRefused = cause == Status.Refused && this.phase == ClientState.Discovering;
    if (retry == Retry.Permanent || isKeyRefused) {
      entityCache.clear();
      if (isKeyRefused || this.wasRefused) {
        logText(LogLevel.Error, "the API key is not valid: next attempt in 15 minutes");
        this.notBeforeMs = clock.nowMs + AUTH_FAILED_MS;
        counts.authFailures++;
      }
      this.wasRefused = true;
      return Retry.Normal;
    }
    return retry;
  }

  disconnected(): void {
    discovery.abandon();
    this.phase = ClientState.Stopped;
    this.linkSinceMs = 0;
  }

  get window(): i32 {
    return BATCH;
  }

  /** A batch by what is free of the heap: 3 messages per kB. Source: spec/tendrl.md, 7. */
  bound(window: i32): i32 {
    const free = sysMemory(0);
    const most = min(window, this.batch);
    return <u32>free > <u32>HEAP_ENOUGH ? most : min(most, (free * 3 + 500) / 1000);
  }

  get backoffLimitMs(): i32 {
    return BACKOFF_LIMIT_MS;
  }

  spread(baseMs: i32): i32 {
    return baseMs / 5;
  }

  // configuration

  get hasPresetHost(): bool {
    return true;
  }

  presetHost(dst: usize): i32 {
    return copyText(dst, "mqtt.tendrl.com");
  }

  get presetTls(): bool {
    return true;
  }

  presetPort(isTls: bool): i32 {
    return isTls ? PORT_TLS : PORT_PLAIN;
  }

  get keepAliveSeconds(): i32 {
    return KEEP_ALIVE_SECONDS;
  }

  get keepAliveLimit(): i32 {
    return KEEP_ALIVE_SECONDS;
  }

  get isConfigured(): bool {
    return false;
  }

  load(): bool {
    this.notBeforeMs = 0;
    this.wasRefused = false;
    const keyLen = readKey();
    memory.fill(scratch, 0, keyLen);
    if (keyLen == 0) logText(LogLevel.Error, "tendrl.apiKey: expected the entity's API key");
    const isUrl = loadUrl(discovery.url) == Status.Ok;
    entityCache.load();
    if (!isUrl) logText(LogLevel.Error, "tendrl.appUrl: expected a URL such as https://app.tendrl.com");
    if (keyLen > 0 && !this.isCacheRead) {
      this.isCacheRead = true;
      this.bootMs = clock.nowMs;
      entityCache.honourReset();
      entityCache.read();
    }
    return keyLen > 0 && isUrl;
  }

  fillConnect(fields: ConnectFields): void {
    identity.fill(fields);
  }

  // publish

  /** It is not known yet, and not stored (topicOf): the length says that the configuration is good. */
  loadTopic(dst: usize, cap: i32): i32 {
    return 1;
  }

  get storesTopics(): bool {
    return false;
  }

  get marks(): i32 {
    return FLAG_KIND_MASK;
  }

  topicBytes(entry: InFlightEntry): i32 {
    return entry.record.topicBytes || identity.topicLen;
  }

  topicOf(record: RecordRef): usize {
    return record.topicBytes ? 0 : identity.topic;
  }

  get convertsContext(): bool {
    return true;
  }

  convertContext(src: usize, len: i32): i32 {
    return convertContext(src, len);
  }

  get isDataFirst(): bool {
    return true;
  }

  dataBytes(entry: InFlightEntry): i32 {
    this.sentBytes = sentDataBytes(entry);
    return this.sentBytes;
  }

  /** Reads what the owner grants the store: at set-up, for an app may store before it starts the client. */
  loadCaps(): void {
    this.storedMax = readNumber("store.capRecords", 0, STORED_MAX);
    this.isEvicting = !isConfigured("store.eviction", "refuse");
  }

  isStoreFull(waiting: i32): bool {
    return this.storedMax > 0 && waiting >= this.storedMax;
  }

  /** A heartbeat is no reading: it neither drives one out nor is it kept on flash. */
  whenFull(flags: i32): WhenFull {
    if (flags & FLAG_OFFLINE) return this.isEvicting ? WhenFull.DropOldest : WhenFull.Refuse;
    return (flags & FLAG_KIND_MASK) >> FLAG_KIND_SHIFT == MessageKind.Heartbeat ? WhenFull.Refuse : this.fullWay;
  }

  /** Source: spec/tendrl.md, 8. */
  holdsStore(load: i32): bool {
    return load > 75;
  }

  /** Without a clock the time of a capture cannot be told yet: it waits for one. */
  maySend(record: RecordRef): bool {
    return clock.wallMs >= 0;
  }

  openEnvelope(out: Writer, record: RecordRef, wallMs: i64): void {
    if (wallMs < 0) counts.untimed++;
    this.wallMs = wallMs < 0 ? clock.toWall(this.bootMs) : wallMs;
    openEnvelope(out, record.flags, this.sentBytes);
  }

  openData(out: Writer, record: RecordRef): void {
    if (record.contextBytes) out.u8(0x2c);
  }

  closeEnvelope(out: Writer, record: RecordRef): void {
    closeEnvelope(out, this.wallMs);
  }

  // receive

  onPublish(head: PublishHead): void {
    messages.begin(head);
  }

  route(topic: usize, topicLen: i32): i32 {
    const row = subscriptions.match(topic, topicLen);
    return row < 0 || messages.accepts(topic + topicLen, inbox.incomingBytes - topicLen) ? row : NO_ROW;
  }

  handled(result: i32): void {
    messages.handled(result);
  }
}

export const tendrlFace = new TendrlFace();
wear(tendrlFace);
