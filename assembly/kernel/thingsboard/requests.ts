import { Event } from "../../sdk/thingsboardWire";
import { Status } from "../../lib/status";
import { clock } from "../client/clock";
import { inbox } from "../client/inbox";

/** Source: spec/thingsboard.md, 4.2. */
const PENDING_MAX: i32 = 8;
const ID_MAX: i32 = 0x7fffffff;
const IDLE_MS: i32 = 60000;

/** Whose request it is: the app's are told of their end, the kernel's own are not. */
export enum Purpose {
  None,
  Attributes,
  Call,
  /** The kernel's own: attributes that may have changed meanwhile, and the session's limits. */
  Fetch,
  Limits,
  /** What the server announces of a package (updateFace.ts). */
  Package,
}

class Request {
  id: i32 = 0;
  purpose: Purpose = Purpose.None;
  deadlineMs: i64 = 0;
  /** Ok while the answer is awaited; then what the app is still to be told. */
  status: i32 = Status.Ok;
}

/** Head of an event: u32 id, i32 status. */
const head: usize = memory.data(8, 8);

export function eventHead(id: i32, status: i32): usize {
  store<i32>(head, id);
  store<i32>(head, status, 4);
  return head;
}

/**
 * Requests that wait for an answer, each ended exactly once: by its answer, by its deadline, or by the end of the connection. An end
 * that the inbox has no room for waits here.
 */
export class Requests {
  private rows: StaticArray<Request> = new StaticArray<Request>(PENDING_MAX);
  private lastId: i32 = 0;
  /** Answers that nobody waits for any more. */
  strays: i32 = 0;

  constructor() {
    for (let i = 0; i < PENDING_MAX; i++) unchecked((this.rows[i] = new Request()));
  }

  /** Begins a request. Its id, or NoSpace: too many are pending. */
  begin(purpose: Purpose, timeoutMs: i32): i32 {
    const free = this.find(0);
    if (free == null) return Status.NoSpace;
    do this.lastId = this.lastId == ID_MAX ? 1 : this.lastId + 1;
    while (this.find(this.lastId) != null);
    free.id = this.lastId;
    free.purpose = purpose;
    free.deadlineMs = clock.nowMs + timeoutMs;
    free.status = Status.Ok;
    return free.id;
  }

  /** The request was not sent after all. */
  cancel(id: i32): void {
    const request = this.find(id);
    if (request) request.id = 0;
  }

  /** An answer has come. Whose it is; None: nobody waits for it. isCall: it answers a call, not a question for attributes. */
  answered(id: i32, isCall: bool): Purpose {
    const request = this.find(id);
    if (request && request.status == Status.Ok && isCallOf(request.purpose) == isCall) return request.purpose;
    this.strays++;
    return Purpose.None;
  }

  /** Whether an answer with such a number is awaited for a purpose. */
  isFor(id: i32, purpose: Purpose): bool {
    const request = this.find(id);
    return request != null && request.purpose == purpose;
  }

  /** Ends a request whose answer was taken. */
  done(id: i32): void {
    this.cancel(id);
  }

  /** The connection ended: no answer comes any more. */
  disconnected(): void {
    for (let i = 0; i < PENDING_MAX; i++) this.end(unchecked(this.rows[i]), Status.Closed);
  }

  /** The app started anew: nobody waits. */
  forgetApp(): void {
    for (let i = 0; i < PENDING_MAX; i++) {
      const request = unchecked(this.rows[i]);
      if (request.purpose < Purpose.Fetch) request.id = 0;
    }
  }

  /** Tells the app of ends. Milliseconds to the next deadline. */
  step(): i32 {
    let wait: i64 = IDLE_MS;
    for (let i = 0; i < PENDING_MAX; i++) {
      const request = unchecked(this.rows[i]);
      if (request.id == 0) continue;
      if (request.status == Status.Ok && clock.nowMs >= request.deadlineMs) this.end(request, Status.Timeout);
      if (request.id == 0) continue;
      if (request.status == Status.Ok) wait = min(wait, request.deadlineMs - clock.nowMs);
      else if (inbox.post(eventOf(request.purpose), eventHead(request.id, request.status), 8, 0, 0) == Status.Ok) request.id = 0;
    }
    return <i32>wait;
  }

  /** Whether the kernel waits for an answer of its own. */
  isPending(purpose: Purpose): bool {
    for (let i = 0; i < PENDING_MAX; i++) {
      const request = unchecked(this.rows[i]);
      if (request.id && request.purpose == purpose) return true;
    }
    return false;
  }

  private end(request: Request, status: i32): void {
    if (request.status != Status.Ok) return;
    if (request.purpose >= Purpose.Fetch) request.id = 0;
    else request.status = status;
  }

  private find(id: i32): Request | null {
    for (let i = 0; i < PENDING_MAX; i++) {
      const request = unchecked(this.rows[i]);
      if (request.id == id) return request;
    }
    return null;
  }
}

function isCallOf(purpose: Purpose): bool {
  return purpose == Purpose.Call || purpose == Purpose.Limits;
}

function eventOf(purpose: Purpose): i32 {
  return purpose == Purpose.Call ? Event.CallAnswer : Event.Answer;
}

export const requests = new Requests();
