import { Writer } from "../../lib/bytes";
import { writeU64 } from "../../lib/number";
import { Status } from "../../lib/status";
import { NET_TLS } from "../host/constants";
import { netClose, netOpen, netRecv, netSend, netState } from "../host/imports";
import { HttpResponse, HttpSink } from "./response";
import { Url } from "./url";

/** Buffers of received bytes taken in one step. */
const RECEIVES_PER_STEP: i32 = 4;
/** Nothing sent and nothing received for so long: the peer is gone. */
const STALL_MS: i64 = 20000;
/** Bytes that a receive needs at least. */
const RECEIVE_BYTES_MIN: i32 = 64;

/** One HTTP request and its response over a socket of its own, in as many steps as it takes. Memory is the caller's. */
export class HttpExchange {
  readonly response: HttpResponse = new HttpResponse();
  private socket: i32 = -1;
  private isOpen: bool = false;
  private request: usize = 0;
  private requestBytes: i32 = 0;
  private sent: i32 = 0;
  private received: usize = 0;
  private receiveBytes: i32 = 0;
  private deadlineMs: i64 = 0;
  private progressMs: i64 = 0;

  /**
   * Starts an exchange. request: u8[requestBytes], this object's until `close`; received: u8[receiveBytes], what comes in within one step.
   * limitMs: for all of it. Ok; NoSpace: no room for what comes in, or no free socket; Invalid: the host's name.
   */
  begin(url: Url, request: usize, requestBytes: i32, received: usize, receiveBytes: i32, sink: HttpSink, nowMs: i64, limitMs: i32): i32 {
    this.close();
    if (receiveBytes < RECEIVE_BYTES_MIN) return Status.NoSpace;
    const socket = netOpen(url.host, url.hostLen, url.port, url.isTls ? NET_TLS : 0);
    if (socket < 0) return socket;
    this.socket = socket;
    this.isOpen = false;
    this.request = request;
    this.requestBytes = requestBytes;
    this.sent = 0;
    this.received = received;
    this.receiveBytes = receiveBytes;
    this.progressMs = nowMs;
    this.deadlineMs = nowMs + limitMs;
    this.response.sink = sink;
    this.response.reset();
    return Status.Ok;
  }

  get isUnderWay(): bool {
    return this.socket >= 0;
  }

  /**
   * Goes on. 1: the response is whole; 0: not yet; what ended it: Timeout (all of it, or a peer that fell silent), what net_state, net_send
   * and net_recv answer, Closed in the middle of a response, and the answers of HttpResponse.feed. The caller closes.
   */
  step(nowMs: i64): i32 {
    if (nowMs >= this.deadlineMs) return Status.Timeout;
    if (!this.isOpen) {
      const state = netState(this.socket);
      if (state <= 0) return state;
      this.isOpen = true;
      this.progressMs = nowMs;
    }
    const status = this.send(nowMs);
    if (status < 0) return status;
    for (let i = 0; i < RECEIVES_PER_STEP; i++) {
      const buffer = this.received;
      const count = netRecv(this.socket, buffer, this.receiveBytes);
      if (count == 0) break;
      if (count < 0) return count == Status.Closed && this.response.finish() == Status.Ok ? 1 : count;
      this.progressMs = nowMs;
      const taken = this.response.feed(buffer, count);
      if (taken < 0) return taken;
      if (this.response.isDone) return 1;
    }
    return nowMs - this.progressMs >= STALL_MS ? Status.Timeout : 0;
  }

  close(): void {
    if (this.socket >= 0) netClose(this.socket);
    this.socket = -1;
  }

  private send(nowMs: i64): i32 {
    while (this.sent < this.requestBytes) {
      const taken = netSend(this.socket, this.request + this.sent, this.requestBytes - this.sent);
      if (taken < 0) return taken;
      if (taken == 0) break;
      this.sent += taken;
      this.progressMs = nowMs;
    }
    return Status.Ok;
  }
}

/** Appends the method and target of a GET: the URL's path and `path` behind it. A query may follow, then beginFields. */
export function beginGet(out: Writer, url: Url, path: string): void {
  out.text("GET ");
  out.bytes(url.path, url.pathLen);
  out.text(path);
}

/** Ends the request line and appends the fields that every request has; more may follow, then endRequest. The connection is for one exchange. */
export function beginFields(out: Writer, url: Url): void {
  out.text(" HTTP/1.1\r\nHost: ");
  out.bytes(url.host, url.hostLen);
  if (url.port != (url.isTls ? 443 : 80)) {
    out.u8(0x3a);
    writeU64(out, url.port);
  }
  out.text("\r\nConnection: close\r\n");
}

export function endRequest(out: Writer): void {
  out.text("\r\n");
}
