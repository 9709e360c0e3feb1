/** assembly/sdk/database.md: its app compiles and fits its kernel, and it names the whole query language. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { buildApp } from "../../../toolchain/build/index.js";
import { ROOT } from "../../../toolchain/build/paths.js";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("assembly/sdk/database.md", () => {
  const page = read("assembly/sdk/database.md");
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-database-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has an app that compiles as it says, without a remark, for a kernel with documents", async () => {
    const options = /`(\{ "options".*\})`/.exec(page)![1]!;
    assert.deepEqual(JSON.parse(options), JSON.parse(read("examples/database/asconfig.json")));
    writeFileSync(join(folder, "app.ts"), /```ts\n([^]*?)```/.exec(page)![1]!);
    writeFileSync(join(folder, "asconfig.json"), options);
    let report = "";
    await buildApp(folder, { output: join(folder, "app.wasm"), kernel: "database-plain", report: (text) => void (report = text) });
    assert.doesNotMatch(report, /explicit cast|assembly\//);
  });

  it("names every operator and every other name of a condition", () => {
    const operators = / OPERATORS: string = "([^"]*)"/m.exec(read("assembly/kernel/store/documents/program.ts"))![1]!;
    const names = operators
      .trim()
      .split(" ")
      .map((name) => `$${name}`);
    const parser = read("assembly/kernel/store/documents/conditionParser.ts");
    names.push(...[...parser.matchAll(/equalsLiteral\(text, at, "(\$\w+)"\)/g)].map(([, name]) => name!));
    assert.ok(names.length >= 20, names.join(" "));
    for (const name of names) assert.ok(page.includes(`\`${name}\``) || page.includes(`"${name}"`), `${name} is not explained`);
  });
});
