import { Backoff } from "../../../../assembly/kernel/client/backoff";
import { Retry } from "../../../../assembly/kernel/mqtt/retry";

/** Random words that give the shortest, the middle and the longest wait of base 1000 (501 values). */
const SHORTEST: u32 = 0;
const MIDDLE: u32 = 250;
const LONGEST: u32 = 500;

describe("kernel/client/backoff", () => {
  it("doubles from one second to two minutes", () => {
    const backoff = new Backoff();
    const expected: i32[] = [1000, 2000, 4000, 8000, 16000, 32000, 64000, 120000, 120000, 120000];
    for (let i = 0; i < expected.length; i++) {
      const base = expected[i];
      expect(backoff.next(Retry.Normal, base >> 2)).toBe(base, `attempt ${i}`);
    }
  });

  it("spreads by a quarter to either side", () => {
    expect(new Backoff().next(Retry.Normal, SHORTEST)).toBe(750);
    expect(new Backoff().next(Retry.Normal, MIDDLE)).toBe(1000);
    expect(new Backoff().next(Retry.Normal, LONGEST)).toBe(1250);
    for (let random: u32 = 0; random < 100000; random += 37) {
      const wait = new Backoff().next(Retry.Normal, random * 2654435761);
      expect(wait >= 750 && wait <= 1250).toBe(true);
    }
  });

  it("starts over after reset", () => {
    const backoff = new Backoff();
    backoff.next(Retry.Normal, 0);
    backoff.next(Retry.Normal, 0);
    backoff.reset();
    expect(backoff.next(Retry.Normal, MIDDLE)).toBe(1000);
  });

  it("waits a quarter of an hour after a permanent refusal, and does not grow by it", () => {
    const backoff = new Backoff();
    expect(backoff.next(Retry.Permanent, 225000)).toBe(900000);
    expect(backoff.next(Retry.Normal, MIDDLE)).toBe(1000);
  });
});
