import type { KernelBoard } from "./kernelBoard.js";

/**
 * What the server saw since it was last asked: "publish 1 dup", "pubrel 1"; CONNECT and PINGREQ left out. base: taken off the
 * identifiers above it.
 */
export function packetsSeen({ server }: KernelBoard, base: number): string[] {
  const packets = server.packets.filter(({ cmd }) => cmd !== "connect" && cmd !== "pingreq");
  server.packets = [];
  return packets.map((packet) => {
    const id = packet.messageId ?? 0;
    return `${packet.cmd} ${id > base ? id - base : id}${packet.cmd === "publish" && packet.dup ? " dup" : ""}`;
  });
}
