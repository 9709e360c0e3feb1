/** What a script or a test needs of a broker, whichever one it is. */

/** One PUBLISH as the broker took it: the evidence of a delivery. */
export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly isRetained: boolean;
  /** DUP of the packet that carried it. Unknown (null) where the evidence is a subscriber's. */
  readonly isRedelivery: boolean | null;
  /** Who published. Unknown (null) where the evidence is a subscriber's. */
  readonly clientId: string | null;
  readonly receivedAtMs: number;
}

export interface Broker {
  readonly name: string;
  /** The name in the certificate. */
  readonly host: string;
  /** Stays the same over stop and restart. */
  readonly port: number;
  readonly caPem: string;
  readonly user: string;
  readonly password: string;
  readonly isRunning: boolean;

  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
  /** Starts again on the same port after stop. keepsSessions: with the sessions and retained messages it had. */
  restart(options?: RestartOptions): Promise<void>;
  /** Cuts every connection and goes on listening. */
  dropConnections(): void;

  /** Everything published since the start, over restarts, in the order of arrival. */
  publications(): readonly Publication[];
  /** Calls back for each publication from now on. Returns what ends that. */
  onPublication(listener: (publication: Publication) => void): () => void;
  /** Resolves once all that was acknowledged before is among publications(). */
  settle(): Promise<void>;
  /** Publishes to the connected clients, QoS 1. */
  publish(topic: string, payload: string | Buffer): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

export interface RestartOptions {
  readonly keepsSessions?: boolean;
}

/** The record of what was published, and whom to tell. */
export class PublicationLog {
  readonly #all: Publication[] = [];
  readonly #listeners = new Set<(publication: Publication) => void>();

  add(publication: Publication): void {
    this.#all.push(publication);
    for (const listener of this.#listeners) listener(publication);
  }

  all(): readonly Publication[] {
    return this.#all;
  }

  listen(listener: (publication: Publication) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Resolves with the first publication that fits, past ones included; rejects after deadlineMs, saying what was awaited. */
export function waitForPublication(
  broker: Broker,
  what: string,
  fits: (publication: Publication) => boolean,
  deadlineMs = 10_000,
): Promise<Publication> {
  const past = broker.publications().find(fits);
  if (past !== undefined) return Promise.resolve(past);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${broker.name}: no ${what} within ${deadlineMs} ms; ${broker.publications().length} publications so far`));
    }, deadlineMs);
    const end = broker.onPublication((publication) => {
      if (!fits(publication)) return;
      clearTimeout(timer);
      end();
      resolve(publication);
    });
  });
}
