/** Boards with MQTT 5 that face a scripted server. */
import assert from "node:assert/strict";
import type { IConnackPacket, IPublishPacket } from "mqtt-packet";
import { KernelBoard, STATE } from "../../../fakes/kernelBoard.js";

export const KERNEL = "full-plain-v5";

export type Properties = NonNullable<IConnackPacket["properties"]>;

/** A board that is about to connect to a server which announces these properties and then answers everything. */
export async function facing(properties: Properties = {}, config: Record<string, string> = {}, kernel = KERNEL): Promise<KernelBoard> {
  const board = await KernelBoard.make(kernel);
  Object.assign(board.config, config);
  board.server.onPacket = (packet) => {
    if (packet.cmd === "connect") board.server.send({ cmd: "connack", reasonCode: 0, sessionPresent: false, properties });
    else board.server.oblige(packet);
  };
  board.power();
  board.call("client_start", 0);
  board.run(500);
  assert.equal(board.stats().clientState, STATE.Online);
  return board;
}

export const published = (board: KernelBoard): IPublishPacket[] => board.server.all("publish");
/** The reason of the last DISCONNECT that the kernel sent. */
export const farewell = (board: KernelBoard): number | undefined => board.server.all("disconnect").at(-1)?.reasonCode;
