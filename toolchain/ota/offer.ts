/**
 * The cloud's side of an update over plain MQTT topics (assembly/kernel/update/PROTOCOL.md): offers a package to one board, answers its
 * requests, and tells what it says.
 */
import { EventEmitter, once } from "node:events";

import type { MqttClient } from "mqtt";

import { crc32 } from "../config/crc32.js";
import { HEAD_BYTES, SIGNED_BYTES } from "../package/head.js";

/** What a board says on `<topic>/update/out/state`. */
export interface UpdateState {
  readonly kind: "app" | "firmware";
  readonly state: "DOWNLOADING" | "DOWNLOADED" | "VERIFIED" | "UPDATING" | "UPDATED" | "FAILED";
  /** Of the package that it is about. */
  readonly version?: string;
  /** What runs now. */
  readonly running?: string;
  readonly error?: string;
}

export interface UpdateRequest {
  readonly offset: number;
  readonly length: number;
}

interface Events {
  state: [UpdateState];
  request: [UpdateRequest];
}

/** Where a head has its version (host/update/SPEC.md). */
const VERSION_AT = 64;
const VERSION_BYTES = 24;

/** Bytes of one request, at most: a board that asks for more is not one of ours. */
const LENGTH_MAX = 65536;

export class Offer extends EventEmitter<Events> {
  readonly identity: string;
  readonly version: string;
  readonly #head: Buffer;
  readonly #image: Buffer;
  readonly #onMessage = (topic: string, payload: Buffer): void => this.#take(topic, payload);

  /** topic: the board's own, such as devices/NAME. */
  constructor(
    private readonly client: MqttClient,
    private readonly topic: string,
    bytes: Uint8Array,
    /** Where boards find the package; left out: it is handed out over topics. */
    private readonly url?: string,
  ) {
    super();
    this.#head = Buffer.from(bytes.subarray(0, HEAD_BYTES));
    this.version = this.#head.toString("latin1", VERSION_AT, VERSION_AT + VERSION_BYTES).replace(/\0+$/, "");
    this.#image = Buffer.from(bytes.subarray(HEAD_BYTES));
    this.identity = crc32(this.#head.subarray(0, SIGNED_BYTES)).toString(16).padStart(8, "0");
  }

  get size(): number {
    return this.#image.length;
  }

  get #offerTopic(): string {
    return `${this.topic}/update/in/${this.url === undefined ? "offer" : "url"}`;
  }

  /** Offers the package, retained: a board that is away finds it. */
  async begin(): Promise<void> {
    this.client.on("message", this.#onMessage);
    await this.client.subscribeAsync([`${this.topic}/update/out/request`, `${this.topic}/update/out/state`], { qos: 1 });
    await this.client.publishAsync(this.#offerTopic, this.url ?? this.#head, { qos: 1, retain: true });
  }

  /** Takes the offer back. */
  async end(): Promise<void> {
    this.client.off("message", this.#onMessage);
    await this.client.publishAsync(this.#offerTopic, "", { qos: 1, retain: true });
  }

  /**
   * Waits until the board has confirmed the package or given it up. Resolves with its last state. What it says of another version is
   * old: it repeats what was not acknowledged.
   */
  async ended(signal?: AbortSignal): Promise<UpdateState> {
    for (;;) {
      const [state] = (await once(this, "state", signal ? { signal } : {})) as [UpdateState];
      const isOurs = state.version === undefined || state.version === this.version;
      if (isOurs && (state.state === "UPDATED" || state.state === "FAILED")) return state;
    }
  }

  #take(topic: string, payload: Buffer): void {
    if (topic === `${this.topic}/update/out/state`) this.emit("state", JSON.parse(payload.toString()) as UpdateState);
    else if (topic === `${this.topic}/update/out/request`) this.#answer(JSON.parse(payload.toString()) as UpdateRequest & { id: string });
  }

  #answer({ id, offset, length }: UpdateRequest & { id: string }): void {
    const isOurs = id === this.identity && offset >= 0 && offset < this.#image.length && length > 0 && length <= LENGTH_MAX;
    if (!isOurs) return;
    this.emit("request", { offset, length });
    this.client.publish(`${this.topic}/update/in/chunk/${id}/${offset}`, this.#image.subarray(offset, offset + length), { qos: 0 });
  }
}
