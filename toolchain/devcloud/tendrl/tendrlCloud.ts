/** The Tendrl side of the dev cloud: the claims endpoint, and a broker that takes one entity, on its topics, with messages that fit. */
import type { Refusal } from "../aedesBroker.js";
import { AedesBroker } from "../aedesBroker.js";
import type { AcknowledgementPolicy } from "../acknowledgementGate.js";
import type { Broker, Publication, RestartOptions } from "../broker.js";
import { makeCertificates } from "../certificates.js";
import { ClaimsServer } from "./claimsServer.js";
import { messageProblem } from "./messages.js";

/** Who a key is. */
export interface Entity {
  readonly apiKey: string;
  readonly jti: string;
  readonly sub: string;
}

export const DEV_ENTITY: Entity = { apiKey: "dev-cloud-key", jti: "entity:sim-board", sub: "1001:us-east:sim-board" };

export class TendrlCloud implements Broker {
  readonly name = "tendrl";
  /** What was refused or does not fit, one sentence each; empty after a good run. */
  readonly violations: string[] = [];
  #entity: Entity;
  /** All that were there since the start: a session has the topics of the entity that it began with. */
  readonly #entities = new Map<string, Entity>();

  private constructor(
    private readonly broker: AedesBroker,
    readonly claims: ClaimsServer,
    entity: Entity,
  ) {
    this.#entity = entity;
    this.#entities.set(entity.sub, entity);
    broker.onPublication((publication) => this.#check(publication));
  }

  /** Starts both sides with one authority; they listen when this resolves. */
  static async start(entity: Entity = DEV_ENTITY): Promise<TendrlCloud> {
    const certificates = await makeCertificates();
    const claims = await ClaimsServer.start(certificates, (key) => cloud.#claimsOf(key));
    const guard = {
      credentials: () => ({ user: cloud.#entity.jti, password: cloud.#entity.apiKey, clientId: cloud.#entity.sub }),
      mayPublish: (topic: string, clientId: string) => cloud.#may(topic, cloud.#topicOf(clientId, "publish"), "published to"),
      maySubscribe: (filter: string, clientId: string) => cloud.#may(filter, cloud.#topicOf(clientId, "messages"), "subscribed to"),
    };
    const broker = await AedesBroker.start({ tls: certificates, guard });
    const cloud: TendrlCloud = new TendrlCloud(broker, claims, entity);
    return cloud;
  }

  get entity(): Entity {
    return this.#entity;
  }

  /** Another identity behind the same key or another key, for sessions that begin from now on: as when its owner moves or replaces it. */
  change(entity: Partial<Entity>): void {
    this.#entity = { ...this.#entity, ...entity };
    this.#entities.set(this.#entity.sub, this.#entity);
  }

  get publishTopic(): string {
    return this.#topicOf(this.#entity.sub, "publish");
  }

  get messagesTopic(): string {
    return this.#topicOf(this.#entity.sub, "messages");
  }

  /** Sends a message to the device. */
  send(message: object): Promise<void> {
    return this.broker.publish(this.messagesTopic, JSON.stringify(message));
  }

  /** Configuration sections by which a board finds this cloud. */
  get config(): { tendrl: { apiKey: string; appUrl: string }; mqtt: { host: string; port: number; tls: true }; tls: { ca: string } } {
    const { host, port } = this;
    return { tendrl: { apiKey: this.#entity.apiKey, appUrl: this.claims.url }, mqtt: { host, port, tls: true }, tls: { ca: this.caPem } };
  }

  // the broker's own switches

  refuse(code: Refusal | null): void {
    this.broker.refuse(code);
  }

  acknowledgements(policy: AcknowledgementPolicy): void {
    this.broker.acknowledgements(policy);
  }

  get connects(): number {
    return this.broker.connects;
  }

  /** Sockets that are open at the broker. */
  get connections(): number {
    return this.broker.connections;
  }

  /** CONNECT packets refused since the start. */
  get refusals(): number {
    return this.broker.refusals;
  }

  // Broker

  get host(): string {
    return this.broker.host;
  }

  get port(): number {
    return this.broker.port;
  }

  get caPem(): string {
    return this.broker.caPem;
  }

  get user(): string {
    return this.#entity.jti;
  }

  get password(): string {
    return this.#entity.apiKey;
  }

  get isRunning(): boolean {
    return this.broker.isRunning;
  }

  stop(): Promise<void> {
    return this.broker.stop();
  }

  restart(options?: RestartOptions): Promise<void> {
    return this.broker.restart(options);
  }

  dropConnections(): void {
    this.broker.dropConnections();
  }

  publications(): readonly Publication[] {
    return this.broker.publications();
  }

  onPublication(listener: (publication: Publication) => void): () => void {
    return this.broker.onPublication(listener);
  }

  settle(): Promise<void> {
    return this.broker.settle();
  }

  publish(topic: string, payload: string | Buffer): Promise<void> {
    return this.broker.publish(topic, payload);
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.claims.close();
  }

  #topicOf(clientId: string, name: string): string {
    const { sub, jti } = this.#entities.get(clientId) ?? this.#entity;
    const [account, region] = sub.split(":");
    return `${account}/${region}/${jti}/${name}`;
  }

  #claimsOf(key: string): object | null {
    const { apiKey, jti, sub } = this.#entity;
    return key === apiKey ? { iss: "wasmote dev cloud", jti, sub, aud: ["device"], limits: { bytes: 4096 } } : null;
  }

  #may(topic: string, allowed: string, what: string): boolean {
    if (topic === allowed) return true;
    this.violations.push(`${what} ${topic}, expected ${allowed}`);
    return false;
  }

  #check({ payload, qos, isRetained }: Publication): void {
    const problem = messageProblem(payload);
    if (problem !== "") this.violations.push(`${problem}: ${payload.toString("utf8").slice(0, 200)}`);
    if (qos !== 1 || isRetained)
      this.violations.push(`sent with QoS ${qos}${isRetained ? ", retained" : ""}, expected QoS 1, not retained`);
  }
}
