/** Signed packages: one way in. */
export { ANY_CHIP, HEAD_BYTES, pack, type PackageFields, PackageKind, unpack } from "./head.js";
export { developmentKeyFile, isDevelopmentKey, keySource, makeKey, privateKey, publicKeyBytes } from "./keys.js";
export { packApp, packAppFile, type PackedApp, type PackOptions } from "./packApp.js";
export { validateApp } from "./validate.js";
