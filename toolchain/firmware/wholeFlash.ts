/** The whole flash of a board as one file: what was built, in its places, and the board's configuration. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { FLASH_BYTES, writeConfigPartition } from "../board/flashImage.js";
import { SECRET_FILE } from "../board/provision.js";
import { UsageError } from "../cli/options.js";
import type { Config } from "../config/schema.js";

const ERASED = 0xff;
const SECTOR_BYTES = 4096;

/** What `idf.py build` says is to be flashed, by address in hexadecimal. */
const FLASHER_ARGUMENTS = "flasher_args.json";
interface FlasherArguments {
  readonly flash_files: Readonly<Record<string, string>>;
}

/** Writes what was built into the flash file, as `idf.py flash` does: the rest of it stays. A file that is missing is made, erased. */
export function flashInto(flashFile: string, buildFolder: string): void {
  const { flash_files: files } = JSON.parse(readFileSync(join(buildFolder, FLASHER_ARGUMENTS), "utf8")) as FlasherArguments;
  if (existsSync(flashFile) && statSync(flashFile).size !== FLASH_BYTES) {
    const found = `found ${statSync(flashFile).size} bytes, expected a flash file of ${FLASH_BYTES}`;
    throw new UsageError(`${flashFile}: ${found}; remove it, and a new one is made`);
  }
  const flash = existsSync(flashFile) ? readFileSync(flashFile) : Buffer.alloc(FLASH_BYTES, ERASED);
  for (const [offset, name] of Object.entries(files)) {
    const bytes = readFileSync(join(buildFolder, name));
    const sectors = Math.ceil(bytes.length / SECTOR_BYTES);
    flash.fill(ERASED, Number(offset), Number(offset) + sectors * SECTOR_BYTES);
    bytes.copy(flash, Number(offset));
  }
  writeFileSync(flashFile, flash, SECRET_FILE);
}

/**
 * Makes the flash of a new board anew, with its configuration, and the list of files that Wokwi (wokwi.toml) and others read
 * instead of ESP-IDF's own. Returns the flash file.
 */
export function makeWholeFlash(buildFolder: string, config: Config): string {
  const folder = join(buildFolder, "whole");
  const file = join(folder, "flash.img");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, Buffer.alloc(FLASH_BYTES, ERASED), SECRET_FILE);
  flashInto(file, buildFolder);
  writeConfigPartition(file, config);
  writeFileSync(join(folder, FLASHER_ARGUMENTS), JSON.stringify({ flash_files: { "0x0": "flash.img" } } satisfies FlasherArguments));
  return file;
}
