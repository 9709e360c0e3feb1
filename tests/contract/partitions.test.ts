/** The partition table: what ESP-IDF asks of it, what fits the part, and its second copy in host/sim/flash_file.c. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";

import { findPartition, type Partition, readPartitions } from "../../toolchain/board/partitions.js";
import { ROOT } from "../../toolchain/build/paths.js";

// In the order of PLATFORM_PARTITION_*, and behind them what the boot loader alone sees.
const NAMES = ["store", "state", "config", "app_a", "app_b", "slots", "ota_0", "ota_1", "otadata"];
/** A simulated firmware is small: of its slots the beginning. */
const FIRMWARE_BYTES = 0x4000;

function simulatorTable(): Array<{ name: string; offset: number; bytes: number }> {
  const source = readFileSync(join(ROOT, "host/sim/flash_file.c"), "utf8");
  const header = readFileSync(join(ROOT, "host/sim/flash_file.h"), "utf8");
  const table = /s_partitions\[FLASH_PARTITIONS\] = \{(.*?)\n\};/s.exec(source)?.[1] ?? "";
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
    NAMES.map(findPartition).map(({ name, type, offset, bytes }) => ({ name, offset, bytes: type === "app" ? FIRMWARE_BYTES : bytes })),
  );
});

const KB = 1024;
const FLASH_BYTES = 4096 * KB;
/** Behind the bootloader and the table itself, which lies at 0x8000 and takes one sector. */
const FIRST_OFFSET = 0x9000;

/** Name, type, subtype and size of each partition, in the order in which they lie. */
const TABLE: ReadonlyArray<readonly [string, string, string, number]> = [
  ["nvs", "data", "nvs", 24 * KB],
  ["otadata", "data", "ota", 8 * KB],
  ["phy_init", "data", "phy", 4 * KB],
  ["ota_0", "app", "ota_0", 1536 * KB],
  ["ota_1", "app", "ota_1", 1536 * KB],
  ["app_a", "data", "0x40", 128 * KB],
  ["app_b", "data", "0x41", 128 * KB],
  ["config", "data", "0x42", 16 * KB],
  ["state", "data", "0x43", 16 * KB],
  ["store", "data", "0x44", 512 * KB],
  ["coredump", "data", "coredump", 64 * KB],
  ["slots", "data", "0x45", 8 * KB],
];

/** One line for each thing that ESP-IDF would refuse, or that does not fit. Source: gen_esp32part.py of ESP-IDF. */
function faults(table: readonly Partition[]): string[] {
  const found: string[] = [];
  let end = FIRST_OFFSET;
  for (const { name, type, offset, bytes } of table) {
    const alignment = type === "app" ? 0x10000 : 0x1000;
    if (!(bytes > 0) || bytes % 0x1000 !== 0) found.push(`${name}: ${bytes} bytes`);
    if (offset % alignment !== 0) found.push(`${name}: not at a multiple of ${alignment}`);
    if (!(offset >= end)) found.push(`${name}: over what lies before it`);
    end = offset + bytes;
    if (!(end <= FLASH_BYTES)) found.push(`${name}: ends behind the flash`);
  }
  return found;
}

describe("main/partitions.csv", () => {
  it("holds what the design divides the part into", () => {
    assert.deepEqual(
      readPartitions().map(({ name, type, subtype, bytes }) => [name, type, subtype, bytes]),
      TABLE,
    );
  });

  it("is aligned, without overlap, and fits the part", () => {
    assert.deepEqual(faults(readPartitions()), []);
    const table = readPartitions();
    assert.deepEqual(faults(table.map((row) => (row.name === "ota_1" ? { ...row, offset: row.offset + 0x1000 } : row))).length, 2);
    assert.deepEqual(faults([...table].reverse()).length, table.length - 1);
    assert.deepEqual(faults([{ name: "x", type: "data", subtype: "nvs", offset: 0x3ff000, bytes: 0x2000 }]), ["x: ends behind the flash"]);
    assert.deepEqual(faults([{ name: "x", type: "data", subtype: "nvs", offset: 0x8000, bytes: 1 }]).length, 2);
  });

  it("gives the partitions of our own subtypes of their own", () => {
    const ours = readPartitions().flatMap(({ type, subtype }) => (/^0x/.test(subtype) ? [{ type, number: Number(subtype) }] : []));
    assert.equal(new Set(ours.map(({ number }) => number)).size, ours.length);
    // ESP-IDF numbers its own from 0x00 and from 0x80 on; a byte holds at most 0xfe.
    for (const { type, number } of ours) assert.ok(type === "data" && number >= 0x40 && number < 0x80, `0x${number.toString(16)}`);
  });

  it("divides config into two halves of whole sectors", () => {
    assert.equal(findPartition("config").bytes % (2 * 0x1000), 0);
  });
});
