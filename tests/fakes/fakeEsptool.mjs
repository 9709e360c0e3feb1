#!/usr/bin/env node
/**
 * Speaks esptool's command line over a flash file, FAKE_ESPTOOL_FLASH, and appends each command line to FAKE_ESPTOOL_LOG.
 * FAKE_ESPTOOL_VERSION: 4.8.1 (default) knows commands with underscores only, 5.0.0 both. FAKE_ESPTOOL_CUT: ends, as a cable pulled
 * out does, after so many erases and bytes written in all its runs; the count is kept in FAKE_ESPTOOL_LOG.cut.
 */
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";

const SECTOR_BYTES = 4096;
const { FAKE_ESPTOOL_FLASH, FAKE_ESPTOOL_LOG, FAKE_ESPTOOL_VERSION = "4.8.1", FAKE_ESPTOOL_CUT } = process.env;
const args = process.argv.slice(2);

function fail(text) {
  process.stdout.write(`A fatal error occurred: ${text}\n`);
  process.exit(2);
}

/** One erase or one write happens, unless the cable has gone. */
function step() {
  if (FAKE_ESPTOOL_CUT === undefined) return;
  const file = `${FAKE_ESPTOOL_LOG}.cut`;
  const done = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (done >= Number(FAKE_ESPTOOL_CUT)) fail("The chip stopped responding.");
  writeFileSync(file, String(done + 1));
}

function write(flash, offset, bytes) {
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    step();
    writeSync(flash, Buffer.alloc(SECTOR_BYTES, 0xff), 0, SECTOR_BYTES, offset + at);
    for (let part = at; part < Math.min(at + SECTOR_BYTES, bytes.length); part += 1024) {
      step();
      writeSync(flash, bytes, part, Math.min(1024, bytes.length - part), offset + part);
    }
  }
  process.stdout.write("Hash of data verified.\n");
}

if (args[0] === "version") {
  process.stdout.write(
    FAKE_ESPTOOL_VERSION.startsWith("4") ? `esptool.py v${FAKE_ESPTOOL_VERSION}\n` : `esptool v${FAKE_ESPTOOL_VERSION}\n`,
  );
  process.exit(0);
}
appendFileSync(FAKE_ESPTOOL_LOG, `${args.join(" ")}\n`);
const options = { "--port": "", "--after": "" };
while (args[0]?.startsWith("--")) {
  if (!(args[0] in options)) fail(`no such option: ${args[0]}`);
  options[args.shift()] = args.shift();
}
if (options["--port"] === "socket://dead") fail("Could not open socket://dead, the port is busy or doesn't exist.");
const [command, offset, ...rest] = args;
if (FAKE_ESPTOOL_VERSION.startsWith("4") && command.includes("-")) fail(`invalid choice: ${command}`);
const known = command.replaceAll("_", "-");
const flash = openSync(FAKE_ESPTOOL_FLASH, "r+");
if (known === "read-flash") {
  const bytes = Buffer.alloc(Number(rest[0]));
  readSync(flash, bytes, 0, bytes.length, Number(offset));
  writeFileSync(rest[1], bytes);
} else if (known === "write-flash" && rest.length === 1) {
  write(flash, Number(offset), readFileSync(rest[0]));
} else fail(`invalid choice: ${command}`);
closeSync(flash);
