/** The cloud's side of updates over plain topics, and a board that takes them, for tests of the kernel. */
import { crc32 } from "../../toolchain/config/crc32.js";
import { FakeUpdates } from "./fakeUpdates.js";
import { KernelBoard } from "./kernelBoard.js";

export const CHUNK = 1024;
export const BASE = "devices/mote/update";

interface UpdateRequest {
  id: string;
  offset: number;
  length: number;
}

/** A head as the kernel reads it: only size and version are looked at here. */
export function headOf(size: number, version = "2.0", kind = 0): Buffer {
  const head = Buffer.alloc(192, 0);
  head.write("WMPK\x01");
  head[5] = kind;
  head.writeUInt32LE(size, 8);
  head.write(version, 64);
  return head;
}

export function imageOf(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
}

export const identityOf = (head: Buffer): string => crc32(head.subarray(0, 128)).toString(16).padStart(8, "0");

/** The cloud's side, which answers each request unless a test says otherwise. */
export class UpdateCloud {
  readonly image: Buffer;
  readonly head: Buffer;
  /** Called with each request; the usual answer comes from `answer`. */
  onRequest: (request: UpdateRequest) => void = (request) => this.answer(request);
  readonly requests: UpdateRequest[] = [];
  readonly states: Record<string, string>[] = [];

  constructor(
    readonly board: KernelBoard,
    size: number,
    version = "2.0",
    kind = 0,
  ) {
    this.image = imageOf(size);
    this.head = headOf(size, version, kind);
    const { server } = board;
    const before = server.onPacket;
    server.onPacket = (packet) => {
      before(packet);
      if (packet.cmd !== "publish") return;
      if (packet.topic === `${BASE}/out/state`) this.states.push(JSON.parse(packet.payload.toString()) as Record<string, string>);
      if (packet.topic !== `${BASE}/out/request`) return;
      const request = JSON.parse(packet.payload.toString()) as UpdateRequest;
      this.requests.push(request);
      this.onRequest(request);
    };
  }

  send(topic: string, payload: Buffer | string, qos: 0 | 1 = 0): void {
    const packet = { cmd: "publish", topic: `${BASE}/in/${topic}`, payload, qos, dup: false, retain: false } as const;
    this.board.server.send(qos ? { ...packet, messageId: 77 } : packet);
  }

  offer(): void {
    this.send("offer", this.head, 1);
  }

  answer({ id, offset, length }: Pick<UpdateRequest, "id" | "offset" | "length">): void {
    this.send(`chunk/${id}/${offset}`, this.image.subarray(offset, offset + length));
  }

  get told(): string[] {
    return this.states.map(({ state }) => state!);
  }
}

/** A board with slots whose client is online. */
export async function onlineWithUpdates(kernel = "full-plain"): Promise<KernelBoard> {
  const board = await KernelBoard.make(kernel);
  board.updates = new FakeUpdates();
  board.power();
  board.call("client_start", 0);
  board.run(500);
  return board;
}
