import { EMPTY_BYTES, writeEmpty } from "../../../../assembly/kernel/mqtt/empty";
import { Packet } from "../../../../assembly/kernel/mqtt/fixedHeader";
import { fresh, packet } from "./encode";

describe("kernel/mqtt/empty", () => {
  it("writes PINGREQ and DISCONNECT", () => {
    const ping = fresh();
    writeEmpty(ping, Packet.Pingreq);
    expect(packet(ping)).toBe("c0 00");
    const goodbye = fresh();
    writeEmpty(goodbye, Packet.Disconnect);
    expect(packet(goodbye)).toBe("e0 00");
    expect(goodbye.length).toBe(EMPTY_BYTES);
  });
});
