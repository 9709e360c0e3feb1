/** components/wasm3 as CMake sees it: what makes it prepare the source again, and what comes along with the library. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { wasm3DirOf } from "../../../toolchain/setup/native.js";

const ROOT = join(fileURLToPath(import.meta.url), "..", "..", "..", "..");
const PACKAGED = join(ROOT, "node_modules", "react-native-webassembly", "cpp");
const MARK = "/* changed in the checkout */\n";

/** A program that links the interpreter and names nothing else. */
const PROBE = `cmake_minimum_required(VERSION 3.16)
project(probe C)
add_subdirectory(${join(ROOT, "host")} host)
add_executable(probe probe.c)
target_link_libraries(probe PRIVATE wasm3)
`;

let folder = "";
let build = "";
let checkout = "";

/** Runs a program with WASM3_DIR as given; returns what it printed. */
function run(program: string, args: readonly string[], wasm3Dir: string): string {
  const env = { ...process.env, WASM3_DIR: wasm3Dir };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

function configure(wasm3Dir: string): void {
  run("cmake", ["-G", "Ninja", "-S", folder, "-B", build, "-DWASMOTE_SIM=OFF"], wasm3Dir);
}

function isMarked(): boolean {
  return readFileSync(join(build, "host", "wasm3", "source", "m3_info.c"), "utf8").endsWith(MARK);
}

describe("components/wasm3/CMakeLists.txt", () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wasm3-cmake-"));
    build = join(folder, "build");
    checkout = join(folder, "checkout");
    mkdirSync(checkout);
    cpSync(PACKAGED, join(checkout, "source"), { recursive: true });
    writeFileSync(join(folder, "CMakeLists.txt"), PROBE);
    writeFileSync(join(folder, "probe.c"), '#include "wasm3.h"\nint main(void) { return m3_NewEnvironment() ? 0 : 1; }\n');
    configure(checkout);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prepares again, by Ninja alone, when a file of the checkout changes", () => {
    assert.ok(!isMarked());
    appendFileSync(join(checkout, "source", "m3_info.c"), MARK);
    run("ninja", ["-C", build, "build.ninja"], checkout);
    assert.ok(isMarked());
  });

  it("notes the checkout for the commands, which configure again when WASM3_DIR has changed", () => {
    assert.equal(wasm3DirOf(build), checkout);
    configure("");
    assert.equal(wasm3DirOf(build), "");
    assert.ok(!isMarked());
  });

  it("keeps the note of what it holds when another checkout is refused", () => {
    const refused = spawnSync("cmake", ["-S", folder, "-B", build], { env: { ...process.env, WASM3_DIR: "/nowhere" }, encoding: "utf8" });
    assert.notEqual(refused.status, 0);
    assert.match(refused.stderr, /WASM3_DIR=\/nowhere\s+holds\s+no\s+source\/wasm3\.h/);
    assert.equal(wasm3DirOf(build), "");
  });

  it("brings the host's allocator along: behind the library that calls it", () => {
    const libraries = /^ +LINK_LIBRARIES = (.*)$/m.exec(readFileSync(join(build, "build.ninja"), "utf8"))?.[1] ?? "";
    const wasm3 = libraries.indexOf("libwasm3.a");
    assert.ok(wasm3 >= 0, libraries);
    assert.ok(libraries.indexOf("libwasmote_host.a", wasm3) > wasm3, libraries);
  });
});
