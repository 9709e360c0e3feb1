import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { needsOf } from "../../../toolchain/setup/packages.mjs";
import { setUp } from "../../../toolchain/setup/setUp.mjs";
import { SetupError } from "../../../toolchain/setup/setupError.mjs";

interface Call {
  readonly line: string;
  readonly options: { cwd?: string; input?: string; env?: Record<string, string> };
}

const LOCK = {
  packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "x" }, "node_modules/mac": { version: "2.0.0", optional: true } },
};
const INSTALLED = { packages: { "node_modules/a": { version: "1.0.0", integrity: "x" } } };

describe("toolchain/setup/setUp", () => {
  let root: string;
  let calls: Call[];
  let said: string;
  /** Programs that fail, by the beginning of their line; headers that the compiler does not find. */
  let failing: string[];
  let missingHeaders: string[];
  /** What Debian would have asked before starting a daemon. */
  let policy: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "wasmote-setup-"));
    mkdirSync(join(root, "node_modules"));
    calls = [];
    said = "";
    failing = [];
    missingHeaders = [];
    policy = "";
    write("package-lock.json", LOCK);
    write("node_modules/.package-lock.json", INSTALLED);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(name: string, value: unknown): void {
    writeFileSync(join(root, name), JSON.stringify(value));
  }

  function machine(changes: Record<string, unknown> = {}): Parameters<typeof setUp>[1] {
    return {
      root,
      nodeVersion: "20.10.0",
      isRoot: false,
      environment: { PATH: "" },
      policyFile: join(root, "policy-rc.d"),
      now: () => 0,
      say: (text: string) => void (said += text),
      run(program: string, args: string[], options: Call["options"] = {}) {
        const line = [program, ...args].join(" ");
        calls.push({ line, options });
        if (failing.some((start) => line.startsWith(start))) return { code: 1, output: "it broke\nhere" };
        const misses = missingHeaders.some((header) => options.input?.includes(`<${header}>`));
        if (line.includes("apt-get install")) {
          missingHeaders = [];
          policy = readFileSync(join(root, "policy-rc.d"), "utf8");
        }
        return { code: misses ? 1 : 0, output: "" };
      },
      ...changes,
    } as unknown as Parameters<typeof setUp>[1];
  }

  const lines = (): string[] => calls.map(({ line }) => line);
  const simulator = { compiler: true, system: ["libmbedtls-dev"] };

  it("does and says nothing when everything is there", () => {
    setUp(simulator, machine());
    assert.equal(said, "");
    assert.deepEqual(
      lines().filter((line) => /npm|apt/.test(line)),
      [],
    );
  });

  it("refuses a Node that is too old, with what was found", () => {
    assert.throws(() => setUp(simulator, machine({ nodeVersion: "18.20.1" })), /Node: found 18\.20\.1, expected 20 or newer/);
  });

  it("asks for a C compiler only where one is needed", () => {
    failing = ["cc", "gcc", "clang"];
    assert.throws(() => setUp(simulator, machine()), /C compiler: none of cc, gcc, clang runs.*sudo apt-get install -y .*gcc/);
    setUp({ compiler: false, system: [] }, machine());
  });

  it("blames CC when CC is what does not run", () => {
    failing = ["mycc"];
    assert.throws(() => setUp(simulator, machine({ environment: { PATH: "", CC: "mycc" } })), /CC=mycc does not run/);
  });

  for (const [what, change] of [
    ["are missing", () => rmSync(join(root, "node_modules"), { recursive: true })],
    [
      "have another version",
      () => write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "0.9.0", integrity: "x" } } }),
    ],
    [
      "have other contents",
      () => write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "1.0.0", integrity: "y" } } }),
    ],
    ["are fewer than the lock file's", () => write("node_modules/.package-lock.json", { packages: {} })],
  ] as const) {
    it(`runs npm ci when the packages ${what}, in the repository`, () => {
      change();
      setUp({ compiler: false, system: [] }, machine());
      assert.deepEqual(lines(), ["npm ci --no-audit --no-fund"]);
      assert.equal(calls[0]?.options.cwd, root);
      assert.match(said, /^set-up: npm packages \.\.\. 0\.0 s\n$/);
    });
  }

  it("patches TypeScript as npm unpacked it, and only once", () => {
    const lib = join(root, "node_modules", "typescript", "lib");
    mkdirSync(lib, { recursive: true });
    writeFileSync(join(lib, "typescript.js"), "/// tsp-module: patched");
    setUp({ compiler: false, system: [] }, machine());
    assert.deepEqual(lines(), []);
    writeFileSync(join(lib, "typescript.js"), '"use strict"; as it came');
    setUp({ compiler: false, system: [] }, machine());
    assert.deepEqual(lines(), [`${process.execPath} ${join(root, "node_modules", "ts-patch", "bin", "ts-patch.js")} install -s`]);
  });

  it("uses the npm that started it", () => {
    write("node_modules/.package-lock.json", { packages: {} });
    setUp({ compiler: false, system: [] }, machine({ environment: { PATH: "", npm_execpath: "/opt/npm/bin/npm-cli.js" } }));
    assert.equal(lines()[0], `${process.execPath} /opt/npm/bin/npm-cli.js ci --no-audit --no-fund`);
  });

  it("shows the end of npm's output and keeps all of it when npm fails", () => {
    write("node_modules/.package-lock.json", { packages: {} });
    failing = ["npm"];
    assert.throws(
      () => setUp({ compiler: false, system: [] }, machine()),
      (error) => error instanceof SetupError && error.exitCode === 1 && /npm ci ended with 1[\s\S]*it broke\nhere/.test(error.message),
    );
    assert.equal(readFileSync(join(root, "build", "setup", "npm.log"), "utf8"), "it broke\nhere");
  });

  it("prints the line to type, and exit code 2, for an ordinary user", () => {
    missingHeaders = ["mbedtls/ssl.h"];
    assert.throws(
      () => setUp(simulator, machine()),
      (error) =>
        error instanceof SetupError &&
        error.exitCode === 2 &&
        error.message.endsWith("\n  sudo apt-get install -y --no-install-recommends libmbedtls-dev"),
    );
    assert.deepEqual(
      lines().filter((line) => line.includes("apt-get install")),
      [],
    );
  });

  it("installs as root: one update, one install, without questions", () => {
    missingHeaders = ["mbedtls/ssl.h"];
    setUp(simulator, machine({ isRoot: true }));
    const apt = calls.filter(({ line }) => /^apt-get (update|install)/.test(line));
    assert.deepEqual(
      apt.map(({ line }) => line),
      ["apt-get update", "apt-get install -y --no-install-recommends libmbedtls-dev"],
    );
    assert.equal(apt[1]?.options.env?.DEBIAN_FRONTEND, "noninteractive");
    assert.match(policy, /exit 101/);
    assert.equal(existsSync(join(root, "policy-rc.d")), false);
    assert.match(said, /system packages libmbedtls-dev \.\.\. 0\.0 s/);
  });

  it("leaves a policy that is already there in force", () => {
    missingHeaders = ["mbedtls/ssl.h"];
    writeFileSync(join(root, "policy-rc.d"), "theirs");
    setUp(simulator, machine({ isRoot: true }));
    assert.equal(readFileSync(join(root, "policy-rc.d"), "utf8"), "theirs");
  });

  it("goes on to install when the update fails, and reports the failed install", () => {
    missingHeaders = ["mbedtls/ssl.h"];
    failing = ["apt-get update"];
    setUp(simulator, machine({ isRoot: true }));
    missingHeaders = ["mbedtls/ssl.h"];
    failing = ["apt-get install"];
    assert.throws(() => setUp(simulator, machine({ isRoot: true })), /apt-get install ended with 1[\s\S]*it broke/);
    assert.match(said, / failed\n$/);
  });

  it("says so when a package was installed and its header is still not found", () => {
    missingHeaders = ["mbedtls/ssl.h"];
    const stubborn = machine({ isRoot: true });
    const run = stubborn!.run;
    stubborn!.run = (...args: Parameters<typeof run>) => {
      const result = run(...args);
      missingHeaders = ["mbedtls/ssl.h"];
      return result;
    };
    assert.throws(() => setUp(simulator, stubborn), /Installed, but still not found: libmbedtls-dev/);
  });
});

describe("toolchain/setup/packages", () => {
  it("knows every command of package.json that run.mjs starts", () => {
    const { scripts } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const line of Object.values(scripts)) {
      const match = /^node toolchain\/run\.mjs (\S+)/.exec(line);
      assert.ok(match?.[1], line);
      assert.notEqual(needsOf(match[1], []), null, line);
    }
  });

  it("refuses unknown commands, inherited names too", () => {
    for (const name of ["", "strat", "toString", undefined]) assert.equal(needsOf(name, []), null);
  });

  it("asks for mosquitto only when start is to use it", () => {
    assert.ok(!needsOf("start", [])?.system.includes("mosquitto"));
    assert.ok(needsOf("start", ["--broker", "mosquitto"])?.system.includes("mosquitto"));
    assert.ok(needsOf("start", ["--broker=mosquitto"])?.system.includes("mosquitto"));
  });
});
