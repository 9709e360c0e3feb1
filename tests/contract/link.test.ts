/**
 * The network link as the early pass of ESP-IDF's build reads it (components/platform_idf/link.cmake): out of the files that the
 * options will be made from, with the same answer.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { ROOT } from "../../toolchain/build/paths.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-link-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Runs the function as the early pass does: a script, with the build's properties and no options. */
function linkBy(sdkconfig: string, defaults: readonly string[]): string {
  const script = fileWith(
    "script.cmake",
    `set(SDKCONFIG "${sdkconfig}")
set(SDKCONFIG_DEFAULTS "${defaults.join(";")}")
set(IDF_TARGET esp32c3)
function(idf_build_get_property out name)
  set(\${out} "\${\${name}}" PARENT_SCOPE)
endfunction()
include("${join(ROOT, "components/platform_idf/link.cmake")}")
wasmote_link_by_files(link)
message(STATUS "link: \${link}")
`,
  );
  const { status, stdout, stderr } = spawnSync("cmake", ["-P", script], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return /link: (\w+)/.exec(stdout)![1]!;
}

describe("the network link of a build", () => {
  const none = join(folder, "missing");
  const ours = join(ROOT, "sdkconfig.defaults");

  it("is Wi-Fi where nothing else is said", () => {
    assert.equal(linkBy(none, [ours]), "wifi");
    assert.equal(linkBy(none, []), "wifi");
    assert.equal(linkBy(none, [fileWith("comment", "# CONFIG_WASMOTE_LINK_ETHERNET=y\n# CONFIG_WASMOTE_LINK_WIFI is not set\n")]), "wifi");
  });

  it("is Ethernet in the emulator", () => {
    assert.equal(linkBy(none, [ours, join(ROOT, "sdkconfig.qemu")]), "ethernet");
  });

  it("is that of the last file, the chip's own after the common one", () => {
    const ethernet = fileWith("a", "CONFIG_WASMOTE_LINK_ETHERNET=y\n");
    const wifi = fileWith("b", "CONFIG_WASMOTE_LINK_WIFI=y\r\n");
    assert.equal(linkBy(none, [ethernet, wifi]), "wifi");
    assert.equal(linkBy(none, [wifi, ethernet]), "ethernet");
    fileWith("b.esp32c3", "CONFIG_WASMOTE_LINK_ETHERNET=y\n");
    fileWith("b.esp32", "CONFIG_WASMOTE_LINK_WIFI=y\n");
    assert.equal(linkBy(none, [wifi]), "ethernet");
  });

  it("is that of menuconfig once there is an sdkconfig", () => {
    const ethernet = fileWith("defaults", "CONFIG_WASMOTE_LINK_ETHERNET=y\n");
    assert.equal(
      linkBy(fileWith("sdkconfig", "CONFIG_WASMOTE_LINK_WIFI=y\n# CONFIG_WASMOTE_LINK_ETHERNET is not set\n"), [ethernet]),
      "wifi",
    );
    assert.equal(
      linkBy(fileWith("sdkconfig", "# CONFIG_WASMOTE_LINK_WIFI is not set\nCONFIG_WASMOTE_LINK_ETHERNET=y\n"), [ours]),
      "ethernet",
    );
  });
});
