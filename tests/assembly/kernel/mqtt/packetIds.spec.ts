import { PacketIds } from "../../../../assembly/kernel/mqtt/packetIds";

describe("kernel/mqtt/packetIds", () => {
  it("begins at 1 and goes up", () => {
    const ids = new PacketIds(4);
    expect(ids.take()).toBe(1);
    expect(ids.take()).toBe(2);
  });

  it("wraps from 65535 to 1 and skips what is in use", () => {
    const ids = new PacketIds(4, 65533);
    expect(ids.take()).toBe(65534);
    expect(ids.take()).toBe(65535);
    expect(ids.take()).toBe(1);
    ids.release(65535);
    const again = new PacketIds(3, 0);
    expect(again.take()).toBe(1);
    for (let i = 2; i <= 65535; i++) again.release(again.take());
    expect(again.take()).toBe(2, "1 is in use still");
  });

  it("leaves those above its top to whoever claims them", () => {
    const ids = new PacketIds(3, 9);
    ids.top = 10;
    expect(ids.claim(11)).toBe(true);
    expect(ids.claim(11)).toBe(false, "in use");
    expect(ids.take()).toBe(10);
    expect(ids.take()).toBe(1);
    expect(ids.claim(12)).toBe(false, "as many as it may hold are in use");
    ids.release(11);
    expect(ids.claim(12)).toBe(true);
  });

  it("says 0 when as many are in use as it may hold", () => {
    const ids = new PacketIds(2);
    ids.take();
    const second = ids.take();
    expect(ids.take()).toBe(0);
    expect(ids.release(second)).toBe(true);
    expect(ids.take()).toBe(3);
  });

  it("releases what is in use, once", () => {
    const ids = new PacketIds(2);
    const id = ids.take();
    expect(ids.release(id)).toBe(true);
    expect(ids.release(id)).toBe(false);
    expect(ids.release(0)).toBe(false);
    expect(ids.release(999)).toBe(false);
  });

  it("never gives 0 nor one in use over 200,000 takes", () => {
    const ids = new PacketIds(8);
    const held = new StaticArray<i32>(8);
    for (let i = 0; i < 200000; i++) {
      const slot = i & 7;
      if (held[slot]) ids.release(held[slot]);
      const id = ids.take();
      let isFresh = id >= 1 && id <= 65535;
      for (let j = 0; j < 8; j++) if (j != slot && held[j] == id) isFresh = false;
      if (!isFresh) expect(id).toBe(-1, `take ${i}`);
      held[slot] = id;
    }
  });
});
