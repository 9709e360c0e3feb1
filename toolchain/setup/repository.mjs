import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, wherever the command was started from. */
export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
