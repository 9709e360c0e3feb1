/** A real broker behind the kernel's socket rows: the kernel's packets go over TCP, and the link can be broken at any byte. */
import { connect, type Socket } from "node:net";
import { ScriptedServer } from "./scriptedServer.js";

const CLOSED = -7;
const REFUSED = -10;

export class TcpServer extends ScriptedServer {
  private socket: Socket | null = null;
  private received: Buffer[] = [];
  private hasEnded = false;

  constructor(private readonly port: number) {
    super();
  }

  /** Breaks the link as a lost radio does: what is under way in either direction is gone. */
  break(): void {
    this.socket?.resetAndDestroy();
    this.hasEnded = true;
  }

  /** What the kernel had handed over still goes. */
  override hungUp(): void {
    this.socket?.end();
    this.hasEnded = true;
  }

  override open(): number {
    this.socket?.destroy();
    const socket = connect(this.port, "127.0.0.1");
    socket.setNoDelay(true);
    this.socket = socket;
    this.received = [];
    this.hasEnded = false;
    this.state = 0;
    this.opened++;
    const isCurrent = (): boolean => this.socket === socket;
    socket.on("connect", () => isCurrent() && (this.state = 1));
    socket.on("data", (bytes: Buffer) => isCurrent() && this.received.push(bytes));
    socket.on("error", () => isCurrent() && this.state === 0 && (this.state = REFUSED));
    socket.on("close", () => isCurrent() && (this.hasEnded = true));
    return 3;
  }

  override take(bytes: Uint8Array): number {
    if (this.hasEnded || this.socket === null) return CLOSED;
    this.socket.write(Buffer.from(bytes));
    return bytes.length;
  }

  override give(dst: Uint8Array): number {
    const first = this.received[0];
    if (first === undefined) return this.hasEnded ? CLOSED : 0;
    const count = Math.min(first.length, dst.length);
    dst.set(first.subarray(0, count));
    if (count === first.length) this.received.shift();
    else this.received[0] = first.subarray(count);
    return count;
  }
}
