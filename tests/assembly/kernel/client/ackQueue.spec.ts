import { AckQueue } from "../../../../assembly/kernel/client/ackQueue";

describe("kernel/client/ackQueue", () => {
  it("acknowledges in the order received, whatever the order of finishing", () => {
    const acks = new AckQueue(4);
    const first = acks.add(101);
    const second = acks.add(102);
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
    const first = acks.add(1);
    acks.add(2);
    expect(acks.add(3)).toBe(0);
    acks.settle(first);
    acks.pop();
    expect(acks.add(3)).not.toBe(0);
  });

  it("forgets what an earlier connection owed", () => {
    const acks = new AckQueue(4);
    const old = acks.add(7);
    acks.clear();
    const fresh = acks.add(8);
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
    acks.settle(acks.add(5));
    expect(acks.ready).toBe(5);
  });

  it("goes round its places for as long as it lives", () => {
    const acks = new AckQueue(3);
    for (let i = 1; i < 1000; i++) {
      acks.settle(acks.add(i));
      expect(acks.ready).toBe(i);
      acks.pop();
    }
  });
});
