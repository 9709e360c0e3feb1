/** The build's one way in: buildKernel and buildApp. */
export { buildApp, buildKernel, type BuildOptions } from "./build.js";
export { BuildError, NoSuchTarget } from "./errors.js";
