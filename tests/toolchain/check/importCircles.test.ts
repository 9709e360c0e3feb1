import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { ROOT } from "../../../toolchain/build/paths.js";
import { listFiles } from "../../../toolchain/check/files.js";
import { findImportCircles } from "../../../toolchain/check/importCircles.js";

describe("toolchain/check/importCircles.ts", () => {
  let root: string;
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "wasmote-circles-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function circlesAmong(files: Record<string, string>): string[] {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return findImportCircles(root, listFiles(root));
  }

  it("finds none in this repository", () => {
    const files = listFiles(ROOT);
    assert.ok(files.includes("assembly/kernel/client/face.ts"));
    assert.deepEqual(findImportCircles(ROOT, files), []);
  });

  it("finds a circle of AssemblyScript, whose imports have no ending", () => {
    const found = circlesAmong({
      "assembly/store/pages.ts":
        'import { room } from "./quota";\nimport { fold } from "../lib/bytes";\nexport const size: i32 = room * fold(2);\n',
      "assembly/store/quota.ts": '// @ts-ignore: decorator\n@inline\nexport const room: i32 = 1;\nexport { age } from "./ages";\n',
      "assembly/store/ages.ts": 'import { size } from "./pages";\nexport const age: usize = changetype<usize>(size);\n',
      "assembly/lib/bytes.ts": "export function fold(x: i32): i32 {\n  return x;\n}\n",
    });
    assert.deepEqual(found, ["assembly/store/ages.ts -> assembly/store/pages.ts -> assembly/store/quota.ts -> assembly/store/ages.ts"]);
  });

  it("finds a circle of TypeScript, whose imports end as what they are compiled to", () => {
    const found = circlesAmong({
      "toolchain/a.ts": 'import { type B, b } from "./b/index.js";\nexport const a: B = b;\n',
      "toolchain/b/index.ts": 'import { a } from "../a.js";\nexport type B = number;\nexport const b: B = a;\n',
    });
    assert.deepEqual(found, ["toolchain/a.ts -> toolchain/b/index.ts -> toolchain/a.ts"]);
  });

  it("finds a file that imports itself, and each circle of two that share a file", () => {
    const found = circlesAmong({
      "a.ts": 'import "./b";\nimport "./c";\n',
      "b.ts": 'import "./a";\n',
      "c.ts": 'import "./a";\nimport "./c";\n',
    });
    assert.deepEqual(found, ["a.ts -> b.ts -> a.ts", "a.ts -> c.ts -> a.ts", "c.ts -> c.ts"]);
  });

  it("leaves types alone, which nothing waits for, and ways that meet without a circle", () => {
    const found = circlesAmong({
      "a.ts":
        'import type { B } from "./b.js";\nimport { type C } from "./c.js";\nexport type { D } from "./d.js";\nexport type A = B | C;\n',
      "b.ts": 'import "./a.js";\nimport "./d.js";\n',
      "c.ts": 'import "./a.js";\nimport "./d.js";\n',
      "d.ts": 'import "./a.js";\nexport type D = 1;\n',
    });
    assert.deepEqual(found, []);
  });
});
