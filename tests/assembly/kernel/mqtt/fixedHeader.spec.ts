import {
  Packet,
  REMAINING_LENGTH_MAX,
  remainingLengthBytes,
  writeField,
  writeFixedHeader,
} from "../../../../assembly/kernel/mqtt/fixedHeader";
import { at, utf8 } from "../../hex";
import { fresh, packet } from "./encode";

function header(remaining: i32): string {
  const out = fresh();
  writeFixedHeader(out, 0x30, remaining);
  expect(out.length).toBe(1 + remainingLengthBytes(remaining));
  return packet(out);
}

describe("kernel/mqtt/fixedHeader", () => {
  it("writes the first and last remaining length of each size, shortest form", () => {
    expect(header(0)).toBe("30 00");
    expect(header(127)).toBe("30 7f");
    expect(header(128)).toBe("30 80 01");
    expect(header(16383)).toBe("30 ff 7f");
    expect(header(16384)).toBe("30 80 80 01");
    expect(header(2097151)).toBe("30 ff ff 7f");
    expect(header(2097152)).toBe("30 80 80 80 01");
    expect(header(REMAINING_LENGTH_MAX)).toBe("30 ff ff ff 7f");
  });

  it("carries the reserved flags of each type", () => {
    expect(Packet.Pubrel & 15).toBe(2);
    expect(Packet.Subscribe & 15).toBe(2);
    expect(Packet.Unsubscribe & 15).toBe(2);
    expect(Packet.Connect & 15).toBe(0);
    expect(Packet.Puback & 15).toBe(0);
    expect(Packet.Disconnect & 15).toBe(0);
  });

  it("counts the bytes of a field, not its characters", () => {
    const name = utf8("grün");
    const out = fresh();
    writeField(out, at(name), name.length);
    expect(packet(out)).toBe("00 05 67 72 c3 bc 6e");
  });
});
