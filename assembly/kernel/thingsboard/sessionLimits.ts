import { JsonMembers } from "../../lib/jsonMembers";
import { parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";
import { copyText, equalsText } from "../../lib/text";
import { clock } from "../client/clock";
import { LogLevel } from "../host/constants";
import { sysConfig } from "../host/imports";
import { logText, logTexts } from "../host/log";
import { POINTS_SHIFT, telemetry } from "./telemetry";
import { RateLimit } from "./rateLimits";

const TEXT_BYTES: i32 = 64;
const text: usize = memory.data(TEXT_BYTES);
/** Longer than the client's own keys. */
const KEY_BYTES: i32 = 40;
const key: usize = memory.data(KEY_BYTES);
const PAYLOAD_MAX: i32 = 200000000;
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

  load(): void {
    this.read("thingsboard.limits.messages", this.messages);
    this.read("thingsboard.limits.telemetryMessages", this.telemetryMessages);
    this.read("thingsboard.limits.telemetryDataPoints", this.dataPoints);
  }

  connected(): void {
    this.holdUntilMs = clock.nowMs + PATIENCE_MS;
  }

  /** The server's answer: u8[len] has come. */
  take(answer: usize, len: i32): void {
    this.holdUntilMs = 0;
    if (!members.open(answer, len)) return;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "maxPayloadSize")) {
        this.payloadBytes = max(parseDecimal(members.value, members.valueLen, PAYLOAD_MAX), 0);
        telemetry.payloadMax = this.payloadBytes ? this.payloadBytes : i32.MAX_VALUE;
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
    let wait = this.messages.waitMs(1, now);
    if (points) {
      wait = max(wait, this.telemetryMessages.waitMs(1, now));
      wait = max(wait, this.dataPoints.waitMs(points, now));
      wait = max(wait, <i32>max(this.holdUntilMs - now, 0));
    }
    if (wait > 0) {
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

export const sessionLimits = new SessionLimits();
