/**
 * Holds a CONFORMANCE.md to the tests. Its first table names files (name, path); each section behind it has a table whose first cell
 * is a requirement and whose last one its proofs, separated by `; `: `name: words of the test's title`, or `open: why`.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../toolchain/build/paths.js";

interface Line {
  readonly requirement: string;
  readonly proofs: readonly string[];
}

export class ConformancePage {
  readonly #sections: ReadonlyMap<string, string[][]>;
  readonly #files: ReadonlyMap<string, string>;

  /** path: from the repository. */
  constructor(path: string) {
    const page = readFileSync(join(ROOT, path), "utf8");
    this.#sections = new Map(page.split("\n## ").map((part) => [part.slice(0, part.indexOf("\n")), rows(part)] as const));
    this.#files = new Map([...this.#sections.values()][0]!.map(([name, file]) => [name!, file!]));
  }

  linesOf(section: string): Line[] {
    return (this.#sections.get(section) ?? []).map((cells) => ({ requirement: cells[0]!, proofs: cells.at(-1)!.split(/; (?=`|open)/) }));
  }

  /** Why a proof is none, or null. */
  flaw(proof: string): string | null {
    if (/^open: .{20,}/.test(proof)) return null;
    const [, name, test] = /^`(\w+): (.+)`$/.exec(proof) ?? [];
    const path = this.#files.get(name ?? "");
    if (path === undefined || !existsSync(join(ROOT, path))) return `no such file: ${proof}`;
    return readFileSync(join(ROOT, path), "utf8").includes(test!) ? null : `no such test in ${path}: ${test}`;
  }

  flawsOf(section: string): string[] {
    return this.linesOf(section).flatMap(({ requirement, proofs }) =>
      proofs
        .map((proof) => this.flaw(proof))
        .filter((each) => each !== null)
        .map((each) => `${requirement}: ${each}`),
    );
  }
}

/** The cells of the rows of a section's table, without its head. */
function rows(part: string): string[][] {
  const lines = part.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(1).map((line) => line.slice(2, -2).split(" | "));
}

/** Tests a page. lines: how many each section has, so that a requirement that gets lost is noticed. */
export function testConformance(path: string, lines: Readonly<Record<string, number>>): void {
  const page = new ConformancePage(path);

  describe(path.replace("assembly/", ""), () => {
    it("has every line of every checklist", () => {
      const found = Object.fromEntries(Object.keys(lines).map((section) => [section, page.linesOf(section).length]));
      assert.deepEqual(found, lines);
    });

    for (const section of Object.keys(lines)) {
      it(`${section}: each line names tests that exist, or is open and says why`, () => assert.deepEqual(page.flawsOf(section), []));
    }

    it("notices a test that is not there, a file that is not there, and a line that says nothing", () => {
      const [sound] = page.linesOf(Object.keys(lines)[0]!)[0]!.proofs;
      const [, file] = /^`(\w+): /.exec(sound!)!;
      assert.match(page.flaw(`\`${file}: refuses nothing at all\``)!, /no such test/);
      assert.match(page.flaw("`nobody: x`")!, /no such file/);
      assert.match(page.flaw("open: later")!, /no such file/);
      assert.equal(page.flaw(sound!), null);
    });
  });
}
