/** The HTTPS side of the Tendrl cloud: tells an API key who it is. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";

import type { Certificates } from "../certificates.js";

export const CLAIMS_PATH = "/api/claims";

/** How the next requests are answered. */
export type ClaimsAnswer =
  /** By the key: the claims, or 401. */
  | { readonly kind: "honest" }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "body"; readonly body: string }
  /** The request is taken and never answered. */
  | { readonly kind: "silence" };

/** One request as it came. */
export interface ClaimsRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class ClaimsServer {
  readonly requests: ClaimsRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #answer: ClaimsAnswer = { kind: "honest" };
  #port = 0;

  private constructor(
    certificates: Certificates,
    private readonly claimsOf: (apiKey: string) => object | null,
  ) {
    const { certificatePem, keyPem } = certificates;
    this.#server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => this.#handle(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Starts a server on loopback; it listens when this resolves. claimsOf: what a key is told, null for 401. */
  static async start(certificates: Certificates, claimsOf: (apiKey: string) => object | null): Promise<ClaimsServer> {
    const server = new ClaimsServer(certificates, claimsOf);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  /** What stands in front of the path. */
  get url(): string {
    return `https://localhost:${this.#port}`;
  }

  answer(answer: ClaimsAnswer): void {
    this.#answer = answer;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const isClosed = once(this.#server, "close");
    this.#server.close();
    this.dropConnections();
    await isClosed;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    const authorization = headers.authorization ?? "";
    this.requests.push({ method, path: url, authorization, headers });
    const answer = this.#answer;
    if (answer.kind === "silence") return;
    if (answer.kind === "status") return send(response, answer.status, "{}");
    if (answer.kind === "body") return send(response, 200, answer.body);
    if (method !== "GET" || url.split("?")[0] !== CLAIMS_PATH) return send(response, 404, "{}");
    const key = /^Bearer (.+)$/.exec(authorization)?.[1] ?? "";
    const claims = this.claimsOf(key);
    if (claims === null) return send(response, 401, '{"error":"invalid key"}');
    send(response, 200, JSON.stringify(claims));
  }
}

/** Without a Content-Length, and so in chunks: as the servers behind most gateways answer. */
function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.write(body.slice(0, 7));
  response.end(body.slice(7));
}
