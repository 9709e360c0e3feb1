/** A kernel for ThingsBoard on fake rows, facing the dev cloud's ThingsBoard without a socket between: time is the board's alone. */
import type { Packet } from "mqtt-packet";

import { KernelBoard, type Received } from "./kernelBoard.js";
import { ScriptedServer } from "./scriptedServer.js";
import { ThingsboardCloud } from "../../toolchain/devcloud/thingsboard/cloud.js";
import type { Device } from "../../toolchain/devcloud/thingsboard/devices.js";
import { ThingsboardSession } from "../../toolchain/devcloud/thingsboard/session.js";

/** Events, and what tb_send and tb_request take: assembly/sdk/thingsboardWire.ts. */
export const EVENT = { Update: 0x100, Answer: 0x101, Call: 0x102, CallAnswer: 0x103, Provisioned: 0x104, State: 0x105 } as const;
export const SENT = { Telemetry: 0, Row: 1, End: 2, Attributes: 3, Claim: 4 } as const;
export const ASKED = { Attributes: 0, Call: 1 } as const;
export const WATCH = { Nothing: 0, State: 1, Events: 2 } as const;
export const INFO = ["isProvisioned", "waitMs", "strays", "takeOvers", "repeats", "payloadBytes", "connectCode"] as const;
export const TOKEN = "token-of-the-mote";

export interface TbEvent {
  readonly event: number;
  readonly id: number;
  readonly status: number;
  readonly payload: string;
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

export class ThingsboardBoard {
  readonly device: Device;
  session: ThingsboardSession | null = null;
  /** Of the client, as the host would show it. */
  certificate: string | null = null;
  /** Packets that get lost on their way: of the board, of the server. */
  misses: (packet: Packet) => boolean = () => false;
  loses: (packet: Packet) => boolean = () => false;
  readonly #timers: Timer[];

  private constructor(
    readonly board: KernelBoard,
    readonly cloud: ThingsboardCloud,
    timers: Timer[],
  ) {
    this.#timers = timers;
    this.device = cloud.devices.add("mote", { credentialsType: "ACCESS_TOKEN", token: TOKEN });
    board.server = new SessionServer((server) => this.#begin(server));
    board.config = { "mqtt.host": "things.test", "mqtt.user": TOKEN };
  }

  /** A board without power, and its cloud. */
  static async make(kernel = "full-thingsboard", limits: ThingsboardCloud["limits"] | object = {}): Promise<ThingsboardBoard> {
    const board = await KernelBoard.make(kernel);
    const timers: Timer[] = [];
    const later = (ms: number, callback: () => void): void => void timers.push({ atMs: board.nowMs + ms, callback });
    return new ThingsboardBoard(board, new ThingsboardCloud({ now: () => board.wallMs, later, limits }), timers);
  }

  /** A running board whose client is online, its session settled. */
  static async online(kernel = "full-thingsboard", limits: object = {}): Promise<ThingsboardBoard> {
    const things = await ThingsboardBoard.make(kernel, limits);
    things.board.power();
    things.start();
    return things;
  }

  start(): void {
    this.board.call("tb_watch", "", WATCH.Events);
    this.board.call("client_start", 0);
    this.run(500);
  }

  /** Lets time pass, for the cloud too. */
  run(ms: number): void {
    const end = this.board.nowMs + ms;
    do {
      this.board.run(Math.min(50, end - this.board.nowMs));
      for (const timer of this.#timers.filter(({ atMs }) => atMs <= this.board.nowMs)) {
        this.#timers.splice(this.#timers.indexOf(timer), 1);
        timer.callback();
      }
    } while (this.board.nowMs < end);
  }

  #begin(server: ScriptedServer): void {
    const session = new ThingsboardSession(this.cloud, {
      certificate: this.certificate,
      send: (packet) => void (this.loses(packet) || server.send(packet)),
      close: () => server.close(),
    });
    this.session?.ended();
    this.session = session;
    server.onPacket = (packet) => {
      if (!this.misses(packet)) session.take(packet);
    };
  }

  /** The server or the link ends the connection. */
  disconnect(): void {
    this.session?.ended();
    this.board.server.close();
  }

  /** Ends the connection and waits until the next one has settled. */
  reconnect(): void {
    const before = this.cloud.connects;
    this.disconnect();
    for (let i = 0; i < 400 && this.cloud.connects === before; i++) this.run(500);
    this.run(500);
  }

  send(what: number, json: string, flags = 2, ttl = 0): number {
    return this.board.call("tb_send", what, json, flags, ttl, { out: new Uint8Array(8) });
  }

  info(): Record<(typeof INFO)[number], number> {
    const out = new Uint8Array(INFO.length * 4);
    this.board.call("tb_info", { out });
    const view = new DataView(out.buffer);
    return Object.fromEntries(INFO.map((name, i) => [name, view.getInt32(i * 4, true)])) as Record<(typeof INFO)[number], number>;
  }

  /** Takes all events that wait. */
  events(): TbEvent[] {
    const events: TbEvent[] = [];
    for (let received = this.board.receive(true); received !== null; received = this.board.receive(true)) events.push(eventOf(received));
    return events;
  }
}

function eventOf({ subscription, head, payload }: Received): TbEvent {
  const view = new DataView(Uint8Array.from(head!).buffer);
  return { event: subscription, id: view.getInt32(0, true), status: view.getInt32(4, true), payload };
}

class SessionServer extends ScriptedServer {
  constructor(private readonly begin: (server: ScriptedServer) => void) {
    super();
  }

  override open(): number {
    this.begin(this);
    return super.open();
  }
}
