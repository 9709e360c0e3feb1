import { Status } from "../../lib/status";
import { LogLevel } from "../host/constants";
import { logNumber, logText } from "../host/log";
import { ACK_BYTES, writeAck } from "../mqtt/ack";
import { isPermanentRefusal } from "../mqtt/connack";
import { ConnectFields, writeConnect } from "../mqtt/connect";
import { EMPTY_BYTES, writeEmpty } from "../mqtt/empty";
import { Packet } from "../mqtt/fixedHeader";
import { PacketParser, PacketSink } from "../mqtt/parser";
import { PublishHead } from "../mqtt/publish";
import { AckQueue } from "./ackQueue";
import { Clock } from "./clock";
import { Inbox } from "./inbox";
import { Drained, Outbox } from "./outbox";
import { Settings } from "./settings";
import { Subscriptions } from "./subscriptions";
import { Transport } from "./transport";

/** Source of the times: spec/mqtt.md, 6.4 and 10. */
const CONNACK_TIMEOUT_MS: i64 = 10000;
const SUBACK_TIMEOUT_MS: i64 = 10000;
const PING_TIMEOUT_MAX_MS: i64 = 10000;
const STALL_TIMEOUT_MS: i64 = 20000;

/** Buffers of received bytes taken in one step. */
const RECEIVES_PER_STEP: i32 = 4;
/** Longest wait while the socket does not take what is to be sent. */
const BLOCKED_MS: i64 = 20;

/** One MQTT session over one connection at a time: from CONNECT to the end of the connection, and again. */
export class Session extends PacketSink {
  private parser: PacketParser<Session> = new PacketParser<Session>();
  private fields: ConnectFields = new ConnectFields();
  private received: StaticArray<u8>;
  private startedAtMs: i64 = 0;
  private lastReceivedMs: i64 = 0;
  /** When the PINGREQ under way was sent, 0 for none. */
  private pingSentMs: i64 = 0;
  isOnline: bool = false;
  /** The server refused for a reason that only a changed configuration ends. */
  isRefusedForGood: bool = false;
  /** CONNACK 0 since start. */
  connects: i32 = 0;
  strayAcks: i32 = 0;

  constructor(
    private transport: Transport,
    private settings: Settings,
    private clock: Clock,
    private outbox: Outbox,
    private inbox: Inbox,
    private acks: AckQueue,
    private subscriptions: Subscriptions,
    receiveBytes: i32,
  ) {
    super();
    this.received = new StaticArray<u8>(receiveBytes);
    this.parser.sink = this;
  }

  /** The socket is open: sends CONNECT. Ok, Closed, Io, NoSpace (a CONNECT longer than the transport's buffer). */
  begin(): i32 {
    const now = this.clock.nowMs;
    this.parser.reset();
    this.startedAtMs = now;
    this.lastReceivedMs = now;
    this.pingSentMs = 0;
    this.transport.begin(now);
    this.settings.fillConnect(this.fields);
    writeConnect(this.transport.beginPacket(), this.fields);
    memory.fill(this.fields.password, 0, this.fields.passwordLen);
    const status = this.transport.endPacket();
    return status < 0 ? status : this.transport.flush(now);
  }

  /** The connection is over, for whatever reason. */
  end(): void {
    this.isOnline = false;
    this.isRefusedForGood = false;
    this.acks.clear();
    this.inbox.abandon();
    this.outbox.disconnected();
    this.subscriptions.disconnected();
  }

  /** Says goodbye: DISCONNECT, after which nothing may be sent. What the socket does not take at once is left out. */
  sayGoodbye(): void {
    if (!this.isOnline || this.outbox.isMidPacket || this.transport.room < EMPTY_BYTES) return;
    this.append(Packet.Disconnect);
    this.transport.flush(this.clock.nowMs);
  }

  /**
   * Receives, answers, sends. Milliseconds to the next deadline, 0 when there is more to do now; or the Status that ends the
   * connection: Closed, Io, Protocol, Refused, Timeout.
   */
  step(): i32 {
    const received = this.receive();
    if (received < 0) return received;
    let status = this.transport.flush(this.clock.nowMs);
    if (status < 0) return status;
    if (!this.isOnline) return this.within(this.startedAtMs + CONNACK_TIMEOUT_MS);
    let wait = received;
    if (!this.outbox.isMidPacket) {
      status = this.sendControl();
      if (status < 0) return status;
    }
    status = this.outbox.drain(this.transport);
    if (status < 0) return status;
    if (status == Drained.More) wait = 0;
    return min(wait, this.untilDeadline());
  }

  /** Takes what has come. 0 when there may be more, i32.MAX_VALUE when not, or a Status. */
  private receive(): i32 {
    const buffer = changetype<usize>(this.received);
    for (let i = 0; i < RECEIVES_PER_STEP; i++) {
      const count = this.transport.receive(buffer, this.received.length);
      if (count < 0) return count;
      if (count == 0) return i32.MAX_VALUE;
      this.lastReceivedMs = this.clock.nowMs;
      const status = this.parser.feed(buffer, count);
      if (status < 0) return status;
    }
    return 0;
  }

  /** PUBACKs, then one SUBSCRIBE or UNSUBSCRIBE, then PINGREQ, as far as there is room. */
  private sendControl(): i32 {
    const transport = this.transport;
    const now = this.clock.nowMs;
    while (this.acks.ready && transport.room >= ACK_BYTES) {
      writeAck(transport.beginPacket(), Packet.Puback, this.acks.ready);
      transport.endPacket();
      this.acks.pop();
    }
    const row = this.subscriptions.nextRow();
    if (row >= 0 && transport.room >= this.subscriptions.packetBytes(row)) {
      this.subscriptions.write(row, transport.beginPacket(), now);
      transport.endPacket();
    }
    if (this.isPingDue() && transport.room >= EMPTY_BYTES) {
      this.append(Packet.Pingreq);
      this.pingSentMs = now;
    }
    return transport.flush(now);
  }

  private append(packet: i32): void {
    writeEmpty(this.transport.beginPacket(), packet);
    this.transport.endPacket();
  }

  private get keepAliveMs(): i64 {
    return <i64>this.settings.keepAliveSeconds * 1000;
  }

  /** When the next PINGREQ is due: nothing sent for 3/4 of the keep alive, or nothing received for all of it. */
  private pingDueMs(): i64 {
    return min(this.transport.lastSentMs + ((this.keepAliveMs * 3) >> 2), this.lastReceivedMs + this.keepAliveMs);
  }

  private isPingDue(): bool {
    return this.keepAliveMs > 0 && this.pingSentMs == 0 && this.clock.nowMs >= this.pingDueMs();
  }

  /** Milliseconds to the nearest deadline, or Timeout when one is over. */
  private untilDeadline(): i32 {
    let deadline: i64 = this.clock.nowMs + min(this.outbox.msUntilOverdue(), i32.MAX_VALUE);
    if (this.keepAliveMs > 0) {
      const timeout = min(PING_TIMEOUT_MAX_MS, this.keepAliveMs >> 1);
      if (this.pingSentMs) deadline = min(deadline, this.pingSentMs + timeout);
    }
    if (this.subscriptions.isPending) deadline = min(deadline, this.subscriptions.sentAtMs + SUBACK_TIMEOUT_MS);
    if (this.transport.isPending) deadline = min(deadline, this.transport.blockedSinceMs + STALL_TIMEOUT_MS);
    const wait = this.within(deadline);
    if (wait < 0) return wait;
    if (this.transport.isPending) return min(wait, <i32>BLOCKED_MS);
    return this.keepAliveMs > 0 && this.pingSentMs == 0 ? min(wait, <i32>max(this.pingDueMs() - this.clock.nowMs, 0)) : wait;
  }

  /** Milliseconds until an instant, or Timeout once it is reached. */
  private within(deadlineMs: i64): i32 {
    const left = deadlineMs - this.clock.nowMs;
    return left > 0 ? <i32>min(left, i32.MAX_VALUE) : Status.Timeout;
  }

  onConnack(isSessionPresent: bool, code: i32): i32 {
    if (this.isOnline) return Status.Protocol;
    if (code != 0) {
      this.isRefusedForGood = isPermanentRefusal(code);
      logNumber(LogLevel.Warning, "broker refused the connection, code ", code);
      return Status.Refused;
    }
    if (isSessionPresent && this.settings.isCleanSession) return Status.Protocol;
    this.isOnline = true;
    this.connects++;
    this.outbox.connected(isSessionPresent, this.settings.window);
    this.subscriptions.connected(isSessionPresent);
    logText(LogLevel.Info, isSessionPresent ? "online, session resumed" : "online, new session");
    return Status.Ok;
  }

  onAck(packet: i32, packetId: i32): i32 {
    if (!this.isOnline) return Status.Protocol;
    if (packet == Packet.Unsuback) return this.subscriptions.onUnsuback(packetId);
    if (packet != Packet.Puback) return Status.Protocol;
    const status = this.outbox.onPuback(packetId);
    if (status != Status.NotFound) return status;
    this.strayAcks++;
    return Status.Ok;
  }

  onSuback(packetId: i32, codes: usize, count: i32): i32 {
    return this.isOnline ? this.subscriptions.onSuback(packetId, load<u8>(codes), count) : Status.Protocol;
  }

  onPingresp(): i32 {
    this.pingSentMs = 0;
    return this.isOnline ? Status.Ok : Status.Protocol;
  }

  onPublish(head: PublishHead): void {
    this.inbox.begin(head);
  }

  onPublishBytes(src: usize, len: i32): void {
    this.inbox.append(src, len);
  }

  onPublishEnd(head: PublishHead): i32 {
    if (!this.isOnline || head.qos > 1) return Status.Protocol;
    this.inbox.end(head);
    return Status.Ok;
  }
}
