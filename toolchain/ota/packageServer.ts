/** Serves one package over HTTP or HTTPS with range requests, as a board by URL asks for it (assembly/kernel/update/PROTOCOL.md). */
import { EventEmitter, once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

export interface PackageServerOptions {
  /** As boards know this machine. */
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /** PEM; left out: HTTP without TLS. */
  readonly tls?: { readonly certificatePem: string; readonly keyPem: string };
  /** Address to listen on; left out: every one. */
  readonly listenOn?: string;
}

/** First byte of the file that is asked for, and the bytes that are given. */
export interface RangeRequest {
  readonly from: number;
  readonly length: number;
}

interface Events {
  request: [RangeRequest];
}

const NAME = "package.wmpk";

export class PackageServer extends EventEmitter<Events> {
  /** Ends each answer behind so many bytes of its body; Infinity: sends all. */
  cutAfter = Infinity;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly options: PackageServerOptions,
    private readonly bytes: Buffer,
  ) {
    super();
    const answer: RequestListener = (request, response) => this.#answer(request, response);
    const { tls } = options;
    this.#server = tls === undefined ? createHttpServer(answer) : createHttpsServer({ cert: tls.certificatePem, key: tls.keyPem }, answer);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Starts one; it listens when this resolves. */
  static async start(bytes: Uint8Array, options: PackageServerOptions): Promise<PackageServer> {
    const server = new PackageServer(options, Buffer.from(bytes));
    server.#server.listen(options.port, options.listenOn);
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.options.tls === undefined ? "http" : "https"}://${this.options.host}:${port}/${NAME}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url !== `/${NAME}`) return void response.writeHead(404).end();
    const total = this.bytes.length;
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const from = range === null ? 0 : Number(range[1]);
    const end = range?.[2] ? Math.min(Number(range[2]) + 1, total) : total;
    if (from >= end) return void response.writeHead(416, { "Content-Range": `bytes */${total}` }).end();
    this.emit("request", { from, length: end - from });
    const length = { "Content-Length": end - from, "Content-Type": "application/octet-stream" };
    if (range === null) response.writeHead(200, length);
    else response.writeHead(206, { ...length, "Content-Range": `bytes ${from}-${end - 1}/${total}` });
    if (end - from <= this.cutAfter) return void response.end(this.bytes.subarray(from, end));
    response.write(this.bytes.subarray(from, from + this.cutAfter), () => response.destroy());
  }
}
