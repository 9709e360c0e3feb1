import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { withBuildLock } from "../../../toolchain/setup/buildLock.js";

describe("toolchain/setup/buildLock", () => {
  let folder: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-lock-"));
    lock = join(folder, "build", "host.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("lets one work at a time", async () => {
    let working = 0;
    let most = 0;
    const work = async (n: number): Promise<number> => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setImmediate(resolve));
      working--;
      return n;
    };
    const results = await Promise.all([1, 2, 3, 4].map((n) => withBuildLock(lock, () => work(n))));
    assert.deepEqual(results, [1, 2, 3, 4]);
    assert.equal(most, 1);
  });

  it("names its holder while it is held, and leaves nothing behind, also after a failure", async () => {
    await assert.rejects(
      withBuildLock(lock, async () => {
        assert.equal(readFileSync(lock, "utf8"), String(process.pid));
        throw new Error("broken build");
      }),
      /broken build/,
    );
    assert.deepEqual(readdirSync(join(folder, "build")), []);
  });

  it("takes away a lock whose holder has died", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await withBuildLock(lock, async () => {});
    writeFileSync(lock, String(pid));
    assert.equal(await withBuildLock(lock, async () => "done"), "done");
    assert.equal(existsSync(lock), false);
  });
});
