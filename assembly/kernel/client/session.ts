import { Status } from "../../lib/status";
import { AS_CONNECTED } from "../../sdk/flags";
import { LogLevel } from "../host/constants";
import { logNumber, logText } from "../host/log";
import { limits } from "../limits";
import { ACK_BYTES, writeAck } from "../mqtt/ack";
import { ConnectFields } from "../mqtt/connect";
import { EMPTY_BYTES, writeEmpty } from "../mqtt/empty";
import { Packet } from "../mqtt/fixedHeader";
import { PacketParser, PacketSink } from "../mqtt/parser";
import { PublishHead } from "../mqtt/publish";
import { acks } from "./ackQueue";
import { Retry } from "../mqtt/retry";
import { clock } from "./clock";
import { dialect } from "./dialect";
import { face } from "./face";
import { inbox } from "./inbox";
import { Drained, outbox } from "./outbox";
import { replies } from "./replies";
import { sessionState } from "./sessionState";
import { settings } from "./settings";
import { subscriptions } from "./subscriptions";
import { transport } from "./transport";
import { updates } from "./updateHooks";

/** Source of the times: spec/mqtt.md, 6.4 and 10. */
const CONNACK_TIMEOUT_MS: i64 = 10000;
const SUBACK_TIMEOUT_MS: i64 = 10000;
const PING_TIMEOUT_MAX_MS: i64 = 10000;
const STALL_TIMEOUT_MS: i64 = 20000;

/** Buffers of received bytes taken in one step. */
const RECEIVES_PER_STEP: i32 = 4;
/** Reasons of version 5 from here on are failures. */
const FAILURE: i32 = 0x80;
/** Reason of version 5: packet identifier not found. 3.1.1 leaves reasons out. */
const UNKNOWN_ID: i32 = 0x92;

/** Most bytes of the packet that says why a connection ends, and of the last one of a connection that is over. */
const EXPLANATION_BYTES: i32 = 8;
const GOODBYE_BYTES: i32 = 9;
/** Longest wait while the socket does not take what is to be sent. */
const BLOCKED_MS: i64 = 20;

/** One MQTT session over one connection at a time: from CONNECT to the end of the connection, and again. */
export class Session extends PacketSink {
  /** A kernel with version 5 puts its own here. */
  parser: PacketParser<Session> = new PacketParser<Session>();
  private fields: ConnectFields = new ConnectFields();
  private received: StaticArray<u8> = new StaticArray<u8>(limits.receiveBytes);
  private startedAtMs: i64 = 0;
  private lastReceivedMs: i64 = 0;
  /** When the PINGREQ under way was sent, 0 for none. */
  private pingSentMs: i64 = 0;
  isOnline: bool = false;
  /** What the last CONNACK said: the server had kept the session. */
  isResumed: bool = false;
  /** How soon to come back after the server's refusal. */
  retry: Retry = Retry.Normal;
  /** CONNACK 0 since start. */
  connects: i32 = 0;
  strayAcks: i32 = 0;

  constructor() {
    super();
    this.parser.sink = this;
  }

  /** The socket is open: sends CONNECT. Ok, Closed, Io, NoSpace (a CONNECT longer than the transport's buffer). */
  begin(): i32 {
    const now = clock.nowMs;
    this.parser.reset();
    this.startedAtMs = now;
    this.lastReceivedMs = now;
    this.pingSentMs = 0;
    transport.begin(now);
    dialect.load();
    settings.fillConnect(this.fields);
    if (sessionState.isDiscarding) this.fields.isCleanSession = true;
    dialect.writeConnect(transport.beginPacket(), this.fields);
    memory.fill(this.fields.password, 0, this.fields.passwordLen);
    const status = transport.endPacket();
    return status < 0 ? status : transport.flush(now);
  }

  /** The connection is over, for whatever reason. */
  end(): void {
    this.isOnline = false;
    this.retry = Retry.Normal;
    acks.clear();
    replies.clear();
    inbox.abandon();
    outbox.disconnected();
    subscriptions.disconnected();
    dialect.disconnected();
    face.disconnected();
  }

  /** Tells the server why this side ends the connection, where the version has a packet for it. */
  explain(cause: i32): void {
    if (outbox.isMidPacket || transport.room < EXPLANATION_BYTES) return;
    if (dialect.writeFarewell(transport.beginPacket(), cause) && transport.endPacket() == Status.Ok) transport.flush(clock.nowMs);
  }

  /**
   * Says goodbye: DISCONNECT, after which nothing may be sent. What the socket does not take at once is left out.
   * keepsWill: the server is to publish the will. sessionSeconds: for how long it is to keep the session (sdk/flags.ts).
   */
  sayGoodbye(keepsWill: bool, sessionSeconds: i32): void {
    if (!this.isOnline || outbox.isMidPacket || transport.room < GOODBYE_BYTES) return;
    dialect.writeGoodbye(transport.beginPacket(), keepsWill, sessionSeconds);
    transport.endPacket();
    transport.flush(clock.nowMs);
  }

  /**
   * Receives, answers, sends. Milliseconds to the next deadline, 0 when there is more to do now; or the Status that ends the
   * connection: Closed, Io, Protocol, Refused, Timeout.
   */
  step(): i32 {
    const received = this.receive();
    if (received < 0) return received;
    let status = transport.flush(clock.nowMs);
    if (status < 0) return status;
    if (!this.isOnline) return this.within(this.startedAtMs + CONNACK_TIMEOUT_MS);
    let wait = received;
    if (!outbox.isMidPacket) {
      status = this.sendControl();
      if (status < 0) return status;
    }
    status = outbox.drain();
    if (status < 0) return status;
    if (status == Drained.Later || !sessionState.isSettled) wait = min(wait, <i32>BLOCKED_MS);
    else if (status == Drained.More || this.canAcknowledge) wait = 0;
    return min(wait, this.untilDeadline());
  }

  /** Takes what has come. 0 when there may be more, i32.MAX_VALUE when not, or a Status. */
  private receive(): i32 {
    const buffer = changetype<usize>(this.received);
    for (let i = 0; i < RECEIVES_PER_STEP; i++) {
      const count = transport.receive(buffer, this.received.length);
      if (count < 0) return count;
      if (count == 0) return i32.MAX_VALUE;
      this.lastReceivedMs = clock.nowMs;
      const status = this.parser.feed(buffer, count);
      if (status < 0) return status;
    }
    return 0;
  }

  /** Acknowledgements, then one SUBSCRIBE or UNSUBSCRIBE, then PINGREQ, as far as there is room. */
  private sendControl(): i32 {
    const now = clock.nowMs;
    if (sessionState.settle()) while (this.canAcknowledge) this.acknowledge();
    const row = subscriptions.nextRow();
    if (row >= 0 && transport.room >= subscriptions.packetBytes(row)) {
      subscriptions.write(row, transport.beginPacket(), now);
      transport.endPacket();
    }
    if (this.isPingDue() && transport.room >= EMPTY_BYTES) {
      this.append(Packet.Pingreq);
      this.pingSentMs = now;
    }
    return transport.flush(now);
  }

  private get canAcknowledge(): bool {
    return (acks.ready != 0 || !replies.isEmpty) && transport.room >= ACK_BYTES;
  }

  /** Writes the next acknowledgement: of a message, or an answer to PUBREC or PUBREL. */
  private acknowledge(): void {
    const out = transport.beginPacket();
    if (acks.ready) {
      writeAck(out, acks.packet, acks.ready);
      acks.pop();
    } else {
      const reply = replies.take();
      dialect.writeReply(out, reply >> 24, reply & 0xffff, (reply >> 16) & 0xff);
    }
    transport.endPacket();
  }

  private append(packet: i32): void {
    writeEmpty(transport.beginPacket(), packet);
    transport.endPacket();
  }

  private get keepAliveMs(): i64 {
    return <i64>dialect.keepAliveSeconds(settings.keepAliveSeconds) * 1000;
  }

  /** When the next PINGREQ is due: nothing sent for 3/4 of the keep alive, or nothing received for all of it. */
  private pingDueMs(): i64 {
    return min(transport.lastSentMs + ((this.keepAliveMs * 3) >> 2), this.lastReceivedMs + this.keepAliveMs);
  }

  private isPingDue(): bool {
    return this.keepAliveMs > 0 && this.pingSentMs == 0 && clock.nowMs >= this.pingDueMs();
  }

  /** Milliseconds to the nearest deadline, or Timeout when one is over. */
  private untilDeadline(): i32 {
    let deadline: i64 = clock.nowMs + min(outbox.msUntilOverdue(), i32.MAX_VALUE);
    if (this.keepAliveMs > 0) {
      const timeout = min(PING_TIMEOUT_MAX_MS, this.keepAliveMs >> 1);
      if (this.pingSentMs) deadline = min(deadline, this.pingSentMs + timeout);
    }
    if (subscriptions.isPending) deadline = min(deadline, subscriptions.sentAtMs + SUBACK_TIMEOUT_MS);
    if (transport.isPending) deadline = min(deadline, transport.blockedSinceMs + STALL_TIMEOUT_MS);
    const wait = this.within(deadline);
    if (wait < 0) return wait;
    if (transport.isPending) return min(wait, <i32>BLOCKED_MS);
    return this.keepAliveMs > 0 && this.pingSentMs == 0 ? min(wait, <i32>max(this.pingDueMs() - clock.nowMs, 0)) : wait;
  }

  /** Milliseconds until an instant, or Timeout once it is reached. */
  private within(deadlineMs: i64): i32 {
    const left = deadlineMs - clock.nowMs;
    return left > 0 ? <i32>min(left, i32.MAX_VALUE) : Status.Timeout;
  }

  onConnack(isSessionPresent: bool, code: i32): i32 {
    if (this.isOnline) return Status.Protocol;
    if (code != 0) {
      this.retry = face.refused(code, dialect.refused(code));
      logNumber(LogLevel.Warning, "connection refused, code ", code);
      return Status.Refused;
    }
    if (isSessionPresent && settings.isCleanSession) return Status.Protocol;
    if (sessionState.isToDiscard(isSessionPresent)) return this.discard();
    this.isOnline = true;
    this.isResumed = isSessionPresent;
    this.connects++;
    if (!isSessionPresent) sessionState.clear();
    outbox.connected(isSessionPresent, dialect.window(settings.window));
    subscriptions.connected(isSessionPresent);
    face.connected();
    updates.connected();
    logText(LogLevel.Info, isSessionPresent ? "online, session resumed" : "online, new session");
    return Status.Ok;
  }

  /** Ends a connection over a session that is not to be used. Returns its Status. */
  private discard(): i32 {
    logText(LogLevel.Info, "session of an earlier store: discarded");
    this.isOnline = true;
    this.sayGoodbye(false, AS_CONNECTED);
    return Status.Closed;
  }

  onAck(packet: i32, packetId: i32, reason: i32): i32 {
    if (!this.isOnline) return Status.Protocol;
    if (packet == Packet.Unsuback) return subscriptions.onUnsuback(packetId);
    if (packet == Packet.Pubrel) return this.reply(Packet.Pubcomp, packetId, sessionState.forget(packetId));
    const isPubrec = packet == Packet.Pubrec;
    let status = 0;
    if (packet == Packet.Puback) status = outbox.onPuback(packetId, reason);
    else if (isPubrec) status = outbox.onPubrec(packetId, reason);
    else status = outbox.onPubcomp(packetId);
    if (status == Status.NotFound) this.strayAcks++;
    else if (status < 0) return status;
    // A server that sends PUBREC waits for PUBREL, even when we know nothing of the message; after a refusal it does not.
    return isPubrec && reason < FAILURE && status != Drained.Later ? this.reply(Packet.Pubrel, packetId, status == Status.Ok) : Status.Ok;
  }

  /** Owes an answer; isKnown: to something this client knows of. */
  private reply(packet: i32, packetId: i32, isKnown: bool): i32 {
    return replies.add(packet, packetId, isKnown ? 0 : UNKNOWN_ID) ? Status.Ok : Status.NoSpace;
  }

  onSuback(packetId: i32, codes: usize, count: i32): i32 {
    return this.isOnline ? subscriptions.onSuback(packetId, load<u8>(codes), count) : Status.Protocol;
  }

  onPingresp(): i32 {
    this.pingSentMs = 0;
    return this.isOnline ? Status.Ok : Status.Protocol;
  }

  onPublish(head: PublishHead): void {
    inbox.begin(head);
    dialect.onPublish(head);
    face.onPublish(head);
  }

  onPublishBytes(src: usize, len: i32): void {
    inbox.append(src, len);
    dialect.onPublishBytes(src, len);
    face.onPublishBytes(src, len);
  }

  onPublishEnd(head: PublishHead): i32 {
    return this.isOnline ? inbox.end(head) : Status.Protocol;
  }
}

export const session = new Session();
