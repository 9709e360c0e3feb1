/** From a built app to a signed package. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { ANY_CHIP, pack, type PackageFields, PackageKind } from "./head.js";
import { privateKey } from "./keys.js";
import { validateApp } from "./validate.js";

export interface PackOptions {
  /** What boards know the app by; its file's name when left out. */
  readonly name?: string;
  readonly version?: string;
  /** Left out: seconds since 1970, which grow by themselves on one machine. */
  readonly counter?: number;
  /** Left out: the development key. */
  readonly keyFile?: string;
}

export interface PackedModule {
  readonly bytes: Uint8Array;
  readonly fields: PackageFields;
}

/** Validates and signs an app. Throws BuildError with what is wrong with it. */
export function packApp(modulePath: string, options: PackOptions = {}): PackedModule {
  const image = readFileSync(modulePath);
  const counter = options.counter ?? Math.floor(Date.now() / 1000);
  const fields: PackageFields = {
    kind: PackageKind.App,
    name: options.name ?? basename(modulePath, ".wasm"),
    version: options.version ?? `0.${counter}`,
    counter,
    chip: ANY_CHIP,
    ...validateApp(image, modulePath),
  };
  return { bytes: pack(fields, image, privateKey(options.keyFile)), fields };
}
