/** An HTTP server at the other end of a kernel's socket: answers what a test tells it to. */
const CLOSED = -7;

export class ScriptedWeb {
  /** What net_state answers: 0 opening, 1 open, or a Status. */
  state = 1;
  /** Most bytes given to the kernel in one receive. */
  receiveLimit = Infinity;
  opened = 0;
  /** Requests that came whole, as text. */
  requests: string[] = [];
  /** The answer to a request, or null: none for now. */
  answer: (request: string) => string | Buffer | null;
  private incoming = "";
  private outgoing: Buffer = Buffer.alloc(0);
  private isClosed = true;
  /** Whether the connection outlives the answer. */
  protected staysOpen = false;

  constructor(answer: (request: string) => string | Buffer | null) {
    this.answer = answer;
  }

  /** The kernel has closed its socket. */
  hungUp(): void {}

  open(): number {
    this.opened++;
    this.incoming = "";
    this.outgoing = Buffer.alloc(0);
    this.isClosed = false;
    return 4;
  }

  take(bytes: Uint8Array): number {
    if (this.isClosed) return CLOSED;
    this.incoming += Buffer.from(bytes).toString();
    if (this.incoming.endsWith("\r\n\r\n")) {
      this.requests.push(this.incoming);
      const answer = this.answer(this.incoming);
      if (answer !== null) {
        this.outgoing = typeof answer === "string" ? Buffer.from(answer) : answer;
        this.isClosed = !this.staysOpen;
      }
    }
    return bytes.length;
  }

  give(dst: Uint8Array): number {
    const count = Math.min(dst.length, this.outgoing.length, this.receiveLimit);
    if (count === 0) return this.isClosed ? CLOSED : 0;
    dst.set(this.outgoing.subarray(0, count));
    this.outgoing = this.outgoing.subarray(count);
    return count;
  }
}
