/** assembly/kernel/mqtt/CONFORMANCE.md: each requirement names a test that exists, or says that it is open. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../../toolchain/build/paths.js";

/** Lines of each checklist: a requirement that gets lost here is noticed. */
const LINES: Readonly<Record<string, number>> = {
  "5 Layouts": 10,
  "6.1 Encoding": 8,
  "6.2 Packet identifiers": 6,
  "6.3 Connect": 18,
  "6.4 Keep-alive": 4,
  "6.5 Publish and acknowledgements": 9,
  "6.6 Subscribe and unsubscribe": 5,
  "6.7 Disconnect and errors": 5,
  "6.8 Topic filters": 4,
  "7 QoS state machines": 18,
  "8 Properties and reason codes": 4,
  "9 MQTT 5 on a device": 31,
  "10 Required behaviour": 13,
  "U1 to U18": 18,
};

interface Line {
  requirement: string;
  proofs: string[];
}

const page = readFileSync(join(ROOT, "assembly/kernel/mqtt/CONFORMANCE.md"), "utf8");
const sections = new Map(page.split("\n## ").map((part) => [part.slice(0, part.indexOf("\n")), rows(part)] as const));
const files = new Map([...sections.values()][0]!.map(([name, path]) => [name!, path!]));

/** The cells of the rows of a section's table, without its head. */
function rows(part: string): string[][] {
  const lines = part.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(1).map((line) => line.slice(2, -2).split(" | "));
}

function linesOf(section: string): Line[] {
  return (sections.get(section) ?? []).map(([requirement, , proof]) => ({
    requirement: requirement!,
    proofs: proof!.split(/; (?=`|open)/),
  }));
}

/** Why a proof is none, or null. */
function flaw(proof: string): string | null {
  if (/^open: .{20,}/.test(proof)) return null;
  const [, name, test] = /^`(\w+): (.+)`$/.exec(proof) ?? [];
  const path = files.get(name ?? "");
  if (path === undefined || !existsSync(join(ROOT, path))) return `no such file: ${proof}`;
  return readFileSync(join(ROOT, path), "utf8").includes(test!) ? null : `no such test in ${path}: ${test}`;
}

describe("kernel/mqtt/CONFORMANCE.md", () => {
  it("has every line of every checklist", () => {
    const found = Object.fromEntries(Object.keys(LINES).map((section) => [section, linesOf(section).length]));
    assert.deepEqual(found, LINES);
  });

  for (const section of Object.keys(LINES)) {
    it(`${section}: each line names tests that exist, or is open and says why`, () => {
      const flaws = linesOf(section).flatMap(({ requirement, proofs }) =>
        proofs
          .map(flaw)
          .filter((each) => each !== null)
          .map((each) => `${requirement}: ${each}`),
      );
      assert.deepEqual(flaws, []);
    });
  }

  it("notices a test that is not there, a file that is not there, and a line that says nothing", () => {
    assert.match(flaw("`parser: refuses nothing at all`")!, /no such test/);
    assert.match(flaw("`nobody: x`")!, /no such file/);
    assert.match(flaw("open: later")!, /no such file/);
    assert.equal(flaw("`parser: starts anew after reset`"), null);
  });
});
