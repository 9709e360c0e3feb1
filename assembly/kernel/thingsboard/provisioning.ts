import { ALREADY_PROVISIONED, Event } from "../../sdk/thingsboardWire";
import { ClientState } from "../../lib/clientState";
import { Status } from "../../lib/status";
import { copyText } from "../../lib/text";
import { client } from "../client/client";
import { clock } from "../client/clock";
import { deviceState } from "../client/deviceState";
import { inbox } from "../client/inbox";
import { queue } from "../client/ramQueue";
import { scratch } from "../client/scratch";
import { subscriptions } from "../client/subscriptions";
import { startClient, stopClient } from "../kernel";
import { ConnectFields } from "../mqtt/connect";
import { Credentials } from "./credentials";
import { eventHead } from "./requests";

/** Source: spec/thingsboard.md, 7. */
const SUBACK_PATIENCE_MS: i64 = 2000;
/** So long after a refusal the server is not asked again. */
const REFUSED_MS: i64 = 300000;
const IDLE_MS: i32 = 60000;
/** Name of a note in the device's state: u8, how the last request ended. */
const NOTE: string = "tb.request";
const ASKED: u8 = 0;
const REFUSED: u8 = 1;
const note: usize = memory.data(1, 1);

enum Stage {
  Off,
  Running,
  /** Over; the session is still to be ended, and the app told. */
  Over,
}

/**
 * Provisioning: a session of its own under the name `provision`, whose one message is the app's request. It runs only while no
 * credentials are stored, and the client comes back with those it brought only once they are stored for good.
 */
export class Provisioning {
  readonly credentials: Credentials = new Credentials();
  private stage: Stage = Stage.Off;
  private deadlineMs: i64 = 0;
  /** From when on the request may be sent. */
  private readyAtMs: i64 = i64.MAX_VALUE;
  private row: i32 = -1;
  private outcome: i32 = Status.Ok;
  /** The server is not asked before: of a refusal in an earlier start of the device nobody knows the time, so it counts from the first try. */
  private notBeforeMs: i64 = 0;
  private isNoteRead: bool = false;

  get isRunning(): bool {
    return this.stage != Stage.Off;
  }

  /**
   * Begins: the app then publishes its request. Ok; ALREADY_PROVISIONED; Busy: the client is started, or messages wait, or it is running; Invalid
   * (configuration, timeout); Refused: the server refused within the last five minutes; Unsupported, NoSpace, Corrupt, Io: what it would
   * bring cannot be stored.
   */
  begin(timeoutMs: i32): i32 {
    if (timeoutMs <= 0) return Status.Invalid;
    const stored = this.credentials.read();
    if (stored == Status.Ok) return ALREADY_PROVISIONED;
    if (stored != Status.NotFound) return stored;
    if (this.isRunning || client.state != ClientState.Stopped || queue.waiting > 0) return Status.Busy;
    if (this.mustWait()) return Status.Refused;
    // What the server gives out once must find a place: nothing is asked of it where nothing can be written.
    let status = putNote(ASKED);
    if (status < 0) return status;
    this.stage = Stage.Running;
    this.deadlineMs = clock.nowMs + timeoutMs;
    status = startClient(0);
    if (status < 0) this.stage = Stage.Off;
    return status;
  }

  private mustWait(): bool {
    if (!this.isNoteRead) {
      this.isNoteRead = true;
      const isRefused = deviceState.state.get(NOTE, note, 1) == 1 && load<u8>(note) == REFUSED;
      if (isRefused) this.notBeforeMs = clock.nowMs + REFUSED_MS;
    }
    return clock.nowMs < this.notBeforeMs;
  }

  fill(fields: ConnectFields): void {
    fields.clientIdLen = 0;
    fields.passwordLen = 0;
    fields.user = scratch;
    fields.userLen = copyText(scratch, "provision");
  }

  connected(): void {
    const len = copyText(scratch, "/provision/response");
    this.row = subscriptions.add(scratch, len, 1);
    this.readyAtMs = clock.nowMs + SUBACK_PATIENCE_MS;
  }

  /** Whether the request may be sent: with QoS 0 it is gone then. */
  maySend(boot: i32): bool {
    return this.stage == Stage.Running && boot == 0 && clock.nowMs >= this.readyAtMs;
  }

  /** The answer: u8[len] has come. */
  take(answer: usize, len: i32): void {
    if (this.stage == Stage.Running) this.end(this.credentials.take(answer, len));
  }

  /** Ends what is over. Milliseconds to the next deadline. */
  step(): i32 {
    if (this.stage == Stage.Off) return IDLE_MS;
    if (this.stage == Stage.Running) {
      // Such a session answers no SUBSCRIBE, and sends all the same.
      if (clock.nowMs >= this.readyAtMs) subscriptions.abandon();
      else if (this.row >= 0 && subscriptions.state(this.row) <= 2) this.readyAtMs = clock.nowMs;
      if (clock.nowMs >= this.deadlineMs) this.end(Status.Timeout);
      if (this.stage == Stage.Running) return <i32>min(this.deadlineMs, max(this.readyAtMs, clock.nowMs + 1)) - <i32>clock.nowMs;
    }
    if (inbox.post(Event.Provisioned, eventHead(0, this.outcome), 8, 0, 0) < 0) return 20;
    this.stage = Stage.Off;
    stopClient();
    subscriptions.remove(scratch, copyText(scratch, "/provision/response"));
    if (this.outcome == Status.Ok) startClient(0);
    return 0;
  }

  private end(outcome: i32): void {
    this.outcome = outcome;
    if (outcome == Status.Refused) {
      this.notBeforeMs = clock.nowMs + REFUSED_MS;
      putNote(REFUSED);
    }
    this.stage = Stage.Over;
    this.readyAtMs = i64.MAX_VALUE;
  }
}

function putNote(value: u8): i32 {
  store<u8>(note, value);
  return deviceState.state.put(NOTE, note, 1);
}

export const provisioning = new Provisioning();
