/** A web server that holds one package, and answers range requests as RFC 9110 has them, or in the ways that servers fail. */
import { ScriptedWeb } from "./scriptedWeb.js";

export class PackageWeb extends ScriptedWeb {
  /** First bytes that were asked for. */
  readonly from: number[] = [];
  /** Answers whole files, whatever the range. */
  knowsRanges = true;
  /** Sends so many bytes of the body and closes; Infinity: all of it. */
  cutAfter = Infinity;
  /** What the next answers say instead. */
  readonly statuses: string[] = [];
  /** Added to what Content-Range says begins there, and to the size it names. */
  shift = 0;
  surplus = 0;
  isChunked = false;
  /** Falls silent after so many bytes of a body, and stays connected. */
  stallAfter = Infinity;

  constructor(readonly file: Buffer) {
    super((request) => this.serve(request));
  }

  private serve(request: string): Buffer {
    const range = /^Range: bytes=(\d+)-(\d*)\r$/m.exec(request);
    const from = Number(range?.[1] ?? NaN);
    const end = range?.[2] ? Number(range[2]) + 1 : this.file.length;
    this.from.push(from);
    const other = this.statuses.shift();
    if (other !== undefined) return Buffer.from(`HTTP/1.1 ${other}\r\nContent-Length: 0\r\n\r\n`);
    const total = this.file.length + this.surplus;
    const body = this.knowsRanges ? this.file.subarray(from, end) : this.file;
    const length = this.isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`;
    const head = this.knowsRanges
      ? `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ${from + this.shift}-${Math.min(end, this.file.length) - 1}/${total}\r\n${length}\r\n\r\n`
      : `HTTP/1.1 200 OK\r\n${length}\r\n\r\n`;
    this.staysOpen = body.length > this.stallAfter;
    const sent = body.subarray(0, Math.min(this.cutAfter, this.stallAfter));
    const payload = this.isChunked
      ? Buffer.concat([Buffer.from(`${sent.length.toString(16)}\r\n`), sent, Buffer.from("\r\n0\r\n\r\n")])
      : sent;
    return Buffer.concat([Buffer.from(head), payload]);
  }
}
