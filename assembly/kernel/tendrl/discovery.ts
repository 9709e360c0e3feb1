import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { copyText } from "../../lib/text";
import { LogLevel } from "../host/constants";
import { logNumber, logText } from "../host/log";
import { beginFields, beginGet, endRequest, HttpExchange } from "../http/exchange";
import { HttpSink } from "../http/response";
import { Url } from "../http/url";
import { clock } from "../client/clock";
import { scratch } from "../client/scratch";
import { readConfig } from "../client/settings";
import { transport } from "../client/transport";
import { counts } from "./counts";
import { entityCache } from "./entityCache";
import { identity, JTI_MAX, readKey, SUB_MAX } from "./identity";
import { Member, objectReader } from "./objectReader";

/** For all of it. Source: spec/tendrl.md, 10. */
const LIMIT_MS: i32 = 15000;
const URL_MAX: i32 = 160;
/** Longest client type that is sent along, where the configuration asks for it. */
const TYPE_MAX: i32 = 64;
const CLAIMS_MAX: i32 = 8192;
const POLL_MS: i32 = 20;

const PRESET_URL: string = "https://app.tendrl.com";
const urlText: usize = memory.data(160, 1);

/** Reads the configured base URL into a place that stays. Ok; Invalid: it is none. */
export function loadUrl(url: Url): i32 {
  let length = readConfig("tendrl.appUrl", urlText, URL_MAX);
  if (length == Status.NotFound || length == 0) length = copyText(urlText, PRESET_URL);
  return length < 0 ? Status.Invalid : url.parse(urlText, length);
}

/**
 * Asks the cloud who this device is: `GET <base>/api/claims` with the key. MQTT's socket is closed meanwhile, so the request stands in
 * its transport's buffer; the claims are read as they come, whatever their size.
 */
export class Discovery extends HttpSink {
  private readonly exchange: HttpExchange = new HttpExchange();
  private readonly request: Writer = new Writer();
  readonly url: Url = new Url();

  get isUnderWay(): bool {
    return this.exchange.isUnderWay;
  }

  /** Starts to ask. Ok, or the answers of HttpExchange.begin; NoSpace: the key is too long. */
  begin(): i32 {
    const out = this.request;
    const cap = transport.room;
    out.reset(transport.tail(), cap);
    beginGet(out, this.url, "/api/claims");
    const typeLen = readConfig("tendrl.eType", scratch, TYPE_MAX);
    if (typeLen > 0) {
      out.text("?e_type=");
      out.bytes(scratch, typeLen);
    }
    beginFields(out, this.url);
    out.text("Content-Type: application/json\r\nAuthorization: Bearer ");
    const keyLen = readKey();
    out.bytes(scratch, keyLen);
    memory.fill(scratch, 0, keyLen);
    out.text("\r\n");
    endRequest(out);
    if (out.isBroken) return Status.NoSpace;
    counts.discoveries++;
    objectReader.start();
    objectReader.want(Member.jti, identity.jti, JTI_MAX);
    objectReader.want(Member.sub, identity.sub, SUB_MAX);
    this.exchange.response.limitBytes = CLAIMS_MAX;
    const received = out.address + out.length;
    return this.exchange.begin(this.url, out.address, out.length, received, cap - out.length, this, clock.nowMs, LIMIT_MS);
  }

  /** Goes on. Above 0: look again in so many ms; 0: the identity is known, and kept; Refused: the key is not valid; another Status. */
  step(): i32 {
    const done = this.exchange.step(clock.nowMs);
    if (done == 0) return POLL_MS;
    this.abandon();
    if (done < 0) return done;
    const isObject = objectReader.isObjectWhole;
    if (!isObject || !identity.take(objectReader.textBytes(Member.sub), objectReader.textBytes(Member.jti))) {
      logText(LogLevel.Error, "claims: not a JSON object with jti and sub");
      return Status.Protocol;
    }
    entityCache.write();
    return 0;
  }

  /** Forgets the question under way, and the key in its buffer. */
  abandon(): void {
    if (!this.isUnderWay) return;
    this.exchange.close();
    memory.fill(this.request.address, 0, this.request.length);
  }

  onHead(status: i32): i32 {
    if (status == 200) return Status.Ok;
    logNumber(LogLevel.Warning, "claims: HTTP status ", status);
    return status == 401 || status == 403 ? Status.Refused : Status.Protocol;
  }

  onBody(src: usize, len: i32): i32 {
    return objectReader.feed(src, len) == Status.Ok ? Status.Ok : Status.Protocol;
  }
}

export const discovery = new Discovery();
