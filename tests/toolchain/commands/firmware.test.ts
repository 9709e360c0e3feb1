import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, it, mock } from "node:test";

import { findPartition } from "../../../toolchain/board/partitions.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { main } from "../../../toolchain/commands/firmware.js";
import { readConfigPartition } from "../../../toolchain/config/configImage.js";

interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly target: string | null;
  readonly idf: string;
}

describe("toolchain/commands/firmware", () => {
  let folder: string;
  let bin: string;
  let out: string;
  const environment = { ...process.env };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-firmware-"));
    bin = join(folder, "bin");
    out = join(folder, "out");
    mkdirSync(bin);
    const fake = join(ROOT, "tests/fakes/fakeIdf.mjs");
    writeFileSync(join(bin, "idf.py"), `#!/bin/sh\nexec ${process.execPath} ${fake} "$@"\n`, { mode: 0o755 });
    writeFileSync(join(bin, "qemu-system-riscv32"), "#!/bin/sh\necho 'virt  RISC-V board'\necho 'esp32c3  Espressif ESP32C3 machine'\n", {
      mode: 0o755,
    });
  });
  beforeEach(() => {
    rmSync(out, { recursive: true, force: true });
    rmSync(log(), { force: true });
    process.env.PATH = [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":");
    process.env.IDF_PATH = "/opt/esp-idf";
    process.env.IDF_TARGET = "esp32h2";
    process.env.FAKE_IDF_LOG = log();
    delete process.env.FAKE_IDF_CODE;
  });
  after(() => {
    for (const name of ["PATH", "IDF_PATH", "IDF_TARGET", "FAKE_IDF_LOG", "FAKE_IDF_CODE"]) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function log(): string {
    return join(folder, "idf.log");
  }

  function calls(): Call[] {
    if (!existsSync(log())) return [];
    const lines = readFileSync(log(), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Call);
  }

  async function run(...argv: string[]): Promise<{ code: number; err: string }> {
    const said: string[] = [];
    const write = mock.method(process.stderr, "write", (text: string) => said.push(text) > 0);
    const code = await main(argv, out).finally(() => write.mock.restore());
    return { code, err: said.join("") };
  }

  /** The -D entries of a call, and its other words. */
  function split(args: readonly string[]): { entries: Record<string, string>; words: string[] } {
    const entries: Record<string, string> = {};
    const words: string[] = [];
    for (let i = 0; i < args.length; i++) {
      if (args[i] !== "-D") words.push(args[i]!);
      else {
        const [name = "", value = ""] = args[++i]!.split(/=(.*)/s);
        entries[name] = value;
      }
    }
    return { entries, words };
  }

  it("builds when no action is given, in the chip's own folder with its own sdkconfig", async () => {
    assert.deepEqual(await run("--target", "esp32c3"), { code: 0, err: "" });
    const [call, ...more] = calls();
    assert.deepEqual(more, []);
    const { entries, words } = split(call!.args);
    const build = join(out, "esp32c3");
    assert.deepEqual(words, ["-C", ROOT, "-B", build, "build"]);
    assert.deepEqual(entries, {
      IDF_TARGET: "esp32c3",
      SDKCONFIG: join(build, "sdkconfig"),
      SDKCONFIG_DEFAULTS: `${join(ROOT, "sdkconfig.defaults")};${join(build, "engine.defaults")}`,
      WASMOTE_APP: "",
      WASMOTE_KERNEL: "",
    });
    assert.equal(readFileSync(join(build, "engine.defaults"), "utf8"), "");
    assert.deepEqual([call!.cwd, call!.target, call!.idf], [ROOT, null, "/opt/esp-idf"]);
  });

  it("hands over app, kernel, port, actions, and what is behind --", async () => {
    const argv = ["--target", "esp32s3", "--app", "examples/heartbeat", "--profile", "minimal", "--port", "/dev/ttyACM0"];
    assert.equal((await run(...argv, "flash", "monitor", "--", "--no-reset")).code, 0);
    const { entries, words } = split(calls()[0]!.args);
    assert.deepEqual(words.slice(4), ["-p", "/dev/ttyACM0", "flash", "monitor", "--no-reset"]);
    assert.equal(entries.WASMOTE_APP, join(process.cwd(), "examples/heartbeat"));
    assert.equal(entries.WASMOTE_KERNEL, "minimal-plain");
  });

  for (const [argv, kernel] of [
    [["--cloud", "thingsboard"], "full-thingsboard"],
    [["--cloud", "tendrl", "--profile", "minimal"], "minimal-tendrl"],
  ] as const) {
    it(`takes the kernel of a cloud: ${argv.join(" ")}`, async () => {
      assert.equal((await run("--target", "esp32c3", ...argv)).code, 0);
      assert.equal(split(calls()[0]!.args).entries.WASMOTE_KERNEL, kernel);
    });
  }

  it("refuses a kernel that is none", async () => {
    const { code, err } = await run("--target", "esp32c3", "--cloud", "thingsboard", "--profile", "database");
    assert.notEqual(code, 0);
    assert.match(err, /database-thingsboard: this version has no such combination/);
    assert.deepEqual(calls(), []);
  });

  it("keeps the engine where menuconfig keeps it", async () => {
    const sdkconfig = join(out, "esp32", "sdkconfig");
    await run("--target", "esp32", "--engine", "wasm3");
    const defaults = join(out, "esp32", "engine.defaults");
    assert.equal(readFileSync(defaults, "utf8"), "CONFIG_WASMOTE_ENGINE_WASM3=y\n# CONFIG_WASMOTE_ENGINE_AOT is not set\n");
    assert.ok(!existsSync(sdkconfig));
    writeFileSync(sdkconfig, "CONFIG_A=1\n# CONFIG_WASMOTE_ENGINE_AOT is not set\nCONFIG_WASMOTE_ENGINE_WASM3=y\nCONFIG_B=y\n");
    await run("--target", "esp32");
    assert.match(readFileSync(sdkconfig, "utf8"), /CONFIG_WASMOTE_ENGINE_WASM3=y/);
    await run("--target", "esp32", "--engine", "aot");
    assert.equal(
      readFileSync(sdkconfig, "utf8"),
      "CONFIG_A=1\nCONFIG_B=y\n# CONFIG_WASMOTE_ENGINE_WASM3 is not set\nCONFIG_WASMOTE_ENGINE_AOT=y\n",
    );
  });

  it("passes on idf.py's exit code", async () => {
    process.env.FAKE_IDF_CODE = "3";
    assert.equal((await run("--target", "esp32c6")).code, 3);
  });

  it("passes on a signal and ends well", async () => {
    process.env.FAKE_IDF_CODE = "signal";
    writeFileSync(log(), "");
    const started = new Promise<void>((resolve) => {
      const watcher = watch(log(), () => (watcher.close(), resolve()));
    });
    const ended = run("--target", "esp32c3", "monitor");
    await started;
    process.emit("SIGTERM", "SIGTERM");
    assert.equal((await ended).code, 0);
  });

  it("emulates: builds with the emulator's options, flashes a file, configures it, and starts", async () => {
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ mqtt: { host: "10.0.2.2", clientId: "porch" } }));
    assert.deepEqual(await run("--target", "esp32c3", "--emulate", "--config", config), { code: 0, err: "" });
    const build = join(out, "esp32c3-emulated");
    const image = join(build, "flash.img");
    const [first, second] = calls().map(({ args }) => split(args));
    const defaults = ["sdkconfig.defaults", "sdkconfig.qemu"].map((name) => join(ROOT, name));
    assert.equal(first!.entries.SDKCONFIG_DEFAULTS, [...defaults, join(build, "engine.defaults")].join(";"));
    for (const file of defaults) assert.ok(existsSync(file), file);
    assert.deepEqual(first!.words.slice(2), ["-B", build, "build"]);
    assert.deepEqual(second, { entries: first!.entries, words: [...first!.words.slice(0, -1), "qemu", "--flash-file", image] });
    const flash = readFileSync(image);
    assert.equal(flash.length, 4 << 20);
    assert.equal(flash.toString("latin1", 0, 10), "bootloader");
    assert.equal(flash.toString("latin1", 0x20000, 0x20008), "firmware");
    const { offset, bytes } = findPartition("config");
    const [a] = readConfigPartition(flash.subarray(offset, offset + bytes));
    assert.ok(a.state === "whole" && a.entries.get("mqtt.host") === "10.0.2.2");

    const store = findPartition("store").offset;
    flash.write("kept", store);
    flash.write("x", 8190); // behind the bootloader's one sector
    writeFileSync(image, flash);
    assert.equal((await run("--target", "esp32c3", "--emulate")).code, 0);
    const again = readFileSync(image);
    assert.equal(again.toString("latin1", store, store + 4), "kept");
    assert.deepEqual(again, flash);
  });

  it("makes one file of a new board's whole flash, and the list that Wokwi reads", async () => {
    const config = join(folder, "config.json");
    writeFileSync(config, JSON.stringify({ wifi: { ssid: "Wokwi-GUEST" }, mqtt: { host: "h", clientId: "porch" } }));
    assert.equal((await run("--target", "esp32c3", "--config", config)).code, 0);
    assert.equal(calls().length, 1);
    const whole = join(out, "esp32c3", "whole");
    const flash = readFileSync(join(whole, "flash.img"));
    assert.equal(flash.length, 4 << 20);
    assert.equal(flash.toString("latin1", 0x20000, 0x20008), "firmware");
    const { offset, bytes } = findPartition("config");
    const [a] = readConfigPartition(flash.subarray(offset, offset + bytes));
    assert.ok(a.state === "whole" && a.entries.get("wifi.ssid") === "Wokwi-GUEST");
    assert.deepEqual(JSON.parse(readFileSync(join(whole, "flasher_args.json"), "utf8")), { flash_files: { "0x0": "flash.img" } });
    assert.equal(statSync(join(whole, "flash.img")).mode & 0o777, 0o600);
  });

  it("refuses an emulated flash of another size", async () => {
    await run("--target", "esp32c3", "--emulate");
    writeFileSync(join(out, "esp32c3-emulated", "flash.img"), "short");
    const { code, err } = await run("--target", "esp32c3", "--emulate");
    assert.equal(code, 2);
    assert.match(err, /flash\.img: found 5 bytes, expected a flash file of 4194304; remove it/);
  });

  it("does not start what did not build", async () => {
    process.env.FAKE_IDF_CODE = "2";
    assert.equal((await run("--target", "esp32c3", "--emulate")).code, 2);
    assert.equal(calls().length, 1);
  });

  it("says how to get ESP-IDF, its environment, and the emulator", async () => {
    delete process.env.IDF_PATH;
    const none = await run("--target", "esp32c3");
    assert.equal(none.code, 2);
    assert.match(
      none.err,
      /git clone -b release\/v5\.5 [^\n]*\n {2}~\/esp\/esp-idf\/install\.sh esp32c3\n {2}\. ~\/esp\/esp-idf\/export\.sh\n$/,
    );
    process.env.IDF_PATH = "/opt/esp-idf";
    process.env.PATH = dirname(process.execPath);
    assert.match((await run("--target", "esp32c3")).err, /no idf\.py on the PATH[^]*\n {2}\. \/opt\/esp-idf\/export\.sh\n$/);
    const other = mkdtempSync(join(folder, "debian-"));
    copyFileSync(join(bin, "idf.py"), join(other, "idf.py"));
    writeFileSync(join(other, "qemu-system-riscv32"), "#!/bin/sh\necho 'virt  RISC-V board'\n", { mode: 0o755 });
    process.env.PATH = other;
    const wrong = await run("--target", "esp32c3", "--emulate");
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /qemu-system-riscv32, which does not know esp32c3, [^]*idf_tools\.py install qemu-riscv32\n/);
    assert.match((await run("--target", "esp32s3", "--emulate")).err, /found no qemu-system-xtensa[^]*install qemu-xtensa\n/);
    assert.deepEqual(calls(), []);
  });

  for (const [argv, message] of [
    [[], /--target: found nothing, expected a chip: esp32, esp32s2/],
    [["--target", "esp32h2"], /--target: found "esp32h2", expected esp32 or esp32s2/],
    [["--target", "esp32c3", "--app", "nowhere"], /nowhere: no app\.ts there/],
    [["--target", "esp32c3", "--engine", "v8"], /--engine: found "v8", expected wasm3 or aot/],
    [
      ["--target", "esp32c3", "--config", "c.json", "flash"],
      /found --config and "flash", expected one of them; .*npm run provision -- --config c\.json/,
    ],
    [["--target", "esp32c3", "--config", "c.json", "--port", "x"], /found --config and --port, expected one of them/],
    [["--target", "esp32c3", "--emulate", "flash"], /found --emulate and "flash", expected one of them/],
    [["--target", "esp32c3", "--emulate", "--port", "x"], /found --emulate and --port, expected one of them/],
    [["--target", "esp32c6", "--emulate"], /--emulate: found esp32c6, expected one that the emulator knows: esp32, esp32c3, esp32s3/],
    [["--target", "esp32c3", "--emulate", "--config", "none.json"], /none\.json: cannot be read/],
    [["--traget", "esp32c3"], /found --traget \(did you mean --target\?\)/],
  ] as const) {
    it(`says what is wrong: ${argv.join(" ")}`, async () => {
      const { code, err } = await run(...argv);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.deepEqual(calls(), []);
      assert.ok(!existsSync(out));
    });
  }
});
