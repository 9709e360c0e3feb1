/** Every file of the repository that is ours to check. */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const SKIPPED = new Set(["node_modules", "build", ".git"]);

/** Paths relative to `root`, sorted, with forward slashes. `managed_components` and the like never appear in a clone. */
export function listFiles(root: string, folder = root): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isOutput = folder === root && SKIPPED.has(entry.name);
    if (entry.isDirectory() && !isOutput) files.push(...listFiles(root, path));
    else if (entry.isFile()) files.push(relative(root, path).replaceAll("\\", "/"));
  }
  return files.sort();
}
