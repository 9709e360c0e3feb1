/** Changes to the translator's text, each of which must find what it expects. */
import { BuildError } from "../build/errors.js";

/** Replaces a part that stands in the text once. Throws BuildError where it does not; `where` names the module. */
export function replaceOnce(text: string, part: string, instead: string, where: string): string {
  const parts = text.split(part);
  if (parts.length !== 2)
    throw new BuildError(`${where}: wasm2c's output holds ${parts.length - 1} times, expected once: ${part.split("\n")[0]}`);
  return parts.join(instead);
}
