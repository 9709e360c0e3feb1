import { PublishHead, publishFlags } from "../../../../assembly/kernel/mqtt/publish";
import { fresh, packet } from "./encode";

function head(topicLen: i32, payloadLen: i32, qos: i32): PublishHead {
  const publish = new PublishHead();
  publish.topicLen = topicLen;
  publish.payloadLen = payloadLen;
  publish.flags = publishFlags(qos, false, false);
  return publish;
}

function written(publish: PublishHead): string {
  const out = fresh();
  publish.write(out);
  return packet(out);
}

describe("kernel/mqtt/publish", () => {
  it("writes the head of QoS 0 and QoS 1; only the latter counts an identifier", () => {
    expect(written(head(3, 2, 0))).toBe("30 07 00 03");
    expect(written(head(3, 2, 1))).toBe("32 09 00 03");
  });

  it("flags DUP and RETAIN", () => {
    const publish = head(3, 2, 1);
    publish.flags = publishFlags(1, true, false);
    expect(written(publish)).toBe("3a 09 00 03");
    publish.flags = publishFlags(1, true, true);
    expect(written(publish)).toBe("3b 09 00 03");
  });

  it("counts topic, identifier and payload in the remaining length", () => {
    expect(head(3, 2, 0).remaining).toBe(7);
    expect(head(3, 2, 1).remaining).toBe(9);
    expect(written(head(3, 122, 0))).toBe("30 7f 00 03");
    expect(written(head(3, 123, 0))).toBe("30 80 01 00 03");
  });

  it("reads every first byte, and refuses QoS 3 and DUP without QoS", () => {
    const publish = new PublishHead();
    for (let flags = 0; flags < 16; flags++) {
      const qos = (flags >> 1) & 3;
      const isDup = (flags & 8) != 0;
      expect(publish.readFlags(0x30 | flags)).toBe(qos != 3 && !(isDup && qos == 0), `flags ${flags}`);
      expect(publish.qos).toBe(qos);
      expect(publish.isDup).toBe(isDup);
      expect(publish.isRetained).toBe((flags & 1) != 0);
    }
  });
});
