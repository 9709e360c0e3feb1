import { isJson, JsonMembers } from "../../../assembly/lib/jsonMembers";
import { at, text, utf8 } from "../hex";

const members = new JsonMembers();

/** The walk over a text as `name=value` behind each other; "!" in front: broken. */
function walk(json: string): string {
  const bytes = utf8(json);
  if (!members.open(at(bytes), bytes.length)) return "-";
  let found = "";
  while (members.next()) found += text(members.name, members.nameLen) + "=" + text(members.value, members.valueLen) + ";";
  return (members.isBroken ? "!" : "") + found;
}

function isWhole(json: string): bool {
  const bytes = utf8(json);
  return isJson(at(bytes), bytes.length);
}

describe("lib/jsonMembers", () => {
  it("gives the members of an object as they stand, what is nested as one span", () => {
    expect(walk(' { "a" : 1 , "b":{"c":[1,{"d":2}]},"e":"x\\"y","f":null } ')).toBe('a=1;b={"c":[1,{"d":2}]};e="x\\"y";f=null;');
    expect(walk("{}")).toBe("");
  });

  it("gives the elements of a list, without names", () => {
    expect(walk('[1,"a",[2],{}]')).toBe('=1;="a";=[2];={};');
    expect(members.isList).toBe(true);
    expect(walk("[ ]")).toBe("");
  });

  it("leaves escapes of a name as they stand", () => {
    expect(walk('{"a\\u0062\\n":true}')).toBe("a\\u0062\\n=true;");
  });

  it("opens nothing but objects and lists", () => {
    const others: string[] = ["", " ", "1", '"{}"', "null", "x"];
    for (let i = 0; i < others.length; i++) expect(walk(others[i])).toBe("-", others[i]);
  });

  it("is broken where the text is, after what came before", () => {
    expect(walk('{"a":1,"b"}')).toBe("!a=1;");
    expect(walk('{"a":1')).toBe("!a=1;");
    expect(walk('{"a":1 "b":2}')).toBe("!a=1;");
    expect(walk('{"a":1} x')).toBe("!a=1;");
    expect(walk('{"a":01}')).toBe("!");
    expect(walk('{"a":"\\x"}')).toBe("!");
    expect(walk("[1,2")).toBe("!=1;=2;");
    expect(walk("{a:1}")).toBe("!");
  });

  it("does not take a comma for a member", () => {
    expect(walk("[1,]").startsWith("!")).toBe(true);
    expect(walk('{"a":1,}').startsWith("!")).toBe(true);
    expect(walk("[,1]").startsWith("!")).toBe(true);
  });

  it("knows numbers as JSON has them, and none that a double cannot hold", () => {
    const good: string[] = ["0", "-0", "10", "1.5", "-1.25e10", "1E+307", "1e-400", "0.1e3"];
    for (let i = 0; i < good.length; i++) expect(isWhole(good[i])).toBe(true, good[i]);
    const bad: string[] = ["-", "01", "1.", ".5", "1e", "1e+", "+1", "1e308", "0x1", "NaN"];
    for (let i = 0; i < bad.length; i++) expect(isWhole(bad[i])).toBe(false, bad[i]);
  });

  it("knows words and texts to their last letter", () => {
    const good: string[] = ["true", "false", "null", '""', '"\\u12aF\\\\\\/\\b\\f\\n\\r\\t"', "[]", "{}", ' {"a":[[[]]]} '];
    for (let i = 0; i < good.length; i++) expect(isWhole(good[i])).toBe(true, good[i]);
    const bad: string[] = ["tru", "truee", "nul", "False", '"', '"a', '"\\u12g4"', '"\\u123"', '"\\', "true false", '"a" "b"', "[}", "{]"];
    for (let i = 0; i < bad.length; i++) expect(isWhole(bad[i])).toBe(false, bad[i]);
    expect(isWhole('"\t"')).toBe(false);
    expect(isWhole('"\u0001"')).toBe(false);
  });

  it("steps over 31 brackets, and over no more", () => {
    expect(isWhole("[".repeat(31) + "]".repeat(31))).toBe(true);
    expect(isWhole("[".repeat(32) + "]".repeat(32))).toBe(false);
    expect(isWhole('{"a":'.repeat(31) + "1" + "}".repeat(31))).toBe(true);
  });

  it("never looks behind the end it was given", () => {
    const bytes = utf8('{"a":[1,2],"b":"xyz"}');
    for (let len = 0; len < bytes.length; len++) {
      expect(isJson(at(bytes), len)).toBe(false);
      if (!members.open(at(bytes), len)) continue;
      while (members.next()) expect(members.value + members.valueLen <= at(bytes) + len).toBe(true);
      expect(members.isBroken).toBe(true);
    }
  });

  it("walks a list inside a walk", () => {
    const bytes = utf8('{"a":[1,2],"b":3}');
    const inner = new JsonMembers();
    let sum = "";
    members.open(at(bytes), bytes.length);
    while (members.next()) {
      sum += text(members.name, members.nameLen);
      if (members.kind != 0x5b) continue;
      inner.open(members.value, members.valueLen);
      while (inner.next()) sum += text(inner.value, inner.valueLen);
      expect(inner.isBroken).toBe(false);
    }
    expect(sum).toBe("a12b");
    expect(members.isBroken).toBe(false);
  });
});
