import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root: sources are named relative to it. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const KERNEL_DIR = join(ROOT, "build", "kernel");
export const APPS_DIR = join(ROOT, "build", "apps");
export const SDK_DIR = join(ROOT, "assembly", "sdk");
export const HOST_INCLUDE = join(ROOT, "host", "include");
