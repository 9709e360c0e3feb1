/** What the operating system provides: the C compiler, and Debian packages. */
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { tail, writeLog } from "./nodePackages.mjs";
import { SetupError } from "./setupError.mjs";

/** Where Debian puts daemons, which an ordinary user's PATH leaves out. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Returns the full path of a program on the PATH or in a system folder, or null. */
export function findProgram(name, environment = process.env) {
  const folders = [...(environment.PATH ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  for (const folder of folders) {
    if (folder === "") continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      continue;
    }
  }
  return null;
}

/** Returns the name of a C compiler that runs, or null. $CC comes first and alone. */
export function findCompiler(machine) {
  const asked = machine.environment.CC;
  const names = asked ? [asked] : ["cc", "gcc", "clang"];
  return names.find((name) => machine.run(name, ["--version"]).code === 0) ?? null;
}

/** Returns those of `names` whose probe in `packages` is not found. */
export function findMissing(names, packages, machine) {
  const hasHeaders = names.some((name) => packages[name].header !== undefined);
  const compiler = hasHeaders ? findCompiler(machine) : null;
  return names.filter((name) => {
    const probe = packages[name];
    if (probe.program !== undefined) return findProgram(probe.program, machine.environment) === null;
    if (probe.file !== undefined) return !existsSync(probe.file);
    return !headerExists(probe, compiler, machine);
  });
}

function headerExists({ header, before = [] }, compiler, machine) {
  const input = [...before, header].map((name) => `#include <${name}>\n`).join("");
  return machine.run(compiler, ["-E", "-x", "c", "-o", "/dev/null", "-"], { input }).code === 0;
}

/** Installs Debian packages as root: one update, one install, no questions, no service started. */
export function installSystemPackages(names, machine) {
  const release = forbidServices(machine.policyFile);
  try {
    const options = { env: { ...machine.environment, DEBIAN_FRONTEND: "noninteractive" } };
    const update = machine.run("apt-get", ["update"], options);
    const install = machine.run("apt-get", ["install", "-y", "--no-install-recommends", ...names], options);
    const output = `${update.output}\n${install.output}`;
    const log = writeLog(machine.root, "apt.log", output);
    if (install.code === 0) return;
    throw new SetupError(`apt-get install ended with ${install.code}. The end of ${log}:\n${tail(output)}`, 1);
  } finally {
    release();
  }
}

/**
 * Debian starts a daemon as soon as its package is installed, unless policy-rc.d says 101 ("forbidden").
 * Returns what takes the answer away again; a policy that is already there stays in force.
 */
function forbidServices(file) {
  try {
    writeFileSync(file, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
  } catch {
    return () => {};
  }
  return () => rmSync(file, { force: true });
}
