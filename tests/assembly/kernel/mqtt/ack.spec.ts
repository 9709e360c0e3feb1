import { ACK_BYTES, writeAck } from "../../../../assembly/kernel/mqtt/ack";
import { Packet } from "../../../../assembly/kernel/mqtt/fixedHeader";
import { fresh, packet } from "./encode";

describe("kernel/mqtt/ack", () => {
  it("echoes the packet identifier, big-endian", () => {
    const out = fresh();
    writeAck(out, Packet.Puback, 0x1234);
    expect(packet(out)).toBe("40 02 12 34");
    expect(out.length).toBe(ACK_BYTES);
  });

  it("gives PUBREL its reserved flags", () => {
    const out = fresh();
    writeAck(out, Packet.Pubrel, 65535);
    expect(packet(out)).toBe("62 02 ff ff");
  });
});
