/** What `npm run check` runs, one step after the other. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeOversize, findOversize } from "./fileSizes.js";
import { listFiles } from "./files.js";
import { findImportCircles } from "./importCircles.js";

/** A program to run, or our own findings. */
export interface Step {
  name: string;
  /** Arguments behind Node's own executable or a program of the PATH. */
  command?: { program: string; args: string[]; fixArgs?: string[] };
  /** Returns one line for each thing that is wrong. */
  inspect?: () => string[];
}

export function checkSteps(root: string): Step[] {
  const files = listFiles(root);
  const ours = files.filter((path) => /^(host|components|main|tests)\/.*\.[ch]$/.test(path));
  const node = (script: string, args: string[], fixArgs?: string[]): Step["command"] => ({
    program: process.execPath,
    args: [join("node_modules", script), ...args],
    ...(fixArgs ? { fixArgs: [join("node_modules", script), ...fixArgs] } : {}),
  });
  const types = (project: string): Step => ({
    name: `types: ${project}`,
    command: node("typescript/bin/tsc", ["--noEmit", "-p", project]),
  });
  return [
    {
      name: "format",
      command: node("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."], ["--write", "--log-level", "warn", "."]),
    },
    { name: "format of C", command: { program: "clang-format", args: ["--dry-run", "-Werror", ...ours], fixArgs: ["-i", ...ours] } },
    { name: "lint", command: node("eslint/bin/eslint.js", ["."], ["--fix", "."]) },
    ...["tsconfig.json", "assembly", "examples", "tests/scenarios/apps"].map(types),
    { name: "static analysis of C", command: { program: "cppcheck", args: cppcheckArgs(root) } },
    { name: "sizes", inspect: () => files.flatMap((path) => oversize(root, path)) },
    { name: "import circles", inspect: () => findImportCircles(root, files) },
    ...contractSteps(files),
  ];
}

function oversize(root: string, path: string): string[] {
  return findOversize(path, readFileSync(join(root, path), "utf8")).map(describeOversize);
}

/**
 * Our sources only: the interpreter's are not ours to judge. returnDanglingLifetime takes any pointer that a call returns
 * for one into what the call was given, and is wrong each time.
 */
function cppcheckArgs(root: string): string[] {
  const folders = ["host/src", "host/update", "host/sim", "components/platform_idf", "main"].filter((folder) =>
    existsSync(join(root, folder)),
  );
  return [
    ...["--quiet", "--error-exitcode=1", "--std=c99", "--inline-suppr", "--enable=warning,performance,portability"],
    ...["--suppress=missingIncludeSystem", "--suppress=returnDanglingLifetime", "-Ihost/include", "-Ihost/src", ...folders],
  ];
}

function contractSteps(files: readonly string[]): Step[] {
  const tests = files.filter((path) => /^tests\/contract\/.*\.test\.ts$/.test(path));
  return tests.length === 0
    ? []
    : [{ name: "contract", command: { program: process.execPath, args: ["--import", "tsx", "--test", ...tests] } }];
}
