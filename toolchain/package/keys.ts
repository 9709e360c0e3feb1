/**
 * Keys that sign packages: ECDSA, curve P-256, PKCS #8 as PEM. The development key is made in each clone when it is first needed, and
 * never committed; a release is signed with one that is kept elsewhere.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { BuildError } from "../build/errors.js";
import { ROOT } from "../build/paths.js";

/** Only its owner may read it. */
const PRIVATE_MODE = 0o600;
export const PUBLIC_KEY_BYTES = 65;

/** WASMOTE_KEYS: another folder, for tests and for machines that build for several people. */
export function developmentKeyFile(): string {
  return join(process.env["WASMOTE_KEYS"] ?? join(ROOT, "keys"), "development.pem");
}

/** Reads a private key; the development key, made where there is none, when no file is named. Throws BuildError. */
export function privateKey(file?: string): KeyObject {
  if (file === undefined && !existsSync(developmentKeyFile())) makeKey(developmentKeyFile());
  const path = file ?? developmentKeyFile();
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path));
  } catch (error) {
    throw new BuildError(
      `--key ${path}: ${(error as Error).message}\n  expected a private key as PEM; npm run sign -- --new-key FILE makes one`,
    );
  }
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new BuildError(`--key ${path}: another kind of key, expected one of the curve P-256`);
  }
  return key;
}

/** Writes a fresh key. Throws BuildError where the file exists. */
export function makeKey(file: string): void {
  if (existsSync(file)) throw new BuildError(`${file} exists: a key is never written over`);
  mkdirSync(dirname(file), { recursive: true });
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  writeFileSync(file, key.export({ type: "pkcs8", format: "pem" }), { mode: PRIVATE_MODE, flag: "wx" });
}

/** The public half as a board has it: 4, x, y. */
export function publicKeyBytes(key: KeyObject): Uint8Array {
  const { x, y } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.concat([Uint8Array.of(4), Buffer.from(x!, "base64url"), Buffer.from(y!, "base64url")]);
}

/** Whether a key is this clone's development key: a release must not carry it. */
export function isDevelopmentKey(key: KeyObject): boolean {
  return existsSync(developmentKeyFile()) && Buffer.from(publicKeyBytes(key)).equals(publicKeyBytes(privateKey()));
}

/** Public keys as C, for main/update_keys.h. */
export function keySource(keys: readonly Uint8Array[]): string {
  const arrays = keys.map((key, i) => `static const uint8_t s_key_${i}[] = { ${[...key].join(", ")} };`);
  const names = [0, 1].map((i) => (i < keys.length ? `s_key_${i}` : "NULL"));
  const head = "/* Made by npm run sign from the keys of this build. */";
  return [
    head,
    "#include <stddef.h>",
    "",
    '#include "update_keys.h"',
    "",
    ...arrays,
    "",
    `const uint8_t *const update_keys[2] = { ${names.join(", ")} };`,
    "",
  ].join("\n");
}
