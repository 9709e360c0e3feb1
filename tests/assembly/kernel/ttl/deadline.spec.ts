import { NEVER_EXPIRES, isExpired, msUntilExpiry } from "../../../../assembly/kernel/ttl/deadline";

const NOON: i64 = 1732374523000;
const WALL: bool = true;
const MONOTONIC: bool = false;

describe("kernel/ttl/deadline", () => {
  it("expires when now reaches capture plus TTL, not a millisecond before", () => {
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 59999, 1)).toBe(false, "one ms early");
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 60000, 1)).toBe(true, "equal");
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 60001, 1)).toBe(true, "one ms late");
    expect(msUntilExpiry(NOON, WALL, 1, 60, 0, NOON + 59999, 1)).toBe(1);
  });
});
