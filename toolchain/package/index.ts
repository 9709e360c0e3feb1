/** Signed packages: one way in. */
export { ANY_CHIP, HEAD_BYTES, pack, type PackageFields, PackageKind, unpack } from "./head.js";
export { developmentKeyFile, isDevelopmentKey, keySource, makeKey, privateKey, publicKeyBytes } from "./keys.js";
export { isFirmware, readFirmware } from "./firmwareImage.js";
export { packApp, type PackedModule, type PackOptions } from "./packApp.js";
export { packFile } from "./packFile.js";
export { packFirmware } from "./packFirmware.js";
export { validateApp } from "./validate.js";
