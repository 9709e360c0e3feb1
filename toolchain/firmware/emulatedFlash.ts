/** The emulated board's flash: a file that a new build is flashed into, and that keeps its store and its configuration. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { FLASH_BYTES } from "../board/flashImage.js";

const ERASED = 0xff;

/** What `idf.py build` says is to be flashed, by address in hexadecimal: flasher_args.json. */
interface FlasherArguments {
  readonly flash_files: Readonly<Record<string, string>>;
}

/** Writes what was built into the flash file, as `idf.py flash` does; a file that is missing is made, erased. */
export function flashEmulated(buildFolder: string, flashFile: string): void {
  const { flash_files: files } = JSON.parse(readFileSync(join(buildFolder, "flasher_args.json"), "utf8")) as FlasherArguments;
  const flash = existsSync(flashFile) ? readFileSync(flashFile) : Buffer.alloc(FLASH_BYTES, ERASED);
  if (flash.length !== FLASH_BYTES) throw new Error(`${flashFile}: found ${flash.length} bytes, expected ${FLASH_BYTES}; remove it`);
  for (const [offset, name] of Object.entries(files)) {
    const bytes = readFileSync(join(buildFolder, name));
    const sectors = Math.ceil(bytes.length / 4096) * 4096;
    flash.fill(ERASED, Number(offset), Number(offset) + sectors);
    bytes.copy(flash, Number(offset));
  }
  writeFileSync(flashFile, flash);
}
