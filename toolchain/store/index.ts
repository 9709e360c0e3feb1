/** Reads the store's format (assembly/kernel/store/SPEC.md) on the PC, sharing nothing with the engine that writes it. */
import { Log } from "./log.js";
import { recover, type StoreState } from "./recovery.js";
import { loadRegion, type RegionOptions } from "./region.js";

export { dump } from "./dump.js";
export { StoreImageError } from "./region.js";
export { type ImageStats, statsOf, statsText } from "./stats.js";
export { verify } from "./verify.js";

/** Opens a flash file or a store's image. Throws StoreImageError. */
export function openImage(file: string, options: RegionOptions = {}): StoreState {
  return recover(new Log(loadRegion(file, options)));
}
