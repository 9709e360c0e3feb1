/** What the build says to the author when it refuses: what, where, and the remedy. Nobody needs a stack for it. */
export class BuildError extends Error {}

/** An app folder or a kernel that does not exist: a mistake of the command line, not of the author's code. */
export class NoSuchTarget extends BuildError {}
