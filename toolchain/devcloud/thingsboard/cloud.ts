/**
 * A ThingsBoard-compatible server without its sockets: devices, attributes, calls, limits. What a server may do or leave, by its
 * version, is done here in the way that is harder for a device:
 *
 * - null in telemetry or attributes, and any payload that is not what its topic wants, ends the connection;
 * - QoS 2 and RETAIN end the connection; other topics than those of the API are acknowledged and forgotten;
 * - a provisioning session answers no SUBSCRIBE; Session Present is the opposite of Clean Session and nothing is kept;
 * - a limit that is passed ends the connection without a word.
 */
import { PublicationLog } from "../broker.js";
import { Devices, type Device } from "./devices.js";
import type { ThingsboardSession } from "./session.js";
import { Packages } from "./packages.js";
import { InvalidPayload, type Value } from "./telemetry.js";
import * as topics from "./topics.js";

export interface Limits {
  readonly messages: string;
  readonly telemetryMessages: string;
  readonly telemetryDataPoints: string;
}

export interface CloudOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Calls back once, so much later. */
  readonly later?: (ms: number, callback: () => void) => void;
  /** Rate limits of each session; left out: none. */
  readonly limits?: Partial<Limits>;
}

const ONE_AT_A_TIME_MS = 10_000;

/** A method that devices may call: what it answers, or undefined for no answer at all. */
export type ServerMethod = (params: unknown) => unknown;

export class ThingsboardCloud {
  readonly devices = new Devices();
  readonly log = new PublicationLog();
  readonly packages = new Packages(this);
  readonly methods = new Map<string, ServerMethod>();
  /** Why sessions were ended by the server, oldest first. */
  readonly notices: string[] = [];
  /** Codes of the CONNACKs that refused. */
  readonly refusals: number[] = [];
  /** Refuses every CONNECT with this code; null: as the credentials say. */
  refusal: 3 | 5 | null = null;
  maxPayload = 65_536;
  maxInFlight = 100;
  limits: Limits;
  /** Older servers do not know getSessionLimits. */
  knowsLimits = true;
  readonly now: () => number;
  readonly later: (ms: number, callback: () => void) => void;
  readonly #sessions = new Set<ThingsboardSession>();
  readonly #calls = new Map<number, (reply: unknown) => void>();
  #held: (() => void)[] | null = null;
  #callId = 0;
  /** Sessions begun since the start. */
  connects = 0;
  /** Requests for provisioning. */
  provisionings = 0;

  constructor({ now = Date.now, later = laterByTimer, limits = {} }: CloudOptions = {}) {
    this.now = now;
    this.later = later;
    this.limits = { messages: "", telemetryMessages: "", telemetryDataPoints: "", ...limits };
    this.methods.set("getTime", () => ({ time: this.now() }));
  }

  // sessions

  /** The session of a device, if it is connected. */
  sessionOf(device: Device): ThingsboardSession | undefined {
    return [...this.#sessions].find((session) => session.device === device);
  }

  /** A client identifier that another session has ends that one. */
  arrived(session: ThingsboardSession): void {
    this.connects++;
    for (const other of this.#sessions) if (session.clientId !== "" && other.clientId === session.clientId) other.close("taken over");
    this.#sessions.add(session);
  }

  left(session: ThingsboardSession): void {
    this.#sessions.delete(session);
  }

  /** The server stops: its sessions are over, whenever their sockets tell. */
  stopped(): void {
    for (const session of this.#sessions) session.ended();
  }

  // attributes

  /** Changes shared attributes; a device that is connected and subscribed is told. */
  setShared(device: Device, values: Readonly<Record<string, Value>>): void {
    for (const [key, value] of Object.entries(values)) device.shared.set(key, value);
    this.#tell(device, values);
  }

  deleteShared(device: Device, keys: readonly string[]): void {
    for (const key of keys) device.shared.delete(key);
    this.#tell(device, { deleted: keys });
  }

  #tell(device: Device, update: object): void {
    const session = this.sessionOf(device);
    if (session?.filters.includes(topics.ATTRIBUTES)) session.push(topics.ATTRIBUTES, update);
  }

  askedForAttributes(session: ThingsboardSession, id: number, request: Record<string, unknown>): void {
    const { client, shared } = session.device!;
    const { clientKeys, sharedKeys } = request;
    const isAll = clientKeys === undefined && sharedKeys === undefined;
    const answer = {
      ...scope("client", client, clientKeys, isAll),
      ...scope("shared", shared, sharedKeys, isAll),
    };
    this.answer(() => session.push(`${topics.ATTRIBUTES_RESPONSE}${id}`, answer));
  }

  // calls

  /** Calls a method of a device. Resolves with the reply; rejects when it is not connected, or after timeoutMs. */
  async call(device: Device, method: string, params?: unknown, timeoutMs = ONE_AT_A_TIME_MS): Promise<unknown> {
    return this.callRaw(device, JSON.stringify({ method, ...(params !== undefined && { params }) }), timeoutMs);
  }

  /** The same with any text as request; times: how often it is delivered. */
  async callRaw(device: Device, request: string, timeoutMs = ONE_AT_A_TIME_MS, times = 1): Promise<unknown> {
    const session = this.sessionOf(device);
    if (session === undefined) throw new Error(`${device.name}: not connected`);
    const id = ++this.#callId;
    const reply = new Promise((resolve, reject) => {
      this.#calls.set(id, resolve);
      this.later(timeoutMs, () => reject(new Error(`${device.name}: no reply to call ${id} within ${timeoutMs} ms`)));
    });
    reply.catch(() => {}); // Settled by the timer long after nobody asks any more.
    for (let time = 0; time < times; time++) session.push(`${topics.RPC_REQUEST}${id}`, request, time > 0);
    return reply;
  }

  replied(id: number, reply: unknown): void {
    this.#calls.get(id)?.(reply);
    this.#calls.delete(id);
  }

  called(session: ThingsboardSession, id: number, request: Record<string, unknown>): void {
    const { method, params } = request;
    if (params === undefined) throw new InvalidPayload("a call without params");
    const answer = method === "getSessionLimits" ? this.#sessionLimits() : this.methods.get(String(method))?.(params);
    if (answer !== undefined) this.answer(() => session.push(`${topics.RPC_RESPONSE}${id}`, answer as object));
  }

  #sessionLimits(): object | undefined {
    return this.knowsLimits
      ? { maxPayloadSize: this.maxPayload, maxInflightMessages: this.maxInFlight, rateLimits: this.limits }
      : undefined;
  }

  // delays

  /** Keeps answers back from now on. */
  holdAnswers(): void {
    this.#held ??= [];
  }

  /** Gives the answers kept back, in the order given, and the following ones at once. */
  releaseAnswers(order: "asked" | "reversed" = "asked"): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const give of order === "asked" ? held : held.reverse()) give();
  }

  get heldAnswers(): number {
    return this.#held?.length ?? 0;
  }

  /** Gives an answer, unless they are kept back. */
  answer(give: () => void): void {
    if (this.#held === null) give();
    else this.#held.push(give);
  }
}

/** The members of one scope: a scope without result is missing. */
function scope(name: string, values: ReadonlyMap<string, Value>, keys: unknown, isAll: boolean): object {
  const wanted = isAll ? [...values.keys()] : typeof keys === "string" ? keys.split(",") : [];
  const found = wanted.filter((key) => values.has(key)).map((key) => [key, values.get(key)]);
  return found.length === 0 ? {} : { [name]: Object.fromEntries(found) as object };
}

function laterByTimer(ms: number, callback: () => void): void {
  setTimeout(callback, ms).unref();
}
