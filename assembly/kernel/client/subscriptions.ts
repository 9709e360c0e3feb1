import { equalBytes, Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { LogLevel } from "../host/constants";
import { logNumber } from "../host/log";
import { limits } from "../limits";
import { SUBACK_FAILURE } from "../mqtt/subscribe";
import { matchesTopic } from "../mqtt/topicFilter";
import { dialect } from "./dialect";
import { packetIds } from "./packetIds";
import { RowTable } from "./rowTable";

/** The QoS among the options of a subscription. */
const QOS_MASK: i32 = 3;

/** Where a row keeps the QoS granted, above its step. */
const GRANTED_SHIFT: i32 = 4;
const STEP_MASK: i32 = 15;

/** What `state` answers while the server has not. */
const UNANSWERED: i32 = 3;

/** What is to happen to a row, and what has. Wanted and Unwanted ask for a packet; Asked and Unasked wait for its answer. */
enum Step {
  Wanted,
  Asked,
  Granted,
  Refused,
  Unwanted,
  Unasked,
}

/**
 * The topic filters that the app wants, kept over reconnects. One SUBSCRIBE or UNSUBSCRIBE at a time is under way.
 * A row: u8 options (in 3.1.1 the QoS alone), u8 step, filter.
 */
export class Subscriptions {
  private table: RowTable = new RowTable(limits.subscriptions, limits.subscriptionBytes);
  /** Identifier of the packet under way, 0 for none, and its row. */
  private pendingId: i32 = 0;
  private pendingRow: i32 = 0;
  /** Whether a row may ask for a packet: without, no round looks for one. */
  private mayAsk: bool = false;
  sentAtMs: i64 = 0;

  /** Wants a filter: u8[len]. The row's number; Invalid (filter, qos above 2), NoSpace. */
  add(filter: usize, len: i32, qos: i32): i32 {
    if (!dialect.isSubscription(filter, len, qos)) return Status.Invalid;
    let row = this.find(filter, len);
    if (row < 0) {
      row = this.table.add(len + 2);
      if (row < 0) return row;
      memory.copy(this.table.address(row) + 2, filter, len);
    }
    store<u8>(this.table.address(row), <u8>qos);
    this.setStep(row, Step.Wanted);
    return row;
  }

  /** Wants a filter no longer. Ok, NotFound. */
  remove(filter: usize, len: i32): i32 {
    const row = this.find(filter, len);
    if (row < 0 || this.isLeaving(row)) return Status.NotFound;
    this.drop(row);
    return Status.Ok;
  }

  /** Wants a row no longer. */
  drop(row: i32): void {
    this.setStep(row, Step.Unwanted);
  }

  /** 0..2: the QoS granted to a row; 3: not answered yet; Refused; NotFound. */
  state(row: i32): i32 {
    if (this.table.length(row) < 0 || this.isLeaving(row)) return Status.NotFound;
    const step = this.step(row);
    if (step == Step.Refused) return Status.Refused;
    return step == Step.Granted ? (<i32>load<u8>(this.table.address(row), 1)) >> GRANTED_SHIFT : UNANSWERED;
  }

  /** The first row whose filter matches a topic: u8[len], or NotFound. */
  match(topic: usize, len: i32): i32 {
    for (let row = 0; row < this.table.rows; row++) {
      const filterLen = this.table.length(row) - 2;
      if (filterLen < 0 || this.isLeaving(row)) continue;
      const filter = this.table.address(row) + 2;
      const prefix = dialect.sharePrefix(filter, filterLen);
      if (matchesTopic(filter + prefix, filterLen - prefix, topic, len)) return row;
    }
    return Status.NotFound;
  }

  /** A connection is up. Without a session the server knows no filter; with one, only answers that were lost are asked again. */
  connected(isSessionPresent: bool): void {
    for (let row = 0; row < this.table.rows; row++) {
      if (this.table.length(row) < 0) continue;
      const step = this.step(row);
      if (this.isLeaving(row)) {
        if (isSessionPresent) this.setStep(row, Step.Unwanted);
        else this.table.remove(row);
      } else if (!isSessionPresent || step != Step.Granted) {
        this.setStep(row, Step.Wanted);
      }
    }
  }

  /** A connection ended: the answer under way is lost. */
  disconnected(): void {
    if (this.pendingId) packetIds.release(this.pendingId);
    this.pendingId = 0;
  }

  /** The server does not answer: goes on as if it had granted. */
  abandon(): void {
    if (!this.pendingId) return;
    if (this.step(this.pendingRow) == Step.Asked) this.setStep(this.pendingRow, Step.Granted);
    this.disconnected();
  }

  get isPending(): bool {
    return this.pendingId != 0;
  }

  /** The row that asks for a packet now, or NotFound. */
  nextRow(): i32 {
    if (this.pendingId || !this.mayAsk) return Status.NotFound;
    for (let row = 0; row < this.table.rows; row++) {
      if (this.table.length(row) < 0) continue;
      const step = this.step(row);
      if (step == Step.Wanted || step == Step.Unwanted) return row;
    }
    this.mayAsk = false;
    return Status.NotFound;
  }

  /** Bytes that the packet of a row takes, at most. */
  packetBytes(row: i32): i32 {
    return dialect.filterPacketBytes(this.table.length(row) - 2);
  }

  /** Appends the packet that a row asks for. */
  write(row: i32, out: Writer, nowMs: i64): void {
    const address = this.table.address(row);
    const filterLen = this.table.length(row) - 2;
    this.pendingId = packetIds.take();
    this.pendingRow = row;
    this.sentAtMs = nowMs;
    if (this.step(row) == Step.Wanted) {
      this.setStep(row, Step.Asked);
      dialect.writeSubscribe(out, this.pendingId, address + 2, filterLen, load<u8>(address));
    } else {
      this.setStep(row, Step.Unasked);
      dialect.writeUnsubscribe(out, this.pendingId, address + 2, filterLen);
    }
  }

  /** SUBACK for one filter. Ok, Protocol: nobody asked that. */
  onSuback(packetId: i32, code: i32, count: i32): i32 {
    const row = this.pendingRow;
    if (!this.settle(packetId, count == 1)) return Status.Protocol;
    if (code >= SUBACK_FAILURE) logNumber(LogLevel.Warning, "refused subscription ", row);
    else if (code < ((<i32>load<u8>(this.table.address(row))) & QOS_MASK)) logNumber(LogLevel.Info, "lower QoS, subscription ", row);
    if (this.step(row) == Step.Asked) this.setStep(row, code >= SUBACK_FAILURE ? Step.Refused : Step.Granted | (code << GRANTED_SHIFT));
    return Status.Ok;
  }

  /** UNSUBACK. Ok, Protocol: nobody asked that. */
  onUnsuback(packetId: i32): i32 {
    if (!this.settle(packetId, true)) return Status.Protocol;
    if (this.step(this.pendingRow) == Step.Unasked) this.table.remove(this.pendingRow);
    return Status.Ok;
  }

  private settle(packetId: i32, isFit: bool): bool {
    if (packetId != this.pendingId || !isFit) return false;
    packetIds.release(packetId);
    this.pendingId = 0;
    return true;
  }

  private find(filter: usize, len: i32): i32 {
    for (let row = 0; row < this.table.rows; row++) {
      if (this.table.length(row) == len + 2 && equalBytes(this.table.address(row) + 2, filter, len)) return row;
    }
    return Status.NotFound;
  }

  private isLeaving(row: i32): bool {
    return this.step(row) >= Step.Unwanted;
  }

  private step(row: i32): i32 {
    return (<i32>load<u8>(this.table.address(row), 1)) & STEP_MASK;
  }

  private setStep(row: i32, step: i32): void {
    this.mayAsk = this.mayAsk || step == Step.Wanted || step == Step.Unwanted;
    store<u8>(this.table.address(row), <u8>step, 1);
  }
}

export const subscriptions = new Subscriptions();
