/** Publishes as fast as the kernel takes: RAM-queued until the queue is full, or stored with a bounded backlog. */
import { after, Client, configFlag, configInteger, Counter, FLAG_OFFLINE, FLAG_QOS_1 } from "wasmote";

const TOPIC: string = "devices/bench/readings/speed"; // 28 bytes
const PAYLOAD_BYTES: i32 = 100;
/** Calls in one round, so that the kernel has its turn: more than its queue holds. */
const CALLS: i32 = 16;
/** Stored readings that may wait; without a bound the flash would fill before it drains. */
const BACKLOG: u32 = 16;

const client = new Client();
const payload = new StaticArray<u8>(PAYLOAD_BYTES);
let flags: i32 = 0;

function publishSome(): void {
  const isStored = (flags & FLAG_OFFLINE) != 0;
  const calls = isStored ? BACKLOG - min(client.counter(Counter.Waiting), BACKLOG) : CALLS;
  for (let i: u32 = 0; i < calls; i++) {
    if (client.publishBytes(TOPIC, payload, PAYLOAD_BYTES, flags) < 0) break;
  }
  after(0, publishSome);
}

export function setup(): void {
  memory.fill(changetype<usize>(payload), 0x62, PAYLOAD_BYTES);
  flags = (configInteger("app.qos", 1) ? FLAG_QOS_1 : 0) | (configFlag("app.isStored", false) ? FLAG_OFFLINE : 0);
  client.start();
  after(0, publishSome);
}
