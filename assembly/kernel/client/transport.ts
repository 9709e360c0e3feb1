import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { netClose, netOpen, netRecv, netSend, netState } from "../host/imports";
import { limits } from "../limits";
import { settings } from "./settings";

/**
 * One socket and what waits to be sent on it. A packet is written whole into the buffer and handed over with one write, alone
 * or with others; what the socket does not take stays and goes first.
 */
export class Transport {
  private socket: i32 = -1;
  private buffer: StaticArray<u8> = new StaticArray<u8>(limits.transportBytes);
  /** Bytes [sent, filled) of the buffer wait to be sent. */
  private sent: i32 = 0;
  private filled: i32 = 0;
  private packet: Writer = new Writer();
  /** Writes handed to the socket since start. */
  writes: i32 = 0;
  /** When the buffer was last emptied, or the connection opened. */
  lastSentMs: i64 = 0;
  /** Since when the socket has taken nothing of what waits; meaningless while nothing does. */
  blockedSinceMs: i64 = 0;
  private isBlocked: bool = false;

  /** Starts to open the broker's socket. Ok, or what net_open answers. */
  open(): i32 {
    this.close();
    const socket = netOpen(settings.host, settings.hostLen, settings.port, settings.netFlags);
    if (socket < 0) return socket;
    this.socket = socket;
    return Status.Ok;
  }

  /** 0 still opening, 1 open, else the Status that ended it. */
  state(): i32 {
    return netState(this.socket);
  }

  /** The socket is open: counts time from here. */
  begin(nowMs: i64): void {
    this.lastSentMs = nowMs;
    this.isBlocked = false;
  }

  close(): void {
    if (this.socket >= 0) netClose(this.socket);
    this.socket = -1;
    this.sent = 0;
    this.filled = 0;
  }

  /** Receives up to cap bytes. Bytes given, 0 "not now", Closed, Io. */
  receive(dst: usize, cap: i32): i32 {
    return netRecv(this.socket, dst, cap);
  }

  get isPending(): bool {
    return this.filled > this.sent;
  }

  /** Bytes that can be appended now. */
  get room(): i32 {
    return this.buffer.length - (this.filled - this.sent);
  }

  /** Where to append `room` bytes; `advance` tells how many were. */
  tail(): usize {
    const start = changetype<usize>(this.buffer);
    if (this.sent > 0) {
      memory.copy(start, start + this.sent, this.filled - this.sent);
      this.filled -= this.sent;
      this.sent = 0;
    }
    return start + this.filled;
  }

  advance(len: i32): void {
    this.filled += len;
  }

  /** A cursor to write a packet with; `endPacket` appends what was written. The caller has checked `room`. */
  beginPacket(): Writer {
    this.packet.reset(this.tail(), this.room);
    return this.packet;
  }

  /** Appends the packet. Ok, or NoSpace with nothing appended. */
  endPacket(): i32 {
    if (this.packet.isBroken) return Status.NoSpace;
    this.filled += this.packet.length;
    return Status.Ok;
  }

  /** Hands over what waits. Ok, whether or not the socket took all of it; Closed, Io. */
  flush(nowMs: i64): i32 {
    while (this.isPending) {
      const taken = netSend(this.socket, changetype<usize>(this.buffer) + this.sent, this.filled - this.sent);
      if (taken < 0) return taken;
      if (taken == 0) {
        if (!this.isBlocked) this.blockedSinceMs = nowMs;
        this.isBlocked = true;
        return Status.Ok;
      }
      this.writes++;
      this.sent += taken;
      this.isBlocked = false;
      if (!this.isPending) this.lastSentMs = nowMs;
    }
    return Status.Ok;
  }
}

export const transport = new Transport();
