/** `npm run provision`: makes a board's configuration image and, given a port, flashes it. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { checkPort, findEsptool } from "../board/esptool.js";
import { configHalfBytes, flashConfig, linesToType, SECRET_FILE } from "../board/provision.js";
import { ROOT } from "../build/paths.js";
import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";
import { boardRemarks, checkForBoard } from "../config/boardConfig.js";
import { configEntries, ConfigImageError, readConfigHalf, writeConfigImage } from "../config/configImage.js";
import { loadConfig } from "../config/loadConfig.js";
import { CONFIG_TEMPLATE } from "../config/template.js";

const USAGE = `npm run provision -- --config FILE [--port PORT] [--out IMAGE]
npm run provision -- --image IMAGE --port PORT
npm run provision -- --init [--config FILE]
  --config FILE  the configuration, JSON with comments
  --port PORT    the board's serial port, such as /dev/ttyUSB0: flashes it with esptool
  --out IMAGE    where the image goes; without --port and --out: build/config.img. It holds your passwords
  --image IMAGE  flashes an image made before
  --init         writes a template to FILE, or to config.json; never over a file
`;
/** Its options. */
export const PROVISION_OPTIONS = { flags: ["init", "help"], values: ["config", "port", "out", "image"] };
const DEFAULT_IMAGE = join(ROOT, "build", "config.img");
const DEFAULT_CONFIG = "config.json";
const CANNOT_FLASH = 2;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export function main(argv: readonly string[]): Promise<number> {
  return reportingFailures("npm run provision", () => provision(new Options(argv, PROVISION_OPTIONS)));
}

async function provision(options: Options): Promise<number> {
  if (options.flag("help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const config = options.text("config");
  const given = options.text("image");
  const port = options.text("port");
  if (options.flag("init")) return writeTemplate(resolve(config ?? DEFAULT_CONFIG), options);
  if (config === undefined && given === undefined) {
    throw new UsageError("found no --config, expected --config FILE; --init writes a template of one");
  }
  if (config !== undefined && given !== undefined) throw new UsageError("found --config and --image, expected one of them");
  if (given !== undefined && port === undefined) throw new UsageError("--image: found no --port beside it, expected the port of a board");
  const image = given === undefined ? imageOf(resolve(config!)) : readImage(resolve(given));
  const out = options.text("out") ?? (port === undefined ? DEFAULT_IMAGE : undefined);
  if (out !== undefined) writeImage(resolve(out), image);
  return port === undefined ? tellLines(resolve(out!), "PORT") : flash(image, port, out);
}

function writeTemplate(file: string, options: Options): number {
  for (const name of ["port", "out", "image"]) {
    if (options.text(name) !== undefined) throw new UsageError(`found --init and --${name}, expected one of them`);
  }
  if (existsSync(file)) throw new UsageError(`--init: found ${file}, expected no such file: it is left as it is`);
  writeOrRefuse(file, CONFIG_TEMPLATE);
  const path = shownPath(file);
  say(`wrote ${path}. Fill in what is empty, then: npm run provision -- --config ${path} --port PORT`);
  return 0;
}

function imageOf(file: string): Buffer {
  const config = loadConfig(file);
  checkForBoard(config, file);
  for (const remark of boardRemarks(config)) process.stderr.write(`note: ${remark}\n`);
  const image = writeConfigImage(config, configHalfBytes(), nowSeconds());
  say(
    `configuration: ${configEntries(config)
      .map(([key]) => key)
      .join(", ")}`,
  );
  return image;
}

/** An image made before, checked as the board would check it. */
function readImage(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`--image: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}), expected an image`);
  }
  const refuse = (found: string): never => {
    throw new ConfigImageError(`${file}: ${found}. It is not flashed; the board keeps its configuration`);
  };
  const expected = configHalfBytes();
  if (bytes.length !== expected) refuse(`found ${bytes.length} bytes, expected ${expected}: the image is cut off, or none`);
  const half = readConfigHalf(bytes);
  if (half.state !== "whole") refuse(`the image is ${half.state === "erased" ? "erased flash" : half.problem}`);
  return bytes;
}

function writeImage(file: string, image: Buffer): void {
  if (existsSync(file) && !statSync(file).isFile()) throw new UsageError(`--out: found no file ${file}, expected one, or none`);
  writeOrRefuse(file, image);
  say(`wrote ${shownPath(file)}, ${image.length} bytes`);
}

function writeOrRefuse(file: string, content: string | Buffer): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, SECRET_FILE);
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

function flash(image: Buffer, port: string, out: string | undefined): number {
  const esptool = findEsptool();
  if (esptool === null) {
    const file = resolve(out ?? DEFAULT_IMAGE);
    if (out === undefined) writeImage(file, image);
    process.stderr.write("found no esptool, which flashes boards: pip install esptool, or . $IDF_PATH/export.sh of ESP-IDF\n");
    tellLines(file, port);
    return CANNOT_FLASH;
  }
  checkPort(port);
  flashConfig(esptool, port, image, nowSeconds(), say);
  say("The board starts with its new configuration.");
  return 0;
}

function tellLines(file: string, port: string): number {
  say("To flash it, one after the other, the second when the first has said that the hash is verified:");
  for (const line of linesToType(shownPath(file), port)) say(`  ${line}`);
  return 0;
}

function shownPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
