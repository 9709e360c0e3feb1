import { NEVER_EXPIRES, isExpired, msUntilExpiry } from "../../../../assembly/kernel/ttl/deadline";

const NOON: i64 = 1732374523000;
const UNSET: i64 = -1;
const WALL: bool = true;
const MONOTONIC: bool = false;

describe("kernel/ttl/deadline", () => {
  it("expires when now reaches capture plus TTL, not a millisecond before", () => {
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 59999, 1)).toBe(false, "one ms early");
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 60000, 1)).toBe(true, "equal");
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON + 60001, 1)).toBe(true, "one ms late");
    expect(msUntilExpiry(NOON, WALL, 1, 60, 0, NOON + 59999, 1)).toBe(1);
    expect(msUntilExpiry(NOON, WALL, 1, 60, 0, NOON + 60000, 1)).toBe(0);
  });

  it("keeps for ever without a TTL", () => {
    expect(isExpired(NOON, WALL, 1, 0, 0, i64.MAX_VALUE, 1)).toBe(false);
    expect(msUntilExpiry(NOON, WALL, 1, 0, 0, NOON, 1)).toBe(NEVER_EXPIRES);
    expect(isExpired(NOON, WALL, 1, 1, 0, i64.MAX_VALUE, 1)).toBe(true, "one second does run out");
  });

  it("takes the longest TTL without overflow", () => {
    const longest = <i64>i32.MAX_VALUE * 1000;
    expect(isExpired(NOON, WALL, 1, i32.MAX_VALUE, 0, NOON + longest - 1, 1)).toBe(false);
    expect(isExpired(NOON, WALL, 1, i32.MAX_VALUE, 0, NOON + longest, 1)).toBe(true);
  });

  it("measures a capture without a valid clock by the monotonic clock of its boot", () => {
    expect(isExpired(5000, MONOTONIC, 3, 10, 14999, NOON, 3)).toBe(false);
    expect(isExpired(5000, MONOTONIC, 3, 10, 15000, NOON, 3)).toBe(true);
    expect(isExpired(5000, MONOTONIC, 3, 10, 15000, UNSET, 3)).toBe(true, "needs no wall clock");
  });

  it("lets the first setting of the wall clock expire nothing", () => {
    expect(isExpired(5000, MONOTONIC, 3, 10, 6000, UNSET, 3)).toBe(false);
    expect(isExpired(5000, MONOTONIC, 3, 10, 6000, NOON, 3)).toBe(false);
    expect(msUntilExpiry(5000, MONOTONIC, 3, 10, 6000, NOON, 3)).toBe(9000);
  });

  it("expires nothing after a reset until the clock is valid", () => {
    expect(isExpired(NOON, WALL, 1, 10, 1 << 40, UNSET, 2)).toBe(false);
    expect(isExpired(NOON, WALL, 1, 10, 0, NOON + 10000, 2)).toBe(true, "and then does");
  });

  it("never expires what no clock can date: captured in an earlier boot without a valid clock", () => {
    expect(isExpired(5000, MONOTONIC, 3, 10, 1 << 40, NOON, 4)).toBe(false);
    expect(msUntilExpiry(5000, MONOTONIC, 3, 10, 1 << 40, NOON, 4)).toBe(NEVER_EXPIRES);
  });

  it("is safe with a wall clock that moved backwards: the whole TTL from now at most", () => {
    expect(isExpired(NOON, WALL, 1, 60, 0, NOON - 86400000, 1)).toBe(false);
    expect(msUntilExpiry(NOON, WALL, 1, 60, 0, NOON - 86400000, 1)).toBe(60000);
    expect(msUntilExpiry(NOON, WALL, 1, 60, 0, 0, 1)).toBe(60000);
  });

  it("expires nothing at extreme capture times by overflow", () => {
    expect(isExpired(i64.MAX_VALUE, WALL, 1, 60, 0, NOON, 1)).toBe(false);
    expect(isExpired(i64.MIN_VALUE, WALL, 1, 60, 0, i64.MAX_VALUE, 1)).toBe(false);
  });
});
