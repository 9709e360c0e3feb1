import { ClientState } from "../../lib/clientState";
import { Status } from "../../lib/status";
import { AS_CONNECTED } from "../../sdk/flags";
import { LinkState, LogLevel } from "../host/constants";
import { linkStart, linkState, linkStop, sysRandom } from "../host/imports";
import { logNumber } from "../host/log";
import { Backoff } from "./backoff";
import { Retry } from "../mqtt/retry";
import { clock } from "./clock";
import { face, IDLE_MS } from "./face";
import { session } from "./session";
import { settings } from "./settings";
import { transport } from "./transport";
import { updates } from "./updateHooks";

/** How often a state is looked at that the host has no event for. */
const LINK_POLL_MS: i32 = 200;
const OPEN_POLL_MS: i32 = 20;
/** Online for so long, a connection has held. */
const HELD_MS: i64 = 60000;

const randomBytes: usize = memory.data(4, 4);

/** Keeps one connection to the broker: link, socket, session, and the way back after each failure. */
export class Client {
  state: ClientState = ClientState.Stopped;
  /** The Status that ended the last connection, 0 for none. */
  lastCause: i32 = 0;
  private backoff: Backoff = new Backoff();
  /** When the socket was asked for, or the session came online. */
  private sinceMs: i64 = 0;
  private retryAtMs: i64 = 0;

  /** Starts link and client from the configuration. Ok, also when started before; Invalid: the log names the key. */
  start(): i32 {
    if (this.state != ClientState.Stopped) return Status.Ok;
    const status = settings.load();
    if (status < 0) return status;
    linkStart();
    this.backoff.reset();
    this.state = ClientState.LinkDown;
    return Status.Ok;
  }

  /** Says goodbye to the broker, as Session.sayGoodbye documents, and takes the link down. */
  stop(keepsWill: bool, sessionSeconds: i32): void {
    if (this.state == ClientState.Stopped) return;
    session.sayGoodbye(keepsWill, sessionSeconds);
    this.disconnect();
    linkStop();
    this.state = ClientState.Stopped;
  }

  /** One round of work. Milliseconds to the next deadline, 0 when there is more to do now. */
  step(): i32 {
    if (this.state == ClientState.Stopped) return IDLE_MS;
    if (linkState() != LinkState.Up) return this.waitForLink();
    if (this.state == ClientState.LinkDown || face.isPreparing) return this.open();
    if (this.state == ClientState.Waiting) return this.waitForRetry();
    if (this.state == ClientState.Opening) return this.waitForSocket();
    return this.converse();
  }

  private waitForLink(): i32 {
    if (this.state > ClientState.Waiting) {
      this.lastCause = Status.Closed;
      this.disconnect();
    }
    this.state = ClientState.LinkDown;
    return LINK_POLL_MS;
  }

  private waitForRetry(): i32 {
    const left = this.retryAtMs - clock.nowMs;
    return left > 0 ? <i32>min(left, LINK_POLL_MS) : this.open();
  }

  private open(): i32 {
    const wait = face.prepare();
    if (wait < 0) return this.fail(wait);
    if (wait > 0) {
      this.state = face.preparing;
      return wait;
    }
    const status = transport.open();
    if (status < 0) return this.fail(status);
    this.state = ClientState.Opening;
    this.sinceMs = clock.nowMs;
    return OPEN_POLL_MS;
  }

  private waitForSocket(): i32 {
    const status = transport.state();
    if (status < 0) return this.fail(status);
    if (status == 0) return clock.nowMs - this.sinceMs < face.openTimeoutMs ? OPEN_POLL_MS : this.fail(Status.Timeout);
    this.state = ClientState.Connecting;
    const begun = session.begin();
    return begun < 0 ? this.fail(begun) : 0;
  }

  private converse(): i32 {
    const wait = session.step();
    if (wait < 0) return this.fail(wait);
    if (this.state != ClientState.Online) return session.isOnline ? this.settle(wait) : wait;
    if (clock.nowMs - this.sinceMs >= HELD_MS) this.backoff.reset();
    return min(updates.listens ? min(wait, updates.step()) : wait, face.work());
  }

  /** The server has accepted: online once the session is usable. */
  private settle(wait: i32): i32 {
    const ready = face.ready();
    if (ready < 0) return this.fail(ready);
    this.state = ready ? ClientState.Online : ClientState.Subscribing;
    this.sinceMs = clock.nowMs;
    return ready ? 0 : wait;
  }

  /** Ends the connection and waits before the next attempt. */
  private fail(cause: i32): i32 {
    this.lastCause = cause;
    const retry = face.retryAfter(cause, cause == Status.Refused ? session.retry : Retry.Normal);
    if (this.state >= ClientState.Connecting && !face.isPreparing) session.explain(cause);
    this.disconnect();
    logNumber(LogLevel.Warning, "connection ended, status ", cause);
    if (retry == Retry.Never) {
      this.stop(false, AS_CONNECTED);
      return IDLE_MS;
    }
    sysRandom(randomBytes, 4);
    const wait = this.backoff.next(retry, load<u32>(randomBytes));
    this.retryAtMs = clock.nowMs + wait;
    this.state = ClientState.Waiting;
    return min(wait, LINK_POLL_MS);
  }

  private disconnect(): void {
    transport.close();
    session.end();
    if (updates.listens) updates.disconnected();
  }
}

export const client = new Client();
