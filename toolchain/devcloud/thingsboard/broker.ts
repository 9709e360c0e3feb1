/** The ThingsBoard side of the dev cloud on this machine's loopback: the cloud behind TLS sockets, with a broker's switches. */
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";

import mqttPacket from "mqtt-packet";

import type { Broker, Publication } from "../broker.js";
import { type Certificates, makeCertificates } from "../certificates.js";
import { type CloudOptions, ThingsboardCloud } from "./cloud.js";
import type { Device } from "./devices.js";
import { ThingsboardSession } from "./session.js";

export interface ThingsboardOptions extends CloudOptions {
  /** "off": plain TCP. Otherwise TLS, with fresh certificates unless some are given. */
  readonly tls?: Certificates | "off";
  /** 0 chooses a free one. */
  readonly port?: number;
}

/** The access token of the device that is there from the start. */
const TOKEN = "dev-cloud-token";

export class ThingsboardBroker implements Broker {
  readonly name = "thingsboard";
  readonly host = "localhost";
  readonly caPem: string;
  readonly user = TOKEN;
  /** An access token has none. */
  readonly password = "";
  readonly cloud: ThingsboardCloud;
  /** The device behind `user`. */
  readonly device: Device;
  readonly #certificates: Certificates | null;
  readonly #sockets = new Set<Socket>();
  #port: number;
  #server: Server | null = null;

  private constructor(options: ThingsboardOptions, certificates: Certificates | null) {
    this.cloud = new ThingsboardCloud(options);
    this.device = this.cloud.devices.add("sim-board", { credentialsType: "ACCESS_TOKEN", token: TOKEN });
    this.#certificates = certificates;
    this.#port = options.port ?? 0;
    this.caPem = certificates?.caPem ?? "";
  }

  /** Starts it; it listens when this resolves. */
  static async start(options: ThingsboardOptions = {}): Promise<ThingsboardBroker> {
    const certificates = options.tls === "off" ? null : (options.tls ?? (await makeCertificates()));
    const broker = new ThingsboardBroker(options, certificates);
    await broker.#listen();
    return broker;
  }

  get port(): number {
    return this.#port;
  }

  get isRunning(): boolean {
    return this.#server !== null;
  }

  get connects(): number {
    return this.cloud.connects;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const isClosed = once(server, "close");
    server.close();
    this.cloud.stopped();
    this.dropConnections();
    await isClosed;
  }

  /** What the devices sent and are is kept, sessions never are. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#listen();
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  publications(): readonly Publication[] {
    return this.cloud.log.all();
  }

  onPublication(listener: (publication: Publication) => void): () => void {
    return this.cloud.log.listen(listener);
  }

  /** The log is written before the PUBACK: nothing is under way. */
  async settle(): Promise<void> {}

  /** Publishes to the device, whatever the topic. */
  async publish(topic: string, payload: string | Buffer): Promise<void> {
    const session = this.cloud.sessionOf(this.device);
    if (session === undefined) throw new Error("thingsboard: publish while the device is away");
    session.push(topic, payload);
  }

  async close(): Promise<void> {
    await this.stop();
  }

  async #listen(): Promise<void> {
    const certificates = this.#certificates;
    // The certificate of a device is matched with those known, whoever signed it.
    const server =
      certificates === null
        ? createTcpServer((socket) => this.#accept(socket, null))
        : createTlsServer(
            { cert: certificates.certificatePem, key: certificates.keyPem, requestCert: true, rejectUnauthorized: false },
            (socket) => this.#accept(socket, certificateOf(socket)),
          );
    server.on("connection", (socket: Socket) => this.#track(socket));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Raw sockets too, so that a handshake under way is cut as well. */
  #track(socket: Socket): void {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket, certificate: string | null): void {
    const session = new ThingsboardSession(this.cloud, {
      certificate,
      send: (packet) => void (socket.writable && socket.write(mqttPacket.generate(packet))),
      close: () => void socket.end(),
    });
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on("packet", (packet) => session.take(packet));
    parser.on("error", (error) => session.close(error.message));
    socket.on("data", (bytes: Buffer) => void parser.parse(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => session.ended());
  }
}

/** PEM without header and footer, on one line, as a provisioning request names it. */
function certificateOf(socket: TLSSocket): string | null {
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? null : raw.toString("base64");
}
