import { after } from "wasmote";
import { Client, Options, TendrlMessage } from "wasmote/tendrl";

const OFF_MS: i32 = 1500;

const options = new Options();
options.mode = "async";
options.freq = 20;
const client = new Client(options);
let ticks: i32 = 0;
let ticksAtStop: i32 = 0;

function tick(): i32 {
  ticks++;
  return 0;
}

/** What the background task did while the client was stopped, and what a publish answered then. */
function again(): void {
  const whileOff = ticks - ticksAtStop;
  const answer = client.publish("off");
  client.start();
  client.publishJson(`{"before":${ticksAtStop},"whileOff":${whileOff},"answer":${answer},"enabled":${i32(client.clientEnabled)}}`);
}

function onMessage(message: TendrlMessage): i32 {
  after(0, () => {
    client.stop();
    ticksAtStop = ticks;
    after(OFF_MS, again);
  });
  return 0;
}

export function setup(): void {
  client.setCallback(onMessage);
  client.addBackgroundTask(tick);
  client.start();
}
