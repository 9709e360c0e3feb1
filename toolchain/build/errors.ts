/** What the build says to the author when it refuses: what, where, and the remedy. Nobody needs a stack for it. */
export class BuildError extends Error {}
