/** esptool, the Python program that reads and writes a board's flash. Versions 4 (ESP-IDF 5) and 5 (ESP-IDF 6) differ in spelling. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { findProgram } from "../setup/system.mjs";

/** The board or the port did not do what was asked: exit code 1. */
export class FlashError extends Error {}

export interface Esptool {
  readonly program: string;
  /** In front of its own arguments. */
  readonly args: readonly string[];
  readonly majorVersion: number;
}

/** Returns an esptool that runs, or null: on the PATH under either name, or as a module of ESP-IDF's or the system's Python. */
export function findEsptool(environment: NodeJS.ProcessEnv = process.env): Esptool | null {
  const candidates: Array<readonly [string, ...string[]]> = [["esptool"], ["esptool.py"]];
  const ofIdf = environment.IDF_PYTHON_ENV_PATH;
  if (ofIdf !== undefined) candidates.push([join(ofIdf, "bin", "python"), "-m", "esptool"]);
  candidates.push(["python3", "-m", "esptool"]);
  for (const [name, ...args] of candidates) {
    const program = name.includes("/") ? name : findProgram(name, environment);
    if (program === null) continue;
    const { status, stdout } = spawnSync(program, [...args, "version"], { encoding: "utf8", env: environment });
    const version = /^(?:esptool(?:\.py)? )?v?(\d+)\./m.exec(stdout ?? "");
    if (status === 0 && version !== null) return { program, args, majorVersion: Number(version[1]) };
  }
  return null;
}

/** The arguments that read a part of the flash into a file; the board is left waiting for the next command. */
export function readArguments(majorVersion: number, port: string, offset: number, bytes: number, file: string): string[] {
  const [reset, read] = majorVersion >= 5 ? ["no-reset", "read-flash"] : ["no_reset", "read_flash"];
  return ["--port", port, "--after", reset, read, hex(offset), hex(bytes), file];
}

/** The arguments that write a file into the flash, erase what it covers and compare checksums; the board starts afterwards. */
export function writeArguments(majorVersion: number, port: string, offset: number, file: string): string[] {
  return ["--port", port, majorVersion >= 5 ? "write-flash" : "write_flash", hex(offset), file];
}

/** Runs it to its end with its output shown, or kept when isQuiet. Throws FlashError, with its last lines, when it fails. */
export function runEsptool(esptool: Esptool, args: readonly string[], { isQuiet = false } = {}): void {
  const result: SpawnSyncReturns<string> = spawnSync(esptool.program, [...esptool.args, ...args], {
    encoding: "utf8",
    stdio: ["ignore", isQuiet ? "pipe" : "inherit", isQuiet ? "pipe" : "inherit"],
  });
  if (result.status === 0) return;
  const said = isQuiet ? `:\n${`${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-8).join("\n")}` : "";
  const how = result.error?.message ?? (result.status === null ? `ended by ${result.signal}` : `ended with ${result.status}`);
  const command = args.find((argument) => /^(read|write)[-_]flash$/.test(argument)) ?? "";
  throw new FlashError(`esptool ${command} ${how}${said}`);
}

/** Throws FlashError where a port is not there or not ours to open. Ports that are no files (COM3, socket://...) are esptool's to judge. */
export function checkPort(port: string, devices = "/dev", access = accessSync): void {
  if (!port.startsWith("/")) return;
  try {
    access(port, constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") {
      throw new FlashError(`--port: no permission for ${port}; type this line and log in again:\n  sudo usermod -aG dialout $USER`);
    }
    const found = listPorts(devices);
    const others = found.length === 0 ? "no board is plugged in, as far as this PC shows" : `found ${found.join(", ")}`;
    throw new FlashError(`--port: found no ${port}, expected the serial port of a board; ${others}`);
  }
  if (!statSync(port).isCharacterDevice()) throw new FlashError(`--port: found a file ${port}, expected the serial port of a board`);
}

function listPorts(devices: string): string[] {
  return readdirSync(devices)
    .filter((name) => /^(ttyUSB|ttyACM|cu\.)/.test(name))
    .map((name) => join(devices, name));
}

/** As ESP-IDF writes addresses. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
