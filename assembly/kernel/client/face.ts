import { ClientState } from "../../lib/clientState";
import { Writer } from "../../lib/bytes";
import { writeI64 } from "../../lib/number";
import { ConnectFields } from "../mqtt/connect";
import { PublishHead } from "../mqtt/publish";
import { Retry } from "../mqtt/retry";
import { RecordRef } from "../store/recordStore";
import { dialect } from "./dialect";
import { InFlightEntry } from "./inFlight";

/** Longest wait that a step asks for. */
export const IDLE_MS: i32 = 60000;
/** Longest that the host may take to open a socket: name look-up and TCP 15 s, TLS 20 s, and some. */
const OPEN_TIMEOUT_MS: i64 = 40000;
const BACKOFF_LIMIT_MS: i32 = 120000;

/**
 * What of the client depends on the cloud: here the plain one, which is MQTT alone. Others extend it in a folder of their own. A
 * kernel without another face has these bodies where they are called, as with the dialect.
 */
export class Face {
  // connection

  /** Work before the socket may open. 0: open it; above: look again in so many ms, as `preparing` tells; a Status: it failed. */
  prepare(): i32 {
    return 0;
  }

  /** What `prepare` waits for. */
  get preparing(): ClientState {
    return ClientState.Opening;
  }

  /** Whether `prepare` has begun and not finished. */
  get isPreparing(): bool {
    return false;
  }

  get openTimeoutMs(): i64 {
    return OPEN_TIMEOUT_MS;
  }

  /** The server accepted the CONNECT. 1: the session is usable; 0: not yet; a Status: it never will be. */
  ready(): i32 {
    return 1;
  }

  /** Work of a step while the session is usable. Milliseconds to the next. */
  work(): i32 {
    return IDLE_MS;
  }

  /** An attempt or a connection ended. `cause`: a Status; `retry`: what the server's refusal asked for. How soon to come back. */
  failed(cause: i32, retry: Retry): Retry {
    return retry;
  }

  disconnected(): void {}

  get backoffLimitMs(): i32 {
    return BACKOFF_LIMIT_MS;
  }

  /** How far a back-off of so many ms goes to either side. */
  spread(baseMs: i32): i32 {
    return baseMs >> 2;
  }

  /** Most messages in flight, unless the configuration says. */
  get window(): i32 {
    return 4;
  }

  /** How many of them may be in flight just now. */
  bound(window: i32): i32 {
    return window;
  }

  // configuration

  /** Whether there is a host that holds where the configuration names none. */
  get hasPresetHost(): bool {
    return false;
  }

  /** Writes it to dst. Its bytes. */
  presetHost(dst: usize): i32 {
    return 0;
  }

  get presetTls(): bool {
    return false;
  }

  presetPort(isTls: bool): i32 {
    return isTls ? 8883 : 1883;
  }

  get keepAliveSeconds(): i32 {
    return 60;
  }

  get keepAliveLimit(): i32 {
    return 65535;
  }

  /** Whether client id, user and topics come from the configuration. */
  get isConfigured(): bool {
    return true;
  }

  /** Checks what of the configuration is this cloud's. False: it cannot be used, and the log tells why. */
  load(): bool {
    return true;
  }

  /** Fills in who connects, where the configuration does not tell. Addresses as Settings.fillConnect's. */
  identify(fields: ConnectFields): void {}

  // outgoing

  /** Flags of publications beyond those of the protocol. */
  get knownFlags(): i32 {
    return 0;
  }

  /** Bytes of the topic of an entry. */
  topicBytes(entry: InFlightEntry): i32 {
    return dialect.topicBytes(entry);
  }

  /** Where a topic lies that is not in its record, 0: it is. */
  topicOf(record: RecordRef): usize {
    return 0;
  }

  /** Puts the context of a stream, u8[len], into the form in which it is sent: into the scratch. Its bytes, or Invalid. */
  context(src: usize, len: i32): i32 {
    return len;
  }

  /** Whether that form is another one. */
  get convertsContext(): bool {
    return false;
  }

  /** Whether the envelope has data in front of the context. */
  get isDataFirst(): bool {
    return false;
  }

  /** Bytes of the data that are sent: in an envelope, some say nothing. */
  dataBytes(entry: InFlightEntry): i32 {
    return entry.record.dataBytes;
  }

  /** Tells whether a message cannot be sent yet. */
  holds(entry: InFlightEntry): bool {
    return false;
  }

  // The envelope: what stands in front of, between and behind context and data. wallMs: when it was captured, -1: unknown.

  open(out: Writer, record: RecordRef, contextBytes: i32, dataBytes: i32, wallMs: i64): void {
    out.text('{"seq":');
    writeI64(out, record.sequence);
    if (wallMs >= 0) {
      out.text(',"ts":');
      writeI64(out, wallMs);
    }
    out.u8(0x2c);
  }

  between(out: Writer, contextBytes: i32): void {
    out.text(contextBytes ? ',"data":' : '"data":');
  }

  close(out: Writer, wallMs: i64): void {
    out.u8(0x7d);
  }

  // incoming

  /** Tells whether a message is one to keep. message: as it lies in the inbox. */
  accepts(message: usize): bool {
    return true;
  }

  /** A message comes that the inbox has no room for. */
  missed(head: PublishHead): void {}

  /** The app is done with a message. */
  handled(result: i32): void {}
}

/** The cloud in use. A kernel for another one puts its own here while it is built. */
export let face: Face = new Face();

/** Shows another face: for a file that the entry of a kernel imports first. */
export function present(other: Face): void {
  face = other;
}
