import { isSubackCode, subscribeBytes, writeSubscribe, writeUnsubscribe } from "../../../../assembly/kernel/mqtt/subscribe";
import { at, utf8 } from "../../hex";
import { fresh, packet } from "./encode";

describe("kernel/mqtt/subscribe", () => {
  it("writes SUBSCRIBE with one filter and its QoS", () => {
    const filter = utf8("a/#");
    const out = fresh();
    writeSubscribe(out, 10, at(filter), 3, 1);
    expect(packet(out)).toBe("82 08 00 0a 00 03 61 2f 23 01");
    expect(out.length).toBe(subscribeBytes(3));
  });

  it("writes UNSUBSCRIBE with one filter", () => {
    const filter = utf8("a/#");
    const out = fresh();
    writeUnsubscribe(out, 258, at(filter), 3);
    expect(packet(out)).toBe("a2 07 01 02 00 03 61 2f 23");
  });

  it("counts the second byte of a long remaining length", () => {
    expect(subscribeBytes(122)).toBe(2 + 127);
    expect(subscribeBytes(123)).toBe(3 + 128);
  });

  it("knows the codes of SUBACK", () => {
    for (let code = 0; code < 256; code++) {
      expect(isSubackCode(code)).toBe(code == 0 || code == 1 || code == 2 || code == 0x80);
    }
  });
});
