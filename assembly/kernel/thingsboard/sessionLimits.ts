import { JsonMembers } from "../../lib/jsonMembers";
import { parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";
import { copyText, equalsText } from "../../lib/text";
import { clock } from "../client/clock";
import { settings } from "../client/settings";
import { LogLevel } from "../host/constants";
import { sysConfig } from "../host/imports";
import { logText, logTexts } from "../host/log";
import { RateLimit } from "./rateLimits";

/** Where a record keeps its number of data points: above the client's flags. 0: it is no telemetry; more than 63 count as that. */
export const POINTS_SHIFT: i32 = 10;
export const POINTS_MAX: i32 = 63;

const TEXT_BYTES: i32 = 64;
const text: usize = memory.data(TEXT_BYTES, 1);
/** Longer than the client's own keys. */
const KEY_BYTES: i32 = 40;
const key: usize = memory.data(KEY_BYTES, 1);
const NUMBER_MAX: i32 = 200000000;
/** Data points of one message: while nothing is known, as few as the strictest server known lets through; and however many it does. */
const POINTS_AT_FIRST: i32 = 10;
const POINTS_OF_MESSAGE: i32 = 60;
/** The server may be too old to know getSessionLimits: then so long, and no longer, is telemetry held back. */
const PATIENCE_MS: i64 = 2000;

const members = new JsonMembers();
const limitsOf = new JsonMembers();

/** What the server lets one session send: as configured, until it says so itself. */
export class SessionLimits {
  private messages: RateLimit = new RateLimit();
  private telemetryMessages: RateLimit = new RateLimit();
  private dataPoints: RateLimit = new RateLimit();
  /** Milliseconds since start from which telemetry may go. */
  private holdUntilMs: i64 = 0;
  /** When the message that was held back may go, 0: none is. */
  waitUntilMs: i64 = 0;
  payloadBytes: i32 = 0;
  /** Telemetry that was held back may not go before. */
  private telemetryAtMs: i64 = 0;
  /** Most messages in flight. */
  inFlightMax: i32 = i32.MAX_VALUE;
  /** The server has told its limits, or does not tell any. */
  private isSettled: bool = false;

  load(): void {
    if (endsWith(settings.host, settings.hostLen, "thingsboard.cloud") || endsWith(settings.host, settings.hostLen, "thingsboard.io")) {
      // Source: spec/thingsboard.md, 9: the public clouds.
      this.messages.parse(text, copyText(text, "10:1,60:60"));
      this.telemetryMessages.parse(text, copyText(text, "10:1,60:60"));
      this.dataPoints.parse(text, copyText(text, "10:1,300:60"));
    }
    this.read("thingsboard.limits.messages", this.messages);
    this.read("thingsboard.limits.telemetryMessages", this.telemetryMessages);
    this.read("thingsboard.limits.telemetryDataPoints", this.dataPoints);
  }

  connected(): void {
    this.holdUntilMs = clock.nowMs + PATIENCE_MS;
  }

  /** Largest payload that the server takes, as far as is known. */
  get payloadMax(): i32 {
    return this.payloadBytes ? this.payloadBytes : i32.MAX_VALUE;
  }

  /** Whether telemetry is held back now, whatever it is. */
  get isHeld(): bool {
    return clock.nowMs < this.telemetryAtMs;
  }

  /** Data points that one message may have. */
  get pointsMax(): i32 {
    return this.dataPoints.most(this.isSettled ? POINTS_OF_MESSAGE : POINTS_AT_FIRST);
  }

  /** And what it never may have. */
  get pointsEver(): i32 {
    return this.dataPoints.most(i32.MAX_VALUE);
  }

  /** The server's answer: u8[len] has come. */
  take(answer: usize, len: i32): void {
    this.holdUntilMs = 0;
    this.telemetryAtMs = 0;
    this.isSettled = true;
    if (!members.open(answer, len)) return;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "maxPayloadSize")) {
        this.payloadBytes = max(parseDecimal(members.value, members.valueLen, NUMBER_MAX), 0);
      } else if (equalsText(members.name, members.nameLen, "maxInflightMessages")) {
        const most = parseDecimal(members.value, members.valueLen, NUMBER_MAX);
        if (most > 0) this.inFlightMax = most;
      } else if (equalsText(members.name, members.nameLen, "rateLimits") && limitsOf.open(members.value, members.valueLen)) {
        this.takeRates();
      }
    }
  }

  private takeRates(): void {
    let isGood: bool = true;
    while (limitsOf.next()) {
      const value = limitsOf.value + 1;
      const len = limitsOf.valueLen - 2;
      if (equalsText(limitsOf.name, limitsOf.nameLen, "messages")) isGood = this.messages.parse(value, len) && isGood;
      else if (equalsText(limitsOf.name, limitsOf.nameLen, "telemetryMessages"))
        isGood = this.telemetryMessages.parse(value, len) && isGood;
      else if (equalsText(limitsOf.name, limitsOf.nameLen, "telemetryDataPoints")) isGood = this.dataPoints.parse(value, len) && isGood;
    }
    if (!isGood) logText(LogLevel.Warning, "getSessionLimits: not count:seconds");
  }

  /** Whether a message with such flags may go now; then it counts. */
  maySend(flags: i32): bool {
    const now = clock.nowMs;
    const points = flags >> POINTS_SHIFT;
    if (points && this.isHeld) {
      this.waitUntilMs = this.telemetryAtMs;
      return false;
    }
    let wait = this.messages.waitMs(1, now);
    if (points) {
      wait = max(wait, this.telemetryMessages.waitMs(1, now));
      wait = max(wait, this.dataPoints.waitMs(points, now));
      wait = max(wait, <i32>max(this.holdUntilMs - now, 0));
      if (now >= this.holdUntilMs) this.isSettled = true;
    }
    if (wait > 0) {
      if (points) this.telemetryAtMs = now + wait;
      this.waitUntilMs = now + wait;
      return false;
    }
    this.waitUntilMs = 0;
    this.count();
    if (points) {
      this.telemetryMessages.take(1, now);
      this.dataPoints.take(points, now);
    }
    return true;
  }

  /** A message of the kernel's own was sent. */
  count(): void {
    this.messages.take(1, clock.nowMs);
  }

  /** Milliseconds until what was held back may go, 0: nothing is, or now. */
  get waitMs(): i32 {
    return <i32>max(this.waitUntilMs - clock.nowMs, 0);
  }

  private read(name: string, limit: RateLimit): void {
    const len = sysConfig(key, copyText(key, name), text, TEXT_BYTES);
    if (len != Status.NotFound && (len < 0 || !limit.parse(text, len))) logTexts(LogLevel.Error, name, ": expected count:seconds");
  }
}

function endsWith(at: usize, len: i32, tail: string): bool {
  const from = len - tail.length;
  return from >= 0 && equalsText(at + from, tail.length, tail);
}

export const sessionLimits = new SessionLimits();
