import { isTopicFilter, isTopicName, matchesTopic } from "../../../../assembly/kernel/mqtt/topicFilter";
import { at, bytes, utf8 } from "../../hex";

function matches(filter: string, topic: string): bool {
  const f = utf8(filter);
  const t = utf8(topic);
  return matchesTopic(at(f), f.length, at(t), t.length);
}

function isFilter(text: string): bool {
  const data = utf8(text);
  return isTopicFilter(at(data), data.length);
}

function isName(text: string): bool {
  const data = utf8(text);
  return isTopicName(at(data), data.length);
}

describe("kernel/mqtt/topicFilter", () => {
  it("matches a trailing # with the parent level and all below", () => {
    expect(matches("sport/#", "sport")).toBe(true);
    expect(matches("sport/#", "sport/a")).toBe(true);
    expect(matches("sport/#", "sport/a/b")).toBe(true);
    expect(matches("sport/#", "sports")).toBe(false);
    expect(matches("1/2/#", "1/2")).toBe(true);
    expect(matches("1/2/#", "1/2/3")).toBe(true);
    expect(matches("1/2/#", "1/2s/s")).toBe(false);
    expect(matches("+/#", "sport")).toBe(true);
  });

  it("matches + with exactly one level, also an empty one", () => {
    expect(matches("sport/+", "sport/a")).toBe(true);
    expect(matches("sport/+", "sport/")).toBe(true);
    expect(matches("sport/+", "sport")).toBe(false);
    expect(matches("sport/+", "sport/a/b")).toBe(false);
    expect(matches("+/+", "/finance")).toBe(true);
    expect(matches("+/+", "finance")).toBe(false);
    expect(matches("/+", "/finance")).toBe(true);
    expect(matches("/+", "finance")).toBe(false);
    expect(matches("+", "finance")).toBe(true);
    expect(matches("+", "/finance")).toBe(false);
    expect(matches("a/+/c", "a/b/c")).toBe(true);
    expect(matches("a/+/c", "a/b/d")).toBe(false);
  });

  it("keeps leading wildcards from topics that begin with $", () => {
    expect(matches("#", "$SYS/x")).toBe(false);
    expect(matches("#", "a/b")).toBe(true);
    expect(matches("+", "$SYS")).toBe(false);
    expect(matches("$SYS/#", "$SYS")).toBe(true);
    expect(matches("$SYS/#", "$SYS/x")).toBe(true);
    expect(matches("$SYS/#", "SYS/x")).toBe(false);
  });

  it("compares exactly", () => {
    expect(matches("a/b", "a/b")).toBe(true);
    expect(matches("a/b", "A/b")).toBe(false);
    expect(matches("/a", "a")).toBe(false);
    expect(matches("a//b", "a/b")).toBe(false);
    expect(matches("a//b", "a//b")).toBe(true);
    expect(matches("a", "a/")).toBe(false);
    expect(matches("a/", "a")).toBe(false);
    expect(matches("ab", "a")).toBe(false);
  });

  it("knows valid filters", () => {
    expect(isFilter("#")).toBe(true);
    expect(isFilter("+")).toBe(true);
    expect(isFilter("a/+/b/#")).toBe(true);
    expect(isFilter("/")).toBe(true);
    expect(isFilter("a#")).toBe(false);
    expect(isFilter("a/#/b")).toBe(false);
    expect(isFilter("#/")).toBe(false);
    expect(isFilter("a+")).toBe(false);
    expect(isFilter("+a/b")).toBe(false);
    expect(isFilter("")).toBe(false);
  });

  it("knows topic names: no wildcard, no NUL, not empty, well-formed", () => {
    expect(isName("a/b")).toBe(true);
    expect(isName("grün/€")).toBe(true);
    expect(isName("a/+")).toBe(false);
    expect(isName("a#")).toBe(false);
    expect(isName("")).toBe(false);
    const nul = bytes("61 00");
    expect(isTopicName(at(nul), 2)).toBe(false);
    const cut = bytes("61 e2 82");
    expect(isTopicName(at(cut), 3)).toBe(false);
    expect(isTopicFilter(at(cut), 3)).toBe(false);
  });
});
