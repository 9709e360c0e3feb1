import { Duplex } from "node:stream";

import mqttPacket from "mqtt-packet";

/** What is done with each PUBACK on its way to the client. */
export type AcknowledgementPolicy =
  | { readonly kind: "pass" }
  /** Kept until the policy changes; then sent in order. */
  | { readonly kind: "hold" }
  /** Sent so much later. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Never sent. */
  | { readonly kind: "drop" };

/**
 * A connection as the broker sees it, with a gate for PUBACKs towards the client. The broker believes that it has
 * acknowledged and reads on, as a broker behind a slow network would.
 *
 *     client <--socket-- [gate: PUBACK held, delayed or dropped] <-- broker
 *     client --socket--> --------------------------------------> broker
 */
export class AcknowledgementGate extends Duplex {
  readonly #socket: Duplex;
  readonly #parser = mqttPacket.parser();
  readonly #timers = new Set<NodeJS.Timeout>();
  #policy: AcknowledgementPolicy;
  #held: Buffer[] = [];

  constructor(socket: Duplex, policy: AcknowledgementPolicy) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#policy = policy;
    this.#parser.on("packet", (packet) => this.#forward(packet));
    socket.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  setPolicy(policy: AcknowledgementPolicy): void {
    this.#policy = policy;
    if (policy.kind === "hold") return;
    const held = this.#held;
    this.#held = [];
    if (policy.kind === "drop") return;
    for (const bytes of held) this.#send(bytes);
  }

  #forward(packet: mqttPacket.Packet): void {
    const bytes = mqttPacket.generate(packet);
    const policy = this.#policy;
    if (packet.cmd !== "puback" || policy.kind === "pass") this.#send(bytes);
    else if (policy.kind === "hold") this.#held.push(bytes);
    else if (policy.kind === "delay") this.#sendLater(bytes, policy.delayMs);
  }

  #sendLater(bytes: Buffer, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#send(bytes);
    }, delayMs);
    this.#timers.add(timer);
  }

  #send(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      this.#parser.parse(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = [];
    this.#socket.destroy();
    done(error);
  }
}
