import { encodeWhole } from "../../../assembly/sdk/encode";
import { matches } from "../../../assembly/sdk/topicFilter";

const FILTER: usize = memory.data(64);
const TOPIC: usize = memory.data(64);

function isMatch(filter: string, topic: string): bool {
  const filterLen = encodeWhole(filter, FILTER, 64);
  const topicLen = encodeWhole(topic, TOPIC, 64);
  return matches(FILTER, FILTER + filterLen, TOPIC, TOPIC + topicLen);
}

/** Source of the table: MQTT 3.1.1, 4.7.1 and 4.7.2. */
describe("assembly/sdk/topicFilter.ts", () => {
  it("matches plain filters only with themselves", () => {
    expect(isMatch("a/b", "a/b")).toBe(true);
    expect(isMatch("a/b", "a/B")).toBe(false);
    expect(isMatch("a/b", "a/b/")).toBe(false);
    expect(isMatch("a/b", "a")).toBe(false);
    expect(isMatch("a", "a/b")).toBe(false);
    expect(isMatch("/a", "a")).toBe(false);
  });

  it("lets # stand for the level above and all below", () => {
    expect(isMatch("sport/tennis/#", "sport/tennis")).toBe(true);
    expect(isMatch("sport/tennis/#", "sport/tennis/a/b")).toBe(true);
    expect(isMatch("sport/tennis/#", "sport/tennis1")).toBe(false);
    expect(isMatch("sport/#", "sport")).toBe(true);
    expect(isMatch("#", "a/b")).toBe(true);
    expect(isMatch("#", "/")).toBe(true);
  });

  it("lets + stand for exactly one level, empty ones too", () => {
    expect(isMatch("sport/+", "sport")).toBe(false);
    expect(isMatch("sport/+", "sport/")).toBe(true);
    expect(isMatch("sport/+", "sport/a/b")).toBe(false);
    expect(isMatch("+/+", "/finance")).toBe(true);
    expect(isMatch("/+", "/finance")).toBe(true);
    expect(isMatch("+", "/finance")).toBe(false);
    expect(isMatch("+/b/#", "a/b")).toBe(true);
    expect(isMatch("a/+/c", "a/b/d")).toBe(false);
  });

  it("keeps wildcards away from the server's own topics", () => {
    expect(isMatch("#", "$SYS/x")).toBe(false);
    expect(isMatch("+/x", "$SYS/x")).toBe(false);
    expect(isMatch("$SYS/#", "$SYS/x")).toBe(true);
    expect(isMatch("$SYS/+", "$SYS/x")).toBe(true);
  });
});
