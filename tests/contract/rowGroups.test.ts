/** Rows of the app's wall that only some kernels answer: what host/kernel.cmake tells the build of a firmware's host. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { CLOUDS, KERNEL_SIZES, KERNELS, parseKernelName } from "../../toolchain/build/kernels.js";
import { parseDef, readText, ROOT } from "./tables.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-rows-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const DEF = "host/include/app_imports.def";

const groups = [...readText(DEF).matchAll(/^ROWS_LEFT_OUT\((\w+), (\w+), "(.*)"\)$/gm)].map(([, name, prefix, sizes]) => ({
  name: name!,
  prefix: prefix!,
  sizes: sizes!.split(", "),
}));

/** Runs a line of CMake behind the include, which sets `result`. Returns its text, or the error. */
function cmake(line: string): string {
  const script = join(folder, "script.cmake");
  writeFileSync(script, `include("${join(ROOT, "host/kernel.cmake")}")\n${line}\nmessage(STATUS "result: \${result}")\n`);
  const { status, stdout, stderr } = spawnSync("cmake", ["-P", script], { encoding: "utf8" });
  return status === 0 ? /result: (.*)/.exec(stdout)![1]! : stderr;
}

describe("groups of rows", () => {
  it("hold the rows of one beginning, which no other row has, and are known to link.c", () => {
    const text = readText(DEF);
    assert.ok(groups.length > 0);
    for (const { name, prefix, sizes } of groups) {
      const inside = new RegExp(`^#if ROWS\\(${name}\\)\n((?:(?:KERNEL_CALL|HOST_IMPORT).*\n)+)#else\nROWS_LEFT_OUT\\(${name},`, "m").exec(
        text,
      )?.[1];
      const rows = parseDef(`*/${inside!}`).map((row) => row.name);
      const all = parseDef(text).filter((row) => row.name.startsWith(prefix));
      assert.deepEqual(
        rows,
        all.map((row) => row.name),
      );
      for (const part of sizes)
        assert.ok(
          [...KERNEL_SIZES, ...CLOUDS].some((each) => each === part),
          part,
        );
      assert.ok(readText("host/src/link.c").includes(`#define WASMOTE_ROWS_${name} 1`), name);
    }
    assert.equal(text.match(/^#if/gm)!.length, groups.length);
  });

  it("are left out of the host of every kernel that has no answer to them", () => {
    for (const { name } of KERNELS) {
      const { size, cloud } = parseKernelName(name)!;
      const missing = groups.filter(({ sizes }) => !sizes.includes(size) && !sizes.includes(cloud));
      assert.equal(cmake(`wasmote_row_definitions(result ${name})`), missing.map((group) => `WASMOTE_ROWS_${group.name}=0`).join(";"));
    }
  });

  it("are those of the kernel that the command line names, else menuconfig", () => {
    const setting = "wasmote_setting(result WASMOTE_KERNEL)";
    assert.equal(cmake(`set(CONFIG_WASMOTE_KERNEL full-plain)\n${setting}`), "full-plain");
    assert.equal(cmake(`set(CONFIG_WASMOTE_KERNEL full-plain)\nset(WASMOTE_KERNEL minimal-plain)\n${setting}`), "minimal-plain");
  });

  it("are those of every kernel that menuconfig can choose, and it can choose every kernel", () => {
    const kconfig = readText("main/Kconfig.projbuild");
    const section = /config WASMOTE_KERNEL\n([\s\S]*?)\n\n/.exec(kconfig)![1]!;
    const names = [...section.matchAll(/default "(.+?)"/g)].map(([, name]) => name!);
    assert.deepEqual(names.sort(), KERNELS.map(({ name }) => name).sort());
    for (const cloud of CLOUDS) assert.ok(kconfig.includes(`config WASMOTE_CLOUD_${cloud.toUpperCase()}\n`), cloud);
    for (const size of KERNEL_SIZES) assert.ok(kconfig.includes(`config WASMOTE_SIZE_${size.toUpperCase()}\n`), size);
  });

  it("may be several, each with several sizes; a line that is none is refused", () => {
    const table = (text: string): string => {
      const path = join(folder, "rows.def");
      writeFileSync(path, text);
      return `set(WASMOTE_APP_ROWS "${path}")\nwasmote_row_definitions(result full-plain)`;
    };
    const two = 'ROWS_LEFT_OUT(DATABASE, db_, "full, database")\nROWS_LEFT_OUT(OTHER, ot_, "database")\n';
    assert.equal(cmake(table(two)), "WASMOTE_ROWS_OTHER=0");
    assert.match(cmake(table("ROWS_LEFT_OUT(DATABASE)\n")), /found ROWS_LEFT_OUT\(DATABASE\), expected/);
  });
});
