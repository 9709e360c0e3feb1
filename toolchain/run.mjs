/**
 * What every command of package.json starts: makes sure that what the command needs is installed, then hands over to
 * toolchain/commands/<command>.ts. Plain Node, because on a bare clone nothing else is there yet.
 */
import { pathToFileURL } from "node:url";
import { join } from "node:path";

import { commandNames, needsOf } from "./setup/packages.mjs";
import { repositoryRoot } from "./setup/repository.mjs";
import { setUp } from "./setup/setUp.mjs";
import { SetupError } from "./setup/setupError.mjs";

/** Writes out what is still buffered, then ends: a command owns its children and has ended them when its main returns. */
function exitWith(code) {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

async function run(argv) {
  const [command, ...rest] = argv;
  const needs = needsOf(command, rest);
  if (needs === null) {
    const found = command === undefined ? "no command" : `"${command}"`;
    process.stderr.write(`toolchain/run.mjs: found ${found}, expected one of ${commandNames().join(", ")}\n`);
    return 2;
  }
  setUp(needs);
  await import("./setup/typescript.mjs");
  const file = join(repositoryRoot, "toolchain", "commands", `${command}.ts`);
  const { main } = await import(pathToFileURL(file).href);
  return main(rest);
}

/** Whoever reads us may leave first, as `head` does: then we end as after Ctrl-C, and so do our children. */
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.kill(process.pid, "SIGTERM");
});

run(process.argv.slice(2)).then(exitWith, (error) => {
  const isSetup = error instanceof SetupError;
  process.stderr.write(`${isSetup ? error.message : (error?.stack ?? error)}\n`);
  exitWith(isSetup ? error.exitCode : 1);
});
