/**
 * Writes a configuration image to a board so that the board has a whole one at every moment: reads its two halves, writes the
 * one that is not in force, and, once esptool has compared checksums, the other one (host/src/config_image.h).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ConfigHalf, describeHalves, planWrites, readConfigPartition, withSequence } from "../config/configImage.js";
import { type Esptool, FlashError, hex, readArguments, runEsptool, writeArguments } from "./esptool.js";
import { findPartition } from "./partitions.js";

/** Files that hold passwords are their owner's alone. */
export const SECRET_FILE = { mode: 0o600 } as const;

export function configHalfBytes(): number {
  return findPartition("config").bytes / 2;
}

/** Flashes an image and says what it does. Throws FlashError; then one half of the board is as whole as it was. */
export function flashConfig(esptool: Esptool, port: string, image: Buffer, nowSeconds: number, say: (line: string) => void): void {
  const { offset } = findPartition("config");
  const folder = mkdtempSync(join(tmpdir(), "wasmote-provision-")); // 0700
  try {
    const halves = readBack(esptool, port, join(folder, "before.img"));
    const remark = describeHalves(halves);
    if (remark !== "") say(`the board's old configuration: ${remark}`);
    const { order, sequence } = planWrites(halves, nowSeconds);
    const file = join(folder, "config.img");
    writeFileSync(file, withSequence(image, sequence), SECRET_FILE);
    for (const half of order) {
      say(`writes half ${"AB"[half]} at ${hex(offset + half * image.length)}`);
      runEsptool(esptool, writeArguments(esptool.majorVersion, port, offset + half * image.length, file));
    }
  } catch (error) {
    if (!(error instanceof FlashError)) throw error;
    throw new FlashError(
      `${error.message}\nWhat the board had is still in force, or the new configuration is already. Type the same command again.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readBack(esptool: Esptool, port: string, file: string): [ConfigHalf, ConfigHalf] {
  const { offset, bytes } = findPartition("config");
  writeFileSync(file, "", SECRET_FILE);
  runEsptool(esptool, readArguments(esptool.majorVersion, port, offset, bytes, file), { isQuiet: true });
  const partition = readFileSync(file);
  if (partition.length !== bytes) throw new FlashError(`esptool read ${partition.length} bytes of the board, expected ${bytes}`);
  return readConfigPartition(partition);
}

/** What to type where esptool cannot be run from here. Without reading back, either order is as good. */
export function linesToType(imageFile: string, port: string): string[] {
  const { offset } = findPartition("config");
  const name = "esptool.py"; // understood by every version
  return [1, 0].map((half) => [name, ...writeArguments(4, port, offset + half * configHalfBytes(), imageFile)].join(" "));
}
