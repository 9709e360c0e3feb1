#!/usr/bin/env node
/**
 * Stands for idf.py: appends its arguments and what it sees of the environment to FAKE_IDF_LOG, one JSON object a line, makes
 * what a build makes, and ends with FAKE_IDF_CODE. FAKE_IDF_CODE "signal": waits until it is ended.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const args = process.argv.slice(2);
const { FAKE_IDF_LOG, FAKE_IDF_CODE = "0", IDF_TARGET, IDF_PATH } = process.env;
const folder = args[args.indexOf("-B") + 1];

if (args.includes("build")) {
  mkdirSync(join(folder, "bootloader"), { recursive: true });
  writeFileSync(join(folder, "bootloader", "bootloader.bin"), "bootloader");
  writeFileSync(join(folder, "wasmote.bin"), "firmware");
  const files = { "0x0": "bootloader/bootloader.bin", "0x20000": "wasmote.bin" };
  writeFileSync(join(folder, "flasher_args.json"), JSON.stringify({ flash_files: files }));
}
appendFileSync(FAKE_IDF_LOG, `${JSON.stringify({ args, cwd: process.cwd(), target: IDF_TARGET ?? null, idf: IDF_PATH })}\n`);
if (FAKE_IDF_CODE === "signal") setInterval(() => {}, 1000);
else process.exit(Number(FAKE_IDF_CODE));
