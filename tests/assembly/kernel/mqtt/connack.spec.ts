import { isConnack, isPermanentRefusal } from "../../../../assembly/kernel/mqtt/connack";

describe("kernel/mqtt/connack", () => {
  it("knows the two bytes that can be", () => {
    expect(isConnack(0, 0)).toBe(true);
    expect(isConnack(1, 0)).toBe(true);
    expect(isConnack(0, 5)).toBe(true);
    expect(isConnack(2, 0)).toBe(false, "reserved flag");
    expect(isConnack(0, 6)).toBe(false, "unknown code");
    expect(isConnack(1, 5)).toBe(false, "a session with a refusal");
  });

  it("tells refusals that time heals from those it does not", () => {
    expect(isPermanentRefusal(3)).toBe(false);
    expect(isPermanentRefusal(0)).toBe(false);
    expect(isPermanentRefusal(1)).toBe(true);
    expect(isPermanentRefusal(2)).toBe(true);
    expect(isPermanentRefusal(4)).toBe(true);
    expect(isPermanentRefusal(5)).toBe(true);
  });
});
