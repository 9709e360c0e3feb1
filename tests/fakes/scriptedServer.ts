/** The other end of the kernel's socket: a server that answers what a test tells it to. */
import mqttPacket, { type Packet } from "mqtt-packet";

const CLOSED = -7;

export class ScriptedServer {
  /** What net_state answers: 0 opening, 1 open, or a Status. */
  state = 1;
  /** Bytes the socket takes before it says "not now". */
  sendRoom = Infinity;
  /** Most bytes given to the kernel in one receive. */
  receiveLimit = Infinity;
  opened = 0;
  /** Writes the kernel handed over, and the packets in them, for the whole life. */
  writes: Buffer[] = [];
  packets: Packet[] = [];
  /** Called with each packet; the usual answers come from `obliging`. */
  onPacket: (packet: Packet) => void = () => {};
  private outgoing = Buffer.alloc(0);
  private isClosed = true;
  /** What it speaks: 4 for 3.1.1, or 5. */
  version = 4;
  private parser = mqttPacket.parser({ protocolVersion: 4 });

  /** A server that accepts and acknowledges everything. */
  static obliging(): ScriptedServer {
    const server = new ScriptedServer();
    server.onPacket = (packet) => server.oblige(packet);
    return server;
  }

  oblige(packet: Packet, sessionPresent = false): void {
    if (packet.cmd === "connect") this.send({ cmd: "connack", returnCode: 0, reasonCode: 0, sessionPresent });
    if (packet.cmd === "publish" && packet.qos === 1) this.send({ cmd: "puback", messageId: packet.messageId });
    if (packet.cmd === "publish" && packet.qos === 2) this.send({ cmd: "pubrec", messageId: packet.messageId });
    if (packet.cmd === "pubrel") this.send({ cmd: "pubcomp", messageId: packet.messageId });
    if (packet.cmd === "pubrec") this.send({ cmd: "pubrel", messageId: packet.messageId });
    if (packet.cmd === "subscribe") this.send({ cmd: "suback", messageId: packet.messageId, granted: [packet.subscriptions[0]!.qos] });
    if (packet.cmd === "unsubscribe") this.send({ cmd: "unsuback", messageId: packet.messageId, granted: this.version === 5 ? [0] : [] });
    if (packet.cmd === "pingreq") this.send({ cmd: "pingresp" });
  }

  send(packet: Packet): void {
    this.sendBytes(mqttPacket.generate(packet, { protocolVersion: this.version }));
  }

  sendBytes(bytes: Uint8Array): void {
    this.outgoing = Buffer.concat([this.outgoing, bytes]);
  }

  /** Ends the connection from this side, once the kernel has taken what was sent. */
  close(): void {
    this.isClosed = true;
  }

  /** Packets of one kind, oldest first. */
  all<C extends Packet["cmd"]>(cmd: C): Extract<Packet, { cmd: C }>[] {
    return this.packets.filter((packet): packet is Extract<Packet, { cmd: C }> => packet.cmd === cmd);
  }

  /** The kernel has closed its socket. */
  hungUp(): void {}

  // the rows

  open(): number {
    this.opened++;
    this.isClosed = false;
    this.outgoing = Buffer.alloc(0);
    this.parser = mqttPacket.parser({ protocolVersion: this.version });
    this.parser.on("packet", (packet: Packet) => {
      this.packets.push(packet);
      this.onPacket(packet);
    });
    this.parser.on("error", (error: Error) => {
      throw new Error(`the kernel sent a malformed packet: ${error.message}`);
    });
    return 3;
  }

  take(bytes: Uint8Array): number {
    if (this.isClosed) return CLOSED;
    const count = Math.min(bytes.length, this.sendRoom);
    if (count === 0) return 0;
    this.sendRoom -= count;
    const written = Buffer.from(bytes.subarray(0, count));
    this.writes.push(written);
    this.parser.parse(written);
    return count;
  }

  give(dst: Uint8Array): number {
    const count = Math.min(dst.length, this.outgoing.length, this.receiveLimit);
    if (count === 0) return this.isClosed ? CLOSED : 0;
    dst.set(this.outgoing.subarray(0, count));
    this.outgoing = this.outgoing.subarray(count);
    return count;
  }
}
