/**
 * Lets Node run TypeScript: `node --import ./toolchain/setup/typescript.mjs file.ts`. tsx does the work. The compiler's
 * own modules go past it: binaryen is one JavaScript file of many megabytes, which tsx would take seconds to read.
 */
import { register } from "node:module";

import { register as registerTsx } from "tsx/esm/api";

registerTsx();
register("./compilerModules.mjs", import.meta.url);
