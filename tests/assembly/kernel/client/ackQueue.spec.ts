import { Accepted, AckQueue } from "../../../../assembly/kernel/client/ackQueue";
import { sessionState } from "../../../../assembly/kernel/client/sessionState";
import { limits } from "../../../../assembly/kernel/limits";
import { Packet } from "../../../../assembly/kernel/mqtt/fixedHeader";

describe("kernel/client/ackQueue", () => {
  it("acknowledges in the order received, whatever the order of finishing", () => {
    const acks = new AckQueue(4);
    const first = acks.accept(1, 101);
    const second = acks.accept(1, 102);
    acks.settle(second);
    expect(acks.ready).toBe(0, "the first is not done");
    acks.settle(first);
    expect(acks.ready).toBe(101);
    acks.pop();
    expect(acks.ready).toBe(102);
    acks.pop();
    expect(acks.ready).toBe(0);
  });

  it("gives no ticket when it is full, and one again once there is room", () => {
    const acks = new AckQueue(2);
    const first = acks.accept(1, 1);
    acks.accept(1, 2);
    expect(acks.accept(1, 3)).toBe(0);
    acks.settle(first);
    acks.pop();
    expect(acks.accept(1, 3)).not.toBe(0);
  });

  it("forgets what an earlier connection owed", () => {
    const acks = new AckQueue(4);
    const old = acks.accept(1, 7);
    acks.clear();
    const fresh = acks.accept(1, 8);
    acks.settle(old);
    expect(acks.ready).toBe(0);
    acks.settle(fresh);
    expect(acks.ready).toBe(8);
  });

  it("ignores the ticket of nobody", () => {
    const acks = new AckQueue(4);
    acks.settle(0);
    acks.settle(99);
    expect(acks.ready).toBe(0);
    acks.settle(acks.accept(1, 5));
    expect(acks.ready).toBe(5);
  });

  it("goes round its places for as long as it lives", () => {
    const acks = new AckQueue(3);
    for (let i = 1; i < 1000; i++) {
      acks.settle(acks.accept(1, i));
      expect(acks.ready).toBe(i);
      acks.pop();
    }
  });

  it("owes nothing for QoS 0", () => {
    const acks = new AckQueue(4);
    expect(acks.accept(0, 0)).toBe(Accepted.Nothing);
    expect(acks.ready).toBe(0);
  });

  it("owes PUBREC for QoS 2, in order with the PUBACKs", () => {
    sessionState.clear();
    const acks = new AckQueue(4);
    const first = acks.accept(2, 7);
    const second = acks.accept(1, 8);
    acks.settle(second);
    expect(acks.ready).toBe(0, "the first is not done");
    acks.settle(first);
    expect(acks.ready).toBe(7);
    expect(acks.packet).toBe(Packet.Pubrec);
    acks.pop();
    expect(acks.ready).toBe(8);
    expect(acks.packet).toBe(Packet.Puback);
  });

  it("knows a QoS 2 message again, over connections, until it is released", () => {
    sessionState.clear();
    const acks = new AckQueue(4);
    const receipt = acks.accept(2, 7);
    acks.clear();
    expect(acks.accept(2, 7)).toBe(Accepted.Known, "sent again while the app has it");
    expect(acks.ready).toBe(0);
    acks.settle(receipt);
    expect(acks.ready).toBe(7, "the receipt of the earlier connection settles it");
    acks.pop();
    expect(acks.accept(2, 7)).toBe(Accepted.Known, "sent again after its PUBREC was lost");
    expect(acks.ready).toBe(7);
    acks.pop();
    expect(sessionState.forget(7)).toBe(true);
    expect(sessionState.forget(7)).toBe(false);
    expect(acks.accept(2, 7)).toBeGreaterThan(0, "a new message");
  });

  it("does not take a receipt of an earlier session for one of this", () => {
    sessionState.clear();
    const acks = new AckQueue(4);
    const old = acks.accept(2, 7);
    acks.clear();
    sessionState.clear();
    acks.accept(2, 7);
    acks.settle(old);
    expect(acks.ready).toBe(0);
  });

  it("says when more QoS 2 messages are under way than it can tell apart", () => {
    sessionState.clear();
    const acks = new AckQueue(64);
    for (let id = 1; id <= limits.received; id++) expect(acks.accept(2, id)).toBeGreaterThan(0);
    expect(acks.accept(2, 100)).toBe(Accepted.Full);
    sessionState.forget(1);
    expect(acks.accept(2, 100)).toBeGreaterThan(0);
  });
});
