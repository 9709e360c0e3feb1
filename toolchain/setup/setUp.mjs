/**
 * Set-up in front of every command: checks Node and the C compiler, installs npm packages and system packages that are
 * missing. Says what it does and how long it took; says nothing when there is nothing to do.
 */
import { spawnSync } from "node:child_process";

import { installNodePackages, nodePackagesAreCurrent } from "./nodePackages.mjs";
import { systemPackages } from "./packages.mjs";
import { patchTypeScript, typeScriptNeedsPatch } from "./patchTypeScript.mjs";
import { repositoryRoot } from "./repository.mjs";
import { SetupError } from "./setupError.mjs";
import { findCompiler, findMissing, installSystemPackages } from "./system.mjs";

export const OLDEST_NODE = 20;

/** What set-up sees of the machine; tests hand in another one. */
export function thisMachine() {
  return {
    root: repositoryRoot,
    nodeVersion: process.versions.node,
    isRoot: typeof process.getuid === "function" && process.getuid() === 0,
    environment: process.env,
    policyFile: "/usr/sbin/policy-rc.d",
    now: () => performance.now(),
    say: (text) => process.stderr.write(text),
    /** Runs a program to its end. Returns { code, output }; code null when it cannot be started. */
    run(program, args, options = {}) {
      const result = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20, ...options });
      return { code: result.error ? null : result.status, output: `${result.stdout ?? ""}${result.stderr ?? ""}` };
    },
  };
}

/** Makes what `needs` lists present on `machine`, or throws a SetupError that says what to do. */
export function setUp(needs, machine = thisMachine()) {
  checkNode(machine);
  if (needs.compiler && findCompiler(machine) === null) {
    const asked = machine.environment.CC ? `CC=${machine.environment.CC} does not run` : "none of cc, gcc, clang runs";
    throw new SetupError(`C compiler: ${asked}, expected one, for example: ${typed(machine, ["gcc", "libc6-dev"])}`);
  }
  if (!nodePackagesAreCurrent(machine)) {
    timed(machine, "npm packages", () => installNodePackages(machine));
  }
  if (typeScriptNeedsPatch(machine)) timed(machine, "type checks", () => patchTypeScript(machine));
  const missing = findMissing(needs.system, systemPackages, machine);
  if (missing.length > 0) installMissing(missing, machine);
}

function checkNode(machine) {
  const major = Number.parseInt(machine.nodeVersion, 10);
  if (major >= OLDEST_NODE) return;
  throw new SetupError(`Node: found ${machine.nodeVersion}, expected ${OLDEST_NODE} or newer`);
}

function installMissing(missing, machine) {
  const canInstall = machine.isRoot && machine.run("apt-get", ["--version"]).code === 0;
  if (!canInstall) {
    throw new SetupError(`Missing system packages: ${missing.join(", ")}. Type this line, then try again:\n  ${typed(machine, missing)}`);
  }
  timed(machine, `system packages ${missing.join(", ")}`, () => installSystemPackages(missing, machine));
  const still = findMissing(missing, systemPackages, machine);
  if (still.length > 0) {
    throw new SetupError(
      `Installed, but still not found: ${still.join(", ")}. Their programs or headers are not where the system looks for them.`,
      1,
    );
  }
}

/** The line that installs Debian packages, as this user would type it. */
function typed(machine, names) {
  return `${machine.isRoot ? "" : "sudo "}apt-get install -y --no-install-recommends ${names.join(" ")}`;
}

function timed(machine, what, action) {
  machine.say(`set-up: ${what} ...`);
  const startedAt = machine.now();
  try {
    action();
  } catch (error) {
    machine.say(" failed\n");
    throw error;
  }
  machine.say(` ${((machine.now() - startedAt) / 1000).toFixed(1)} s\n`);
}
