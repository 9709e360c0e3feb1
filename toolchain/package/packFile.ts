/** An app or a firmware, told apart by how it begins, as a package beside it. */
import { readFileSync, writeFileSync } from "node:fs";

import { isFirmware } from "./firmwareImage.js";
import type { PackageFields } from "./head.js";
import { packApp, type PackOptions } from "./packApp.js";
import { packFirmware } from "./packFirmware.js";

/** Packs into a file beside the module, or where it is told. Returns the path. Throws BuildError. */
export function packFile(
  modulePath: string,
  options: PackOptions,
  output = packagePath(modulePath),
): { path: string; fields: PackageFields } {
  const { bytes, fields } = isFirmware(readFileSync(modulePath)) ? packFirmware(modulePath, options) : packApp(modulePath, options);
  writeFileSync(output, bytes);
  return { path: output, fields };
}

export function packagePath(modulePath: string): string {
  return `${modulePath.replace(/\.(wasm|bin)$/, "")}.wmpk`;
}
