/** From a built firmware to a signed package. */
import { readFileSync } from "node:fs";

import { BuildError } from "../build/errors.js";
import { readFirmware } from "./firmwareImage.js";
import { pack, type PackageFields, PackageKind } from "./head.js";
import { privateKey } from "./keys.js";
import type { PackedModule, PackOptions } from "./packApp.js";

/** Checks and signs a firmware. Its version is the one that its build gave it. Throws BuildError with what is wrong with it. */
export function packFirmware(imagePath: string, options: PackOptions = {}): PackedModule {
  const image = readFileSync(imagePath);
  const { chip, version } = readFirmware(image, imagePath);
  if (options.name === undefined) {
    throw new BuildError(`${imagePath}: a firmware is for boards of one app\n  expected --name, the name of the app that it carries`);
  }
  if (options.version !== undefined && options.version !== version) {
    throw new BuildError(`--version: found ${options.version}, expected ${version}, which the firmware says of itself`);
  }
  const counter = options.counter ?? Math.floor(Date.now() / 1000);
  const fields: PackageFields = {
    kind: PackageKind.Firmware,
    name: options.name,
    version,
    counter,
    chip,
    abi: 0,
    rows: 0,
    memoryBytes: 0,
    hasCollector: false,
  };
  return { bytes: pack(fields, image, privateKey(options.keyFile)), fields };
}
