import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";

import { ROOT } from "../../../toolchain/build/paths.js";
import { runSpecs } from "../../../toolchain/testing/runners.js";

const PASSES = 'describe("x", () => {\n  it("is so", () => {\n    expect(1).toBe(1);\n  });\n});\n';

describe("toolchain/testing/runners", () => {
  const { CI } = process.env;
  let folder: string;
  before(() => {
    process.env["CI"] = "true";
    mkdirSync(join(ROOT, "build"), { recursive: true });
    folder = mkdtempSync(join(ROOT, "build", "runners-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    if (CI === undefined) delete process.env["CI"];
    else process.env["CI"] = CI;
  });

  function write(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return relative(ROOT, join(folder, name));
  }

  it("names why a spec did not compile or start, and runs those behind it, with CI set too", async () => {
    write("one.ts", 'import { two } from "./two";\nexport const one: i32 = two + 1;\nexport const three: i32 = 3;\n');
    const two = write("two.ts", 'import { three } from "./one";\nexport const two: i32 = three + 1;\n');
    const circle = write("a.spec.ts", `import { two } from "./two";\n${PASSES}two;\n`);
    const unlinked = write("b.spec.ts", `${PASSES}@external("host", "none") declare function none(): void;\nnone();\n`);
    const good = ["c.spec.ts", "d.spec.ts"].map((name) => write(name, PASSES));
    let shown = "";
    const show = (text: string): void => void (shown += text);

    const { passed, failed, remarks } = await runSpecs([circle, unlinked, ...good], { isLong: false, show });

    assert.deepEqual([passed, failed], [2, 2], shown);
    const [first = "", second = ""] = [...remarks].sort();
    const named = `${circle}: ERROR TS2448: Variable '${two.replace(".ts", "")}/two' used before its declaration, in `;
    assert.ok(first.startsWith(named), first);
    assert.match(first, /one\.ts\(2,25\); as-pect ended with 1$/);
    assert.ok(second.startsWith(`${unlinked}: LinkError: WebAssembly.instantiate(): Import #`), second);
    assert.match(shown, /ERROR TS2448/);
  });
});
