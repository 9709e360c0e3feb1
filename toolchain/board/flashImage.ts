/** The simulated board's flash: one file with the partition table of main/partitions.csv. */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync, writeSync } from "node:fs";

import { ConfigImageError, planWrites, readConfigPartition, writeConfigImage } from "../config/configImage.js";
import type { Config } from "../config/schema.js";
import { findPartition } from "./partitions.js";

const ERASED = 0xff;
/** Of the part that main/partitions.csv divides. */
export const FLASH_BYTES = 4 << 20;

/**
 * Writes the configuration into the flash file's `config` partition, as provisioning does on a board. A file that is missing
 * is made, erased. Throws ConfigImageError where the configuration is too large or the file is no flash.
 */
export function writeConfigPartition(flashFile: string, config: Config): void {
  const { offset, bytes } = findPartition("config");
  const halfBytes = bytes / 2;
  writeConfigImage(config, halfBytes, 0); // refuses before a file is made
  if (!existsSync(flashFile)) writeFileSync(flashFile, Buffer.alloc(FLASH_BYTES, ERASED));
  const found = statSync(flashFile);
  if (!found.isFile()) throw new ConfigImageError(`${flashFile}: found no file, expected a flash file, or none and it is made`);
  if (found.size < FLASH_BYTES) {
    const remedy = "remove it, and a new one is made";
    throw new ConfigImageError(`${flashFile}: found ${found.size} bytes, expected a flash file of ${FLASH_BYTES}; ${remedy}`);
  }
  const file = openSync(flashFile, "r+");
  try {
    const partition = Buffer.alloc(bytes);
    readSync(file, partition, 0, bytes, offset);
    const { order, sequence } = planWrites(readConfigPartition(partition), Math.floor(Date.now() / 1000));
    const image = writeConfigImage(config, halfBytes, sequence);
    for (const half of order) writeSync(file, image, 0, halfBytes, offset + half * halfBytes);
  } finally {
    closeSync(file);
  }
}
