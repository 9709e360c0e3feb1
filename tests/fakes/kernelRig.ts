/** A whole kernel in this process against mosquitto over TCP, stepped turn by turn; its power may fail. */
import mqtt, { type MqttClient } from "mqtt";
import { KernelBoard, PowerCut, STATE } from "./kernelBoard.js";
import type { PlainMosquitto } from "./plainMosquitto.js";
import { TcpServer } from "./tcpServer.js";

/** Deterministic numbers below `limit`. */
export function chance(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
}

/** One kernel, its clock and its sockets, turn by turn. */
export class Rig {
  readonly server: TcpServer;
  /** Turns after which a test gives up. */
  turns = 300_000;
  /** What the app does whenever it starts. */
  onStart: (board: KernelBoard) => void = () => {};

  private constructor(readonly board: KernelBoard) {
    this.server = board.server as TcpServer;
  }

  static async make(
    broker: Pick<PlainMosquitto, "port">,
    kernel: string,
    clientId: string,
    config: Record<string, string> = {},
  ): Promise<Rig> {
    const board = await KernelBoard.make(kernel, 32);
    board.server = new TcpServer(broker.port);
    Object.assign(board.config, { "mqtt.clientId": clientId, "mqtt.window": "8", ...config });
    board.power();
    board.call("client_start", 0);
    return new Rig(board);
  }

  /** One turn: the kernel steps, then the sockets have theirs. While it waits to reconnect its clock runs faster than ours. */
  async turn(): Promise<void> {
    const { board } = this;
    board.kernel.step(BigInt(board.nowMs));
    const pause = board.stats().clientState === STATE.Waiting ? 1_000 : 1;
    board.nowMs += pause;
    board.wallMs += pause;
    await new Promise(setImmediate);
  }

  async until(what: string, isTrue: () => boolean, onTurn: () => void = () => {}): Promise<void> {
    for (let turns = 0; !isTrue(); turns++) {
      if (turns > this.turns) throw new Error(`${what}: not after ${turns} turns; ${JSON.stringify(this.board.stats())}`);
      try {
        onTurn();
        await this.turn();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        this.restart();
      }
    }
  }

  /** Takes the power away, and gives it back. */
  restart(): void {
    this.server.break();
    this.board.power();
    this.onStart(this.board);
    this.board.call("client_start", 0);
  }

  async online(): Promise<void> {
    await this.until("online", () => this.board.stats().clientState === STATE.Online);
  }
}

/** A subscriber that is no device of ours: what it got, as numbers. */
export interface Listener {
  client: MqttClient;
  got: number[];
  end(): Promise<void>;
}

export async function listen(broker: PlainMosquitto, filter: string, clientId: string): Promise<Listener> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { clientId, clean: false });
  const got: number[] = [];
  client.on("message", (_topic, payload) => got.push(Number(payload.toString())));
  await client.subscribeAsync(filter, { qos: 2 });
  return { client, got, end: () => client.endAsync() };
}
