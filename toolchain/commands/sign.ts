/** `npm run sign`: validates a built app or firmware and packs it, signed, for updates over the air. */
import { existsSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";

import { BuildError } from "../build/errors.js";
import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";
import { developmentKeyFile, isDevelopmentKey, keySource, makeKey, packFile, privateKey, publicKeyBytes } from "../package/index.js";

const USAGE = `npm run sign -- MODULE.wasm|FIRMWARE.bin [--key FILE] [--name NAME] [--version TEXT] [--counter N] [--out FILE]
npm run sign -- --new-key FILE | --public-key [--key FILE] | --key-source FILE.c [--key FILE] [--next-key FILE] [--release]
  MODULE.wasm      a built app, such as build/apps/heartbeat.wasm
  FIRMWARE.bin     a built firmware, such as build/wasmote.bin: --name is that of the app it carries, its version its own
  --key FILE       the private key; left out: the development key of this clone (keys/development.pem, made when there is none)
  --name NAME      what boards know the app by; left out: the app's file name
  --version TEXT   for people; left out: from the counter
  --counter N      grows with each release; left out: seconds since 1970
  --out FILE       left out: beside the module, as .wmpk
  --new-key FILE   makes a key for releases: keep it away from the repository
  --key-source F   writes the public halves of one key or two as C, for a firmware; --release refuses the development key
  --public-key     prints the public half as boards have it, in hexadecimal digits
`;

const NAMES = {
  flags: ["help", "public-key", "release"],
  values: ["key", "next-key", "name", "version", "counter", "out", "new-key", "key-source"],
  words: "MODULE.wasm|FIRMWARE.bin",
};

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("npm run sign", async () => {
    const options = new Options(argv, NAMES);
    const newKey = options.text("new-key");
    if (options.flag("help")) process.stdout.write(USAGE);
    else if (newKey !== undefined) {
      makeKey(resolve(newKey));
      process.stdout.write(`  ${newKey}: keep it secret, and keep it\n`);
    } else if (options.text("key-source") !== undefined) writeKeySource(options);
    else if (options.flag("public-key")) process.stdout.write(`${publicHex(options.text("key"))}\n`);
    else sign(options);
    return 0;
  });
}

function publicHex(keyFile: string | undefined): string {
  return Buffer.from(publicKeyBytes(privateKey(keyFile))).toString("hex");
}

function writeKeySource(options: Options): void {
  const next = options.text("next-key");
  const keys = [privateKey(options.text("key")), ...(next === undefined ? [] : [privateKey(next)])];
  if (options.flag("release") && keys.some(isDevelopmentKey)) {
    throw new BuildError(
      "a release takes no updates that the development key signs\n  npm run sign -- --new-key FILE, and name FILE in menuconfig",
    );
  }
  writeFileSync(resolve(options.required("key-source", "the file to write")), keySource(keys.map(publicKeyBytes)));
}

function sign(options: Options): void {
  const [module, stray] = options.words;
  if (module === undefined) throw new UsageError("found no module, expected a built app such as build/apps/heartbeat.wasm");
  if (stray !== undefined) throw new UsageError(`found "${stray}" behind the module, expected nothing more`);
  const path = resolve(module);
  if (!existsSync(path)) throw new UsageError(`found no file ${module}, expected a built app (npm run build -- --app DIR makes one)`);
  const key = options.text("key");
  const name = options.text("name");
  const version = options.text("version");
  const counter = options.number("counter", 1, 0xffffffff);
  const chosen = {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(counter !== undefined && { counter }),
    ...(key !== undefined && { keyFile: resolve(key) }),
  };
  const out = options.text("out");
  const packed = packFile(path, chosen, out === undefined ? undefined : resolve(out));
  const { fields } = packed;
  if (key === undefined) process.stdout.write(`  signed with the development key ${relative(process.cwd(), developmentKeyFile())}\n`);
  process.stdout.write(`  ${fields.name} ${fields.version}, counter ${fields.counter}: ${relative(process.cwd(), packed.path)}\n`);
}
