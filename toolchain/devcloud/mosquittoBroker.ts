import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import mqtt, { type MqttClient } from "mqtt";

import { findProgram } from "../setup/system.mjs";
import { type Broker, type Publication, PublicationLog, type RestartOptions } from "./broker.js";
import { type Certificates, makeCertificates } from "./certificates.js";
import { FrontDoor, freePort } from "./frontDoor.js";
import { MosquittoProcess } from "./mosquittoProcess.js";

const START_DEADLINE_MS = 10_000;
const MARKER_TOPIC = "wasmote-observer/marker";

/**
 * Debian's mosquitto over TLS, the second opinion. Its evidence is a subscriber's, so the device may come in only while
 * the subscriber listens: devices connect to a front door that passes bytes on and is opened after the subscription.
 *
 *     device --TLS--> front door (port) --the same bytes--> mosquitto <--TLS-- observer, "#", QoS 1
 */
export class MosquittoBroker implements Broker {
  readonly name = "mosquitto";
  readonly host = "localhost";
  readonly user = "device";
  readonly password = "dev-cloud";
  readonly caPem: string;
  readonly #folder: string;
  readonly #log = new PublicationLog();
  readonly #door: FrontDoor;
  readonly #innerPort: number;
  #process: MosquittoProcess | null = null;
  #observer: MqttClient | null = null;
  #markers = 0;
  /** A process that ends in a hurry leaves no broker behind. */
  readonly #killProcess = (): void => void this.#process?.kill();

  private constructor(certificates: Certificates, folder: string, door: FrontDoor, innerPort: number) {
    this.caPem = certificates.caPem;
    this.#folder = folder;
    this.#door = door;
    this.#innerPort = innerPort;
    this.#writeFiles(certificates);
  }

  /** Starts mosquitto; it takes connections when this resolves. */
  static async start(options: { readonly tls?: Certificates } = {}): Promise<MosquittoBroker> {
    const certificates = options.tls ?? (await makeCertificates());
    const innerPort = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "wasmote-mosquitto-"));
    const broker = new MosquittoBroker(certificates, folder, new FrontDoor(innerPort), innerPort);
    try {
      await broker.#run();
    } catch (error) {
      await broker.close();
      throw error;
    }
    return broker;
  }

  get port(): number {
    return this.#door.port;
  }

  /** mosquitto's own port, for measurements that must not go through the front door. */
  get directPort(): number {
    return this.#innerPort;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** What mosquitto has logged so far. */
  logText(): string {
    return readFileSync(join(this.#folder, "mosquitto.log"), "utf8");
  }

  async stop(): Promise<void> {
    if (this.#process === null) return;
    await this.#door.close();
    await this.settle();
    await this.#end();
  }

  async restart({ keepsSessions = false }: RestartOptions = {}): Promise<void> {
    await this.stop();
    if (!keepsSessions) rmSync(join(this.#folder, "mosquitto.db"), { force: true });
    await this.#run();
  }

  dropConnections(): void {
    this.#door.dropConnections();
  }

  publications(): readonly Publication[] {
    return this.#log.all();
  }

  onPublication(listener: (publication: Publication) => void): () => void {
    return this.#log.listen(listener);
  }

  /** mosquitto keeps one subscriber's messages in order: once a marker is back, so is all before it. */
  async settle(): Promise<void> {
    const observer = this.#observer;
    if (observer === null) return;
    const marker = `${++this.#markers}`;
    const isBack = new Promise<void>((resolve) => {
      const listen = (topic: string, payload: Buffer): void => {
        if (topic !== MARKER_TOPIC || payload.toString() !== marker) return;
        observer.off("message", listen);
        resolve();
      };
      observer.on("message", listen);
    });
    await observer.publishAsync(MARKER_TOPIC, marker, { qos: 1 });
    await isBack;
  }

  async publish(topic: string, payload: string | Buffer): Promise<void> {
    if (this.#observer === null) throw new Error("mosquitto: publish while the broker is stopped");
    await this.#observer.publishAsync(topic, payload, { qos: 1 });
  }

  async close(): Promise<void> {
    await this.#door.close();
    await this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(): Promise<void> {
    this.#process = await MosquittoProcess.start(this.#folder, this.#settings());
    process.once("exit", this.#killProcess);
    this.#observer = await this.#observe();
    await this.#door.open();
  }

  async #observe(): Promise<MqttClient> {
    const observer = mqtt.connect({
      protocol: "mqtts",
      host: this.host,
      port: this.#innerPort,
      ca: this.caPem,
      username: this.user,
      password: this.password,
      clientId: "wasmote-observer",
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    observer.on("error", () => {});
    await connected(observer);
    observer.on("message", (topic, payload, packet) => {
      if (topic === MARKER_TOPIC) return;
      this.#log.add({
        topic,
        payload,
        qos: packet.qos,
        isRetained: packet.retain,
        isRedelivery: null,
        clientId: null,
        receivedAtMs: Date.now(),
      });
    });
    // MQTT 5 for "no local": what publish() sends to the devices is no evidence; the markers are to come back.
    await observer.subscribeAsync("#", { qos: 1, nl: true, rap: true });
    await observer.subscribeAsync(MARKER_TOPIC, { qos: 1 });
    return observer;
  }

  async #end(): Promise<void> {
    const mosquitto = this.#process;
    this.#process = null;
    process.off("exit", this.#killProcess);
    await this.#observer?.endAsync(true);
    this.#observer = null;
    await mosquitto?.end();
  }

  #writeFiles(certificates: Certificates): void {
    const file = (name: string): string => join(this.#folder, name);
    writeFileSync(file("ca.pem"), certificates.caPem);
    writeFileSync(file("server.pem"), certificates.certificatePem);
    writeFileSync(file("server.key"), certificates.keyPem, { mode: 0o600 });
    writeFileSync(file("mosquitto.log"), "");
    hashPasswords(file("passwords"), `${this.user}:${this.password}\n`);
  }

  #settings(): string[] {
    const file = (name: string): string => join(this.#folder, name);
    // Started as root, mosquitto becomes another user, who cannot read this folder, unless told to stay.
    const stays = process.getuid?.() === 0 ? ["user root"] : [];
    return [
      ...stays,
      `listener ${this.#innerPort} 127.0.0.1`,
      `cafile ${file("ca.pem")}`,
      `certfile ${file("server.pem")}`,
      `keyfile ${file("server.key")}`,
      "allow_anonymous false",
      `password_file ${file("passwords")}`,
      "persistence true",
      `persistence_location ${this.#folder}/`,
      "max_inflight_messages 0",
      "max_queued_messages 0",
      "set_tcp_nodelay true",
      `log_dest file ${file("mosquitto.log")}`,
    ];
  }
}

function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.end(true);
      reject(new Error(`mosquitto: takes no connection within ${START_DEADLINE_MS} ms`));
    }, START_DEADLINE_MS);
    client.once("connect", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** mosquitto takes hashed passwords only; its own tool hashes a file in place. */
function hashPasswords(file: string, plain: string): void {
  writeFileSync(file, plain, { mode: 0o600 });
  const tool = findProgram("mosquitto_passwd");
  if (tool === null) throw new Error("mosquitto_passwd: not found, expected Debian's package mosquitto");
  const result = spawnSync(tool, ["-U", file], { encoding: "utf8" });
  if (result.status !== 0) throw new Error(`mosquitto_passwd ended with ${result.status}: ${result.stderr}`);
}
