/** The partition table is written twice: for ESP-IDF in main/partitions.csv, for the simulator in host/sim/flash_file.c. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { findPartition } from "../../toolchain/board/partitions.js";
import { ROOT } from "../../toolchain/build/paths.js";

const NAMES = ["store", "state", "config", "app_a", "app_b"]; // in the order of PLATFORM_PARTITION_*

function simulatorTable(): Array<{ name: string; offset: number; bytes: number }> {
  const source = readFileSync(join(ROOT, "host/sim/flash_file.c"), "utf8");
  const header = readFileSync(join(ROOT, "host/sim/flash_file.h"), "utf8");
  const table = /s_partitions\[PLATFORM_PARTITION_COUNT\] = \{(.*?)\n\};/s.exec(source)?.[1] ?? "";
  const numberOf = (text: string): number => Number(/^0x/.test(text) ? text : new RegExp(`${text} = (0x[0-9a-f]+)`).exec(header)?.[1]);
  return [...table.matchAll(/\{ (\w+), (\w+) \},\s*\/\* (\w+) \*\//g)].map(([, offset, bytes, name]) => ({
    name: String(name),
    offset: numberOf(String(offset)),
    bytes: numberOf(String(bytes)),
  }));
}

test("the simulator's flash has the partitions of main/partitions.csv", () => {
  assert.deepEqual(
    simulatorTable(),
    NAMES.map(findPartition).map(({ name, offset, bytes }) => ({ name, offset, bytes })),
  );
});
