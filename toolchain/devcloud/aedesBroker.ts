import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { Aedes, type AedesOptions, type AuthenticateError } from "aedes";

import { AcknowledgementGate, type AcknowledgementPolicy } from "./acknowledgementGate.js";
import { type Broker, type Publication, PublicationLog, type RestartOptions } from "./broker.js";
import { type Certificates, makeCertificates } from "./certificates.js";

/** CONNACK codes 2 to 5 (MQTT 3.1.1, 3.2.2.3). */
export enum Refusal {
  IdentifierRejected = 2,
  ServerUnavailable = 3,
  BadUserNameOrPassword = 4,
  NotAuthorized = 5,
}

/** What a cloud that is more than a broker insists on. */
export interface BrokerGuard {
  /** Who may come in now. */
  credentials(): { readonly user: string; readonly password: string; readonly clientId: string };
  /** False ends the connection that published there. */
  mayPublish(topic: string, clientId: string): boolean;
  /** False refuses the subscription (SUBACK 0x80). */
  maySubscribe(filter: string, clientId: string): boolean;
}

export interface AedesBrokerOptions {
  readonly guard?: BrokerGuard;
  readonly user?: string;
  readonly password?: string;
  /** 0 chooses a free one. */
  readonly port?: number;
  /** "off": plain TCP. Otherwise TLS, with fresh certificates unless some are given. */
  readonly tls?: Certificates | "off";
}

/** The dev cloud's own broker: aedes in this process, on loopback, with switches for everything a bad day brings. */
export class AedesBroker implements Broker {
  readonly name = "aedes";
  readonly host = "localhost";
  readonly caPem: string;
  readonly user: string;
  readonly password: string;
  readonly #certificates: Certificates | null;
  readonly #guard: BrokerGuard | null;
  readonly #log = new PublicationLog();
  readonly #sockets = new Set<Socket>();
  readonly #gates = new Set<AcknowledgementGate>();
  /** Sessions and retained messages of the last run, as aedes keeps them; undefined: begin anew. */
  #persistence: unknown = undefined;
  #policy: AcknowledgementPolicy = { kind: "pass" };
  #refusal: Refusal | null = null;
  #connects = 0;
  #refusals = 0;
  #port: number;
  #aedes: Aedes | null = null;
  #server: Server | null = null;

  private constructor(options: AedesBrokerOptions, certificates: Certificates | null) {
    this.user = options.user ?? "device";
    this.password = options.password ?? "dev-cloud";
    this.#port = options.port ?? 0;
    this.#certificates = certificates;
    this.#guard = options.guard ?? null;
    this.caPem = certificates?.caPem ?? "";
  }

  /** Starts a broker; it listens when this resolves. */
  static async start(options: AedesBrokerOptions = {}): Promise<AedesBroker> {
    const certificates = options.tls === "off" ? null : (options.tls ?? (await makeCertificates()));
    const broker = new AedesBroker(options, certificates);
    await broker.#listen();
    return broker;
  }

  get port(): number {
    return this.#port;
  }

  get isRunning(): boolean {
    return this.#server !== null;
  }

  /** CONNECT packets accepted since the start, over restarts. */
  get connects(): number {
    return this.#connects;
  }

  /** Sockets that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** CONNECT packets refused since the start. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Answers every CONNECT with this code; null accepts again. Connections that stand are left alone. */
  refuse(code: Refusal | null): void {
    this.#refusal = code;
  }

  /** What happens to PUBACKs from now on, on every connection. */
  acknowledgements(policy: AcknowledgementPolicy): void {
    this.#policy = policy;
    for (const gate of this.#gates) gate.setPolicy(policy);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const aedes = this.#aedes;
    if (server === null || aedes === null) return;
    this.#server = null;
    this.#aedes = null;
    const isClosed = once(server, "close");
    server.close();
    this.dropConnections();
    await new Promise<void>((resolve) => aedes.close(resolve));
    await isClosed;
  }

  async restart({ keepsSessions = false }: RestartOptions = {}): Promise<void> {
    await this.stop();
    if (!keepsSessions) this.#persistence = undefined;
    await this.#listen();
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  publications(): readonly Publication[] {
    return this.#log.all();
  }

  onPublication(listener: (publication: Publication) => void): () => void {
    return this.#log.listen(listener);
  }

  /** The log is written before the PUBACK: nothing is under way. */
  async settle(): Promise<void> {}

  async publish(topic: string, payload: string | Buffer): Promise<void> {
    const aedes = this.#aedes;
    if (aedes === null) throw new Error("aedes: publish while the broker is stopped");
    const packet = { cmd: "publish", topic, payload, qos: 1, retain: false, dup: false } as const;
    await new Promise<void>((resolve, reject) => aedes.publish(packet, (error) => (error ? reject(error) : resolve())));
  }

  async close(): Promise<void> {
    await this.stop();
  }

  async #listen(): Promise<void> {
    const aedes = await Aedes.createBroker({ persistence: this.#persistence, ...this.#policies() });
    this.#persistence = (aedes as Aedes & { persistence: unknown }).persistence;
    const accept = (socket: Socket): void => this.#accept(socket, aedes);
    const certificates = this.#certificates;
    const server =
      certificates === null
        ? createTcpServer(accept)
        : createTlsServer({ cert: certificates.certificatePem, key: certificates.keyPem }, accept);
    server.on("connection", (socket: Socket) => this.#track(socket));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#aedes = aedes;
  }

  /** Raw sockets too, so that a handshake under way is cut as well. */
  #track(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket, aedes: Aedes): void {
    const gate = new AcknowledgementGate(socket, this.#policy);
    this.#gates.add(gate);
    gate.on("close", () => this.#gates.delete(gate));
    aedes.handle(gate);
  }

  /** Why somebody may not come in, or null. */
  #objection(clientId: string, user: string | undefined, password: string | undefined): Refusal | null {
    const wanted = this.#guard?.credentials() ?? { user: this.user, password: this.password, clientId };
    if (clientId !== wanted.clientId) return Refusal.IdentifierRejected;
    return user === wanted.user && password === wanted.password ? null : Refusal.BadUserNameOrPassword;
  }

  #policies(): AedesOptions {
    return {
      authenticate: (client, user, password, done) => {
        const code = this.#refusal ?? this.#objection(client.id, user, password?.toString());
        if (code === null) {
          this.#connects++;
          done(null, true);
        } else {
          this.#refusals++;
          done(refusal(code), null);
        }
      },
      authorizeSubscribe: (client, subscription, done) => {
        const isGranted = this.#guard?.maySubscribe(subscription.topic, client?.id ?? "") ?? true;
        done(null, isGranted ? subscription : null);
      },
      // Called for each PUBLISH before its PUBACK is written: what a client saw acknowledged is in the log.
      authorizePublish: (client, packet, done) => {
        if (client !== null && !packet.topic.startsWith("$")) {
          const isRefused = this.#guard?.mayPublish(packet.topic, client.id) === false;
          if (isRefused) return done(new Error(`may not publish to ${packet.topic}`));
          this.#log.add({
            topic: packet.topic,
            payload: Buffer.from(packet.payload),
            qos: packet.qos,
            isRetained: packet.retain,
            isRedelivery: packet.dup,
            clientId: client.id,
            receivedAtMs: Date.now(),
          });
        }
        done(null);
      },
    };
  }
}

function refusal(code: Refusal): AuthenticateError {
  return Object.assign(new Error(`refused: ${Refusal[code]}`), { returnCode: code as number });
}
