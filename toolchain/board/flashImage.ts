/** The simulated board's flash: one file with the partition table of main/partitions.csv. */
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { parse } from "csv-parse/sync";

import { ROOT } from "../build/paths.js";
import { ConfigImageError, writeConfigImage } from "../config/configImage.js";
import type { Config } from "../config/schema.js";

const ERASED = 0xff;
const FLASH_BYTES = 4 << 20;

export interface Partition {
  readonly offset: number;
  readonly bytes: number;
}

/** Returns a partition of main/partitions.csv, or throws. */
export function findPartition(name: string): Partition {
  const file = join(ROOT, "main", "partitions.csv");
  const rows = parse(readFileSync(file, "utf8"), { comment: "#", trim: true, relax_column_count: true, skip_empty_lines: true });
  const row = (rows as string[][]).find((columns) => columns[0] === name);
  if (row === undefined) throw new Error(`${file}: found no partition ${name}, expected one`);
  return { offset: Number(row[3]), bytes: Number(row[4]) };
}

/**
 * Writes the configuration into the flash file's `config` partition, as provisioning does. A file that is missing is made,
 * erased. Throws ConfigImageError where the configuration is too large or the file is no flash.
 */
export function writeConfigPartition(flashFile: string, config: Config): void {
  const { offset, bytes } = findPartition("config");
  const partition = Buffer.alloc(bytes, ERASED);
  writeConfigImage(config, bytes).copy(partition);
  if (!existsSync(flashFile)) writeFileSync(flashFile, Buffer.alloc(FLASH_BYTES, ERASED));
  const found = statSync(flashFile);
  if (!found.isFile()) throw new ConfigImageError(`${flashFile}: found no file, expected a flash file, or none and it is made`);
  if (found.size < FLASH_BYTES) {
    const remedy = "remove it, and a new one is made";
    throw new ConfigImageError(`${flashFile}: found ${found.size} bytes, expected a flash file of ${FLASH_BYTES}; ${remedy}`);
  }
  const file = openSync(flashFile, "r+");
  try {
    writeSync(file, partition, 0, bytes, offset);
  } finally {
    closeSync(file);
  }
}
