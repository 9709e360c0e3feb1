/** assembly/kernel/tendrl/CONFORMANCE.md: each requirement names a test that exists, or says that it is open. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../../toolchain/build/paths.js";

/** Lines of each checklist: a requirement that gets lost here is noticed. */
const LINES: Readonly<Record<string, number>> = {
  "1 to 4 Configuration, discovery, session, topics": 27,
  "5 to 8 Messages, queue, offline storage": 22,
  "9 to 16 Time, states, interface": 7,
  "19 Acceptance checks": 8,
  "D1 to D23": 23,
};

const page = readFileSync(join(ROOT, "assembly/kernel/tendrl/CONFORMANCE.md"), "utf8");
const sections = new Map(page.split("\n## ").map((part) => [part.slice(0, part.indexOf("\n")), rows(part)] as const));
const files = new Map(sections.get("Files")!.map(([name, path]) => [name!, path!]));

/** The cells of the rows of a section's table, without its head and the line below it. */
function rows(part: string): string[][] {
  const lines = part.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));
  return lines.slice(1).map((line) =>
    line
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
}

/** Why a proof is none, or null. */
function flaw(proof: string): string | null {
  if (/^open: .{20,}/.test(proof)) return null;
  const [, name, test] = /^`(\w+): (.+)`$/.exec(proof) ?? [];
  const path = files.get(name ?? "");
  if (path === undefined || !existsSync(join(ROOT, path))) return `no such file: ${proof}`;
  return readFileSync(join(ROOT, path), "utf8").includes(test!) ? null : `no such test in ${path}: ${test}`;
}

describe("kernel/tendrl/CONFORMANCE.md", () => {
  it("has every line of every checklist", () => {
    assert.deepEqual(Object.fromEntries(Object.keys(LINES).map((section) => [section, sections.get(section)?.length])), LINES);
  });

  it("names for each line tests that exist, or says why it is open", () => {
    const lines = Object.keys(LINES).flatMap((section) => sections.get(section) ?? []);
    const flaws = lines.flatMap(([requirement, , proof]) =>
      proof!
        .split(/; (?=`|open)/)
        .map(flaw)
        .filter((each) => each !== null)
        .map((each) => `${requirement}: ${each}`),
    );
    assert.deepEqual(flaws, []);
  });

  it("notices a test and a file that are not there, and a line that says nothing", () => {
    assert.match(flaw("`url: takes nothing at all`")!, /no such test/);
    assert.match(flaw("`nobody: x`")!, /no such file/);
    assert.match(flaw("open: later")!, /no such file/);
  });
});
