import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { pathToFileURL } from "node:url";

import { ROOT } from "../../../toolchain/build/paths.js";

const scripts = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts as Record<string, string>;
/** The commands of package.json, each once. */
const commands = [...new Set(Object.values(scripts).map((line) => /run\.mjs (\S+)/.exec(line)![1]!))];

describe("toolchain/commands, what --help says", () => {
  /** Its exit code, and what it wrote to either stream. */
  async function run(command: string, ...argv: string[]): Promise<{ code: number; text: string }> {
    const { main } = await import(pathToFileURL(join(ROOT, "toolchain", "commands", `${command}.ts`)).href);
    let text = "";
    const write = (part: unknown): boolean => Boolean((text += String(part)));
    const mocked = [mock.method(process.stdout, "write", write), mock.method(process.stderr, "write", write)];
    try {
      const code = await main(argv);
      return { code, text };
    } finally {
      for (const { mock } of mocked) mock.restore();
    }
  }

  for (const command of commands) {
    it(`${command}: names every option that it takes`, async () => {
      const { code, text } = await run(command, "--help");
      assert.equal(code, 0, text);
      assert.match(text, /^npm (run )?[a-z:]+ /);
      const refusal = await run(command, "--nonesuch");
      assert.equal(refusal.code, 2);
      const options = [...refusal.text.split("expected one of ")[1]!.matchAll(/--[a-z-]+/g)].map(([name]) => name);
      assert.ok(options.includes("--help"));
      for (const name of options) assert.ok(name === "--help" || text.includes(name), `${name} is not in the help`);
    });
  }
});
