/**
 * No option and no component of ESP-IDF is used that ESP-IDF does not have. idfNames.json lists those that were found in the
 * versions it names; with IDF_PATH set the list is held against that checkout as well.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import { PARTITIONS_FILE } from "../../toolchain/board/partitions.js";
import { ROOT } from "../../toolchain/build/paths.js";
import { TARGETS } from "../../toolchain/firmware/targets.js";
import {
  componentExists,
  componentsRequired,
  constantsDefined,
  firmwareFiles,
  optionsDefined,
  optionsOfIdf,
  optionsUsed,
  versionOfIdf,
} from "./idfNames.js";
import { readText } from "./tables.js";

const known = JSON.parse(readText("tests/contract/idfNames.json")) as Record<"checkedAgainst" | "options" | "components", string[]>;
const files = firmwareFiles();
const OURS = new Set([
  ...files.filter((path) => /Kconfig[^/]*$/.test(path)).flatMap((path) => optionsDefined(readText(path))),
  ...files.filter((path) => /\.[ch]$/.test(path)).flatMap((path) => constantsDefined(readText(path))),
]);
const OUR_COMPONENTS = new Set(["host", "main", "wasm3", "platform_idf"]);

/** Lines of "file: name" for what `allowed` does not hold. */
function strangers(namesOf: (path: string) => Iterable<string>, allowed: (name: string) => boolean): string[] {
  return files.flatMap((path) => [...namesOf(path)].filter((name) => !allowed(name)).map((name) => `${path}: ${name}`));
}

describe("names of ESP-IDF", () => {
  it("in our files are among those that were found there", () => {
    const listed = new Set(known.options);
    assert.deepEqual(
      strangers(
        (path) => optionsUsed(path, readText(path)),
        (name) => listed.has(name) || OURS.has(name),
      ),
      [],
    );
  });

  it("of components are among those that were found there", () => {
    const listed = new Set(known.components);
    const required = (path: string): Iterable<string> => (path.endsWith("CMakeLists.txt") ? componentsRequired(readText(path)) : []);
    assert.deepEqual(
      strangers(required, (name) => listed.has(name) || OUR_COMPONENTS.has(name)),
      [],
    );
  });

  it("are listed once, in order, with the versions they were found in", () => {
    for (const list of Object.values(known)) assert.deepEqual(list, [...new Set(list)].sort());
    assert.deepEqual(
      known.checkedAgainst.map((version) => version.replace(/\.\d+$/, "")),
      ["5.3", "5.5", "6.0"],
    );
    assert.ok(known.options.length > 10);
  });

  it("are read from every place where they may stand", () => {
    assert.deepEqual([...optionsUsed("sdkconfig.defaults", "# CONFIG_A=y in words\nCONFIG_B=y\n# CONFIG_C is not set\n")], ["B", "C"]);
    const source = "/* CONFIG_A */ #if CONFIG_B // CONFIG_C\nenum { CONFIG_D = 1 };\nint d = CONFIG_D == 2;";
    assert.deepEqual([...optionsUsed("x.c", source)], ["B", "D"]);
    assert.deepEqual(constantsDefined(source), ["D"]);
    assert.deepEqual([...optionsUsed("CMakeLists.txt", "if(CONFIG_A) # CONFIG\nset(x ${CONFIG_B})")], ["A", "B"]);
    assert.deepEqual([...optionsUsed("linker.lf", "entries:\n    if MINE = y:\n        m3 (noflash)")], ["MINE"]);
    const kconfig = [
      "config MINE",
      '    bool "If AA, says BB"',
      "    depends on CC && !DD",
      "    default EE if FF",
      "    default n",
      "    select GG",
      "    help",
      "        if HH, JJ",
    ].join("\n");
    assert.deepEqual([...optionsUsed("main/Kconfig.projbuild", kconfig)].sort(), ["CC", "DD", "EE", "FF", "GG"]);
    assert.deepEqual(optionsDefined(kconfig), ["MINE"]);
    const cmake =
      "set(link esp_eth)\nset(link esp_wifi)\nidf_component_register(SRCS a.c REQUIRES host esp-tls\n  INCLUDE_DIRS . PRIV_REQUIRES ${link})";
    assert.deepEqual([...componentsRequired(cmake)], ["host", "esp-tls", "esp_eth", "esp_wifi"]);
    assert.deepEqual([...componentsRequired("set(COMPONENTS main esp_eth) # of the project")], ["main", "esp_eth"]);
  });
});

describe("the project", () => {
  it("has its options for every chip, and for the emulator", () => {
    for (const name of ["sdkconfig.defaults", "sdkconfig.qemu"]) assert.ok(existsSync(join(ROOT, name)), name);
    const chips = files.flatMap((path) => /^sdkconfig\.defaults\.(\w+)$/.exec(path)?.[1] ?? []);
    for (const chip of chips) assert.ok((TARGETS as readonly string[]).includes(chip), chip);
  });
});

const idf = process.env.IDF_PATH;
const why = idf ? false : "IDF_PATH is not set";
if (why) process.stderr.write(`contract/idf: ${why}: names are held against idfNames.json only\n`);

describe("ESP-IDF at IDF_PATH", { skip: why }, () => {
  it("has every option and every component of the list", () => {
    const options = optionsOfIdf(idf!);
    const missing = [
      ...known.options.filter((name) => !options.has(name)),
      ...known.components.filter((name) => !componentExists(idf!, name)),
    ];
    assert.deepEqual(missing, [], `ESP-IDF ${versionOfIdf(idf!)}`);
  });

  it("takes the partition table", () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmote-partitions-"));
    try {
      const tool = join(idf!, "components/partition_table/gen_esp32part.py");
      const made = join(folder, "table.bin");
      const { status, stderr } = spawnSync("python3", [tool, "--flash-size", "4MB", PARTITIONS_FILE, made], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.ok(readFileSync(made).length > 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("gives no partition subtype of its own a number of ours", () => {
    const text = readFileSync(join(idf!, "components/partition_table/gen_esp32part.py"), "utf8");
    const theirs = new Set([...text.matchAll(/'\w+': (0x\w+)/g)].map(([, number]) => Number(number)));
    for (const [, subtype] of readFileSync(PARTITIONS_FILE, "utf8").matchAll(/^\w+,\s*data,\s*(0x\w+),/gm)) {
      assert.ok(!theirs.has(Number(subtype)), subtype);
    }
  });
});
