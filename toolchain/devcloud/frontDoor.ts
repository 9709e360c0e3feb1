import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Returns a TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A TCP door before a server on loopback: passes bytes both ways while it is open, refuses connections while it is closed, or swallows all. */
export class FrontDoor {
  readonly #innerPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #isHole = false;
  #port = 0;

  constructor(innerPort: number) {
    this.#innerPort = innerPort;
  }

  /** Known from the first open() on; the same ever after. */
  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((outer) => this.#pass(outer));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on and cuts those that stand. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, "close");
    server.close();
    this.dropConnections();
    await closed;
  }

  /** Takes what comes from now on and passes nothing, as a network that lost its way: no connection ends by that. */
  swallow(): void {
    this.#isHole = true;
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  /** Passes bytes again, those of connections that come from now on. */
  pass(): void {
    this.#isHole = false;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(outer: Socket): void {
    const inner = connect(this.#innerPort, "127.0.0.1");
    for (const [socket, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      if (this.#isHole) socket.resume();
      else socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
