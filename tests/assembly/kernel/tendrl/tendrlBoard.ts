/** A kernel board at a scripted Tendrl cloud. */
import { KernelBoard, type Row } from "../../../fakes/kernelBoard.js";
import { ScriptedWeb } from "../../../fakes/scriptedWeb.js";

export const ENTITY = { jti: "entity:gateway", sub: "1001:us-east:gateway" };
export const KEY = "secret-key";
export const PUBLISH_TOPIC = "1001/us-east/entity:gateway/publish";
export const MESSAGES_TOPIC = "1001/us-east/entity:gateway/messages";

/** `FLAG_ENVELOPE | FLAG_QOS_1`, and with FLAG_OFFLINE (sdk/flags.ts). */
export const ENVELOPE = 0x10;
export const OFFLINE = 0x11;
export const KIND_SHIFT = 12;

export function httpAnswer(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

export const CLAIMS = httpAnswer("200 OK", JSON.stringify({ iss: "test", ...ENTITY, limits: { jti: "not this" } }));

export async function tendrlBoard(kernel = "full-tendrl", config: Record<string, string> = {}, sectors = 16): Promise<KernelBoard> {
  const board = await KernelBoard.make(kernel, sectors);
  board.web = new ScriptedWeb(() => CLAIMS);
  board.webPort = 8443;
  board.heapBytes = [81_920, 163_840, 50_000];
  board.config = {
    "tendrl.apiKey": KEY,
    "tendrl.appUrl": "https://app.test:8443",
    "mqtt.host": "broker.test",
    ...config,
  };
  return board;
}

export async function onlineBoard(kernel?: string, config?: Record<string, string>): Promise<KernelBoard> {
  const board = await tendrlBoard(kernel, config);
  board.power();
  board.call("client_start", 0);
  board.run(1000);
  return board;
}

/** Publishes data in the envelope. What cloud_commit answers, or the first refusal. */
export function send(board: KernelBoard, data: string, { context = "", flags = ENVELOPE, ttl = 0 } = {}): number {
  const handle = board.call("cloud_begin", context, Buffer.byteLength(data), flags, ttl);
  if (handle < 0) return handle;
  for (let at = 0; at < data.length; at += 300) {
    const written = board.call("cloud_write", handle, data.slice(at, at + 300));
    if (written < 0) return written;
  }
  return board.call("cloud_commit", handle, { out: new Uint8Array(8) });
}

/** Payloads of the PUBLISH packets that came, heartbeats left out. */
export function published(board: KernelBoard): string[] {
  return board.server
    .all("publish")
    .map(({ payload }) => payload.toString())
    .filter((text) => !text.includes('"msg_type":"heartbeat"'));
}

const COUNTERS = [
  "heartbeats",
  "heartbeatsMissed",
  "invalidMessages",
  "flaggedMessages",
  "tooLargeMessages",
  "callbackFailures",
  "discoveries",
  "authFailures",
  "untimed",
] as const;

export function counters(board: KernelBoard): Record<(typeof COUNTERS)[number], number> {
  const bytes = new Uint8Array(COUNTERS.length * 4);
  board.call("cloud_stats" satisfies Row, { out: bytes });
  const view = new DataView(bytes.buffer);
  return Object.fromEntries(COUNTERS.map((name, i) => [name, view.getInt32(i * 4, true)])) as Record<(typeof COUNTERS)[number], number>;
}
