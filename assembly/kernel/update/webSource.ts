import { Writer } from "../../lib/bytes";
import { writeU64, parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { clock } from "../client/clock";
import { scratch, scratchBytes } from "../client/scratch";
import { LogLevel } from "../host/constants";
import { sysCrc32 } from "../host/imports";
import { logNumber } from "../host/log";
import { beginFields, beginGet, endRequest, HttpExchange } from "../http/exchange";
import { HttpSink } from "../http/response";
import { Url } from "../http/url";
import { Kind } from "./phase";
import { PackageSource } from "./source";
import { Transfer } from "./transfer";

/** Longest URL. */
const URL_MAX: i32 = 240;
/** The longest request: a URL, and what stands around its parts. */
const REQUEST_BYTES: i32 = URL_MAX + 96;
/** Largest file: a slot of firmware. */
const FILE_MAX: i32 = 0x1fffff;
/** From one range on; a slow link goes on with the next request. */
const LIMIT_MS: i32 = 3600000;
/** Name look-up, TCP and TLS may take so long, and each part of the answer. */
const PATIENCE_MS: i32 = 40000;
/** After a failure the next attempt comes so soon. */
const AGAIN_SOON_MS: i32 = 5000;
const POLL_MS: i32 = 20;
const UNKNOWN: i32 = -1;
export const WRONG_URL: string = "url: expected http(s)://host/path";

/** What becomes of an answer that is not the bytes asked for. */
enum Failure {
  /** Asked again, as after a loss. */
  None,
  Redirect,
  Status,
  Range,
  Size,
}

/**
 * A package on a web server, by range requests (RFC 9110, 14): one exchange goes on from where the last one broke off to the end of
 * the file, on a socket of its own beside MQTT's. A server that knows no ranges sends all of it again, and what is known goes by.
 */
export class WebSource extends PackageSource {
  transfer: Transfer | null = null;
  private readonly exchange: HttpExchange = new HttpExchange();
  private readonly answer: RangeAnswer = new RangeAnswer();
  private readonly url: Url = new Url();
  private readonly text: StaticArray<u8> = new StaticArray<u8>(URL_MAX);
  private readonly head: StaticArray<u8> = new StaticArray<u8>(REQUEST_BYTES);
  private readonly out: Writer = new Writer();
  /** Of the URL fetched last, 0: none. */
  private identity: i32 = 0;

  /** Takes a URL: u8[len] to fetch from. Ok; Invalid: WRONG_URL. */
  load(text: usize, len: i32): i32 {
    this.stop();
    if (len > URL_MAX) return Status.Invalid;
    const copy = changetype<usize>(this.text);
    memory.copy(copy, text, len);
    const status = this.url.parse(copy, len);
    return status == Status.Ok && this.url.pathLen == 0 ? Status.Invalid : status;
  }

  /** A URL: u8[len] was announced, or nothing: it is taken back. The same one under way changes nothing. */
  announce(text: usize, len: i32): void {
    const transfer = this.transfer!;
    const identity = len ? sysCrc32(0, text, len) : 0;
    const isKnown = identity == this.identity;
    if (isKnown && (!transfer.isIdle || transfer.isSettled)) return;
    this.identity = identity;
    if (len == 0) return transfer.withdraw();
    const status = this.load(text, len);
    transfer.fetch(Kind.App, this);
    if (status < 0) transfer.giveUp(WRONG_URL);
  }

  start(): void {
    this.stop();
  }

  request(at: i32, left: i32): i32 {
    const answer = this.answer;
    if (this.exchange.isUnderWay && answer.at == at) return PATIENCE_MS;
    const out = this.out;
    out.reset(changetype<usize>(this.head), REQUEST_BYTES);
    beginGet(out, this.url, "");
    beginFields(out, this.url);
    out.text("Range: bytes=");
    writeU64(out, at);
    out.u8(0x2d);
    // The head alone: what follows waits until the slot is ready.
    const isHead = this.transfer!.packageBytes == 0;
    if (isHead) writeU64(out, at + left - 1);
    out.text("\r\n");
    endRequest(out);
    answer.begin(this.transfer!, at, isHead ? at + left : FILE_MAX);
    this.exchange.response.limitBytes = FILE_MAX;
    const status = this.exchange.begin(this.url, out.address, out.length, scratch, scratchBytes, answer, clock.nowMs, LIMIT_MS);
    return status < 0 ? AGAIN_SOON_MS : PATIENCE_MS;
  }

  step(): i32 {
    if (!this.exchange.isUnderWay) return i32.MAX_VALUE;
    const before = this.answer.at;
    const done = this.exchange.step(clock.nowMs);
    if (done == 0) return this.answer.at == before ? POLL_MS : 0;
    this.stop();
    const transfer = this.transfer!;
    if (!transfer.isFetching) return 0;
    if (this.answer.failure != Failure.None) {
      this.explain(transfer);
    } else if (!this.answer.isEnough) {
      logNumber(LogLevel.Warning, "download broke off, status ", done);
      transfer.expect(AGAIN_SOON_MS);
    }
    return 0;
  }

  private explain(transfer: Transfer): void {
    const answer = this.answer;
    if (answer.failure == Failure.Range) transfer.giveUp("http: another range");
    else if (answer.failure == Failure.Size) transfer.giveUp("http: another size");
    else {
      transfer.giveUp(answer.failure == Failure.Redirect ? "http: a redirect, " : "http: status ");
      writeU64(transfer.reason, answer.status);
    }
  }

  stop(): void {
    this.exchange.close();
  }
}

/** Bytes of a file as they come, from the place asked for on. */
class RangeAnswer extends HttpSink {
  private transfer: Transfer | null = null;
  failure: Failure = Failure.None;
  status: i32 = 0;
  /** Of the next byte. */
  at: i32 = 0;
  private asked: i32 = 0;
  private end: i32 = 0;
  /** What Content-Range says, UNKNOWN: nothing. */
  private from: i32 = UNKNOWN;
  /** Bytes of the file, UNKNOWN: the server does not say. */
  private total: i32 = UNKNOWN;
  private length: i32 = UNKNOWN;

  /** end: nothing is wanted from there on. */
  begin(transfer: Transfer, at: i32, end: i32): void {
    this.transfer = transfer;
    this.end = end;
    this.failure = Failure.None;
    this.asked = at;
    this.at = at;
    this.from = UNKNOWN;
    this.total = UNKNOWN;
    this.length = UNKNOWN;
  }

  /** All that was asked for came. */
  get isEnough(): bool {
    return this.at >= this.end;
  }

  /** `bytes 192-999/1000`, or `bytes 192-999/*`. */
  onHeader(name: usize, nameLen: i32, value: usize, valueLen: i32): void {
    if (equalsText(name, nameLen, "content-length")) this.length = parseDecimal(value, valueLen, FILE_MAX);
    if (!equalsText(name, nameLen, "content-range") || valueLen < 7 || !equalsText(value, 6, "bytes ")) return;
    let dash = 6;
    while (dash < valueLen && load<u8>(value + dash) != 0x2d) dash++;
    let slash = dash;
    while (slash < valueLen && load<u8>(value + slash) != 0x2f) slash++;
    this.from = parseDecimal(value + 6, dash - 6, FILE_MAX);
    this.total = parseDecimal(value + slash + 1, valueLen - slash - 1, FILE_MAX);
  }

  onHead(status: i32): i32 {
    this.status = status;
    if (status == 206) {
      if (this.from != this.asked) return this.fail(Failure.Range);
    } else if (status == 200) {
      this.at = 0; // all of it
      this.total = this.length;
    } else if (status == 408 || status == 429 || status >= 500) {
      return Status.Closed; // it may pass
    } else return this.fail(status >= 300 && status < 400 ? Failure.Redirect : Failure.Status);
    return Status.Ok;
  }

  onBody(src: usize, len: i32): i32 {
    const transfer = this.transfer!;
    transfer.take(this.at, src, len);
    this.at += len;
    const expected = transfer.packageBytes;
    const isOther = expected != 0 && (this.total >= 0 ? this.total != expected : transfer.isLoading && this.at > expected);
    if (isOther) return this.fail(Failure.Size);
    transfer.expect(PATIENCE_MS);
    return this.isEnough || !transfer.isLoading ? Status.Closed : Status.Ok;
  }

  private fail(failure: Failure): i32 {
    this.failure = failure;
    return Status.Protocol;
  }
}
