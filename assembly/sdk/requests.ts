/**
 * Requests and answers over MQTT 5 (4.10): a request names the topic for its answer and carries a number, by which the answer is
 * told from others. For kernels named -v5.
 *
 *     requests.open(client, "devices/mote/answers");
 *     requests.send("clock/ask", "now?", (answer, request) => { if (answer) log(answer.text()); }, 5000);
 *
 *     client.subscribe("lamp/ask", (message) => { requests.answer("on"); });
 */
import { Status } from "../lib/status";
import { OUT, OUT_BYTES } from "./buffers";
import { Client } from "./client";
import { monotonic } from "./clock";
import { FLAG_QOS_1 } from "./flags";
import { Message } from "./message";
import { Properties, Property, received } from "./properties";
import { publishWith, publishWithTo } from "./publication";
import { random } from "./syscalls";
import { after, cancel } from "./timer";

/** Requests that may await their answers at once. */
export const MAX_REQUESTS: i32 = 4;
/** How long one is awaited unless it is told otherwise. */
export const ANSWER_MS: i32 = 10_000;

/** Correlation data: u32 chosen at random when the app starts, u32 number of the request. */
// @ts-ignore: decorator
@lazy
const CORRELATION: usize = memory.data(8, 4);
const CORRELATION_BYTES: i32 = 8;
const PROPERTIES_BYTES: i32 = 160;

class Pending {
  /** 0: the row is free. */
  request: i32 = 0;
  dueAtMs: i64 = 0;
  handler: ((answer: Message | null, request: i32) => void) | null = null;
}

export class Requests {
  /** Answers that no request awaited any more. */
  late: i32 = 0;
  private topic: string = "";
  private last: i32 = 0;
  /** Handle of the timer, 0 for none, and when it is due. */
  private timer: i32 = 0;
  private timedAtMs: i64 = 0;
  private readonly properties: Properties = new Properties(PROPERTIES_BYTES);
  private readonly pending: StaticArray<Pending> = [new Pending(), new Pending(), new Pending(), new Pending()];

  /** Subscribes the topic for answers: this board's own. Ok, or what Client.subscribe answers. */
  open(client: Client, responseTopic: string): Status {
    random(CORRELATION, 4);
    this.topic = responseTopic;
    return client.subscribe(responseTopic, onAnswer);
  }

  /**
   * Sends a request. `handler` is called once: with its answer, or with null when none came in time. The request's number (1 and
   * up); NoSpace (MAX_REQUESTS, or as many timers, wait), Closed (not opened), or what Client.publish refuses with.
   */
  send(
    topic: string,
    payload: string,
    handler: (answer: Message | null, request: i32) => void,
    timeoutMs: i32 = ANSWER_MS,
    flags: i32 = FLAG_QOS_1,
  ): i32 {
    if (this.topic.length == 0) return Status.Closed;
    const row = this.free();
    if (!row || !this.time(timeoutMs)) return Status.NoSpace;
    const request = this.last == i32.MAX_VALUE ? 1 : this.last + 1;
    store<i32>(CORRELATION, request, 4);
    this.properties.clear().responseTopic(this.topic).correlation(CORRELATION, CORRELATION_BYTES);
    const answer = publishWith(this.properties, topic, payload, flags, (timeoutMs + 999) / 1000);
    if (answer < 0) return answer;
    this.last = request;
    row.request = request;
    row.dueAtMs = monotonic() + timeoutMs;
    row.handler = handler;
    return request;
  }

  /** Answers the message that is being handled. STORED or QUEUED; NotFound: it asked for no answer; or what Client.publish refuses with. */
  answer(payload: string, flags: i32 = FLAG_QOS_1): i32 {
    const properties = this.properties.clear();
    if (received.find(Property.CorrelationData)) properties.correlation(received.start, received.length);
    if (!received.find(Property.ResponseTopic)) return Status.NotFound;
    if (received.length > OUT_BYTES) return Status.TooLarge;
    memory.copy(OUT, received.start, received.length);
    return publishWithTo(properties, received.length, payload, flags, 0);
  }

  /** An answer came. */
  take(answer: Message): void {
    if (!received.find(Property.CorrelationData) || received.length != CORRELATION_BYTES) return;
    if (load<u32>(received.start) != load<u32>(CORRELATION)) return;
    const request = load<i32>(received.start, 4);
    for (let i = 0; i < MAX_REQUESTS; i++) {
      if (request > 0 && unchecked(this.pending[i]).request == request) return finish(unchecked(this.pending[i]), answer);
    }
    this.late++;
  }

  /** Ends those whose time is over, and comes again when the next one's is. */
  sweep(): void {
    const now = monotonic();
    let next: i64 = i64.MAX_VALUE;
    this.timer = 0;
    for (let i = 0; i < MAX_REQUESTS; i++) {
      const row = unchecked(this.pending[i]);
      if (row.request != 0 && row.dueAtMs <= now) finish(row, null);
    }
    for (let i = 0; i < MAX_REQUESTS; i++) {
      const row = unchecked(this.pending[i]);
      if (row.request != 0) next = min(next, row.dueAtMs);
    }
    if (next != i64.MAX_VALUE) this.time(<i32>max<i64>(next - now, 0));
  }

  private free(): Pending | null {
    for (let i = 0; i < MAX_REQUESTS; i++) if (unchecked(this.pending[i]).request == 0) return unchecked(this.pending[i]);
    return null;
  }

  /** Sees to it that `sweep` comes in that time at the latest. False: all timers are in use. */
  private time(delayMs: i32): bool {
    const dueAtMs = monotonic() + delayMs;
    if (this.timer != 0 && this.timedAtMs <= dueAtMs) return true;
    if (this.timer != 0) cancel(this.timer);
    this.timer = max(after(delayMs, onTime), 0);
    this.timedAtMs = dueAtMs;
    return this.timer != 0;
  }
}

// @ts-ignore: decorator
@lazy
export const requests = new Requests();

function onAnswer(answer: Message): void {
  requests.take(answer);
}

function onTime(): void {
  requests.sweep();
}

/** The row is free before the handler runs: it may send the next request. */
function finish(row: Pending, answer: Message | null): void {
  const handler = row.handler;
  const request = row.request;
  row.request = 0;
  if (handler) handler(answer, request);
}
