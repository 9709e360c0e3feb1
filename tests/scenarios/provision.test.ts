/** What is typed into config.json is what the board reads: through the image, esptool, the flash and the reader in C. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";

import { buildBoard } from "../../toolchain/board/buildBoard.js";
import { findPartition } from "../../toolchain/board/partitions.js";
import { SimBoard } from "../../toolchain/board/simBoard.js";
import { buildApp } from "../../toolchain/build/index.js";
import { DEFAULT_KERNEL } from "../../toolchain/build/kernels.js";
import { ROOT } from "../../toolchain/build/paths.js";
import { withSequence } from "../../toolchain/config/configImage.js";
import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";

const { offset, bytes } = findPartition("config");
const HALF = bytes / 2;

describe("scenarios/provision", () => {
  let folder: string;
  let flash: string;
  let broker: AedesBroker;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-provisioned-"));
    flash = join(folder, "flash.img");
    mkdirSync(join(folder, "bin"));
    copyFileSync(join(ROOT, "tests/fakes/fakeEsptool.mjs"), join(folder, "bin", "esptool"));
    chmodSync(join(folder, "bin", "esptool"), 0o755);
    writeFileSync(flash, Buffer.alloc(4 << 20, 0xff));
    broker = await AedesBroker.start();
    writeFileSync(join(folder, "ca.pem"), `Issuer: CN=somebody\n${broker.caPem}`);
  });
  after(async () => {
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function provision(name: string): void {
    const { host, port, user, password } = broker;
    const config = JSON.stringify({
      wifi: { ssid: "Nest", password: "12345678" },
      mqtt: { host, port, user, password, tls: true, clientId: "porch" },
      tls: { caFile: "ca.pem" },
      app: { name, rate: 250, nested: { deep: true } },
    });
    writeFileSync(join(folder, "config.json"), `// written by hand\n${config}`);
    const environment = {
      ...process.env,
      PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
      FAKE_ESPTOOL_FLASH: flash,
      FAKE_ESPTOOL_LOG: join(folder, "esptool.log"),
    };
    const args = [join(ROOT, "toolchain/run.mjs"), "provision", "--config", join(folder, "config.json"), "--port", "COM1"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: environment, encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
  }

  function change(half: number, edit: (bytes: Buffer) => Buffer | void): void {
    const all = readFileSync(flash);
    const part = all.subarray(offset + half * HALF, offset + (half + 1) * HALF);
    (edit(part) ?? part).copy(part);
    writeFileSync(flash, all);
  }

  /** Runs a board on the flash and returns what it logged until `fits`. */
  async function boot(fits: (log: string) => boolean): Promise<string> {
    const { simulator, kernel } = await buildBoard({ kernel: DEFAULT_KERNEL });
    const app = await buildApp("tests/scenarios/apps/settings");
    const board = await SimBoard.start({ simulator, kernel, app, flash, statusMs: 50 });
    try {
      await board.waitFor("status", () => fits(board.logText), 20_000);
      return board.logText;
    } finally {
      await board.quit();
    }
  }

  it("gives the board the very values of config.json, and they are good for the broker", async () => {
    provision("née <porch>");
    const before = broker.connects;
    const log = await boot(() => broker.connects > before);
    for (const line of ["name=née <porch>", "rate=250", "deep=yes", "missing=fallback"]) assert.ok(log.includes(line), log);
    assert.doesNotMatch(log, /configuration:|12345678/);
    assert.ok(!log.includes(broker.password));
  });

  it("keeps the old configuration in force beside a damaged or later one, and says so", async () => {
    provision("old");
    const old = readFileSync(flash);
    provision("new");
    const halves: ReadonlyArray<readonly [(half: Buffer) => Buffer | void, RegExp]> = [
      [
        (half) => void (half[200]! ^= 0x10),
        /configuration: half A is damaged or was not written to its end; half B of sequence \d+ is in force/,
      ],
      [(half) => void half.fill(0xff, 300), /configuration: half A is damaged or was not written to its end; half B/],
      [laterVersion, /configuration: half A is of version 3, expected 2; half B of sequence \d+ is in force/],
    ];
    const fresh = readFileSync(flash).subarray(offset, offset + HALF);
    for (const [damage, message] of halves) {
      change(1, () => old.subarray(offset + HALF, offset + bytes));
      change(0, () => Buffer.from(fresh));
      change(0, damage);
      const log = await boot((text) => /name=/.test(text));
      assert.match(log, /name=old/);
      assert.match(log, message);
    }
    change(0, () => Buffer.from(fresh));
    assert.match(await boot((text) => /name=/.test(text)), /name=new/);
  });

  it("runs without one and says what is missing", async () => {
    for (const half of [0, 1]) change(half, (part) => void part.fill(0xff));
    assert.match(await boot((text) => /mqtt\.host/.test(text)), /mqtt\.host: expected a host name/);
  });
});

function laterVersion(half: Buffer): Buffer {
  half.writeUInt16LE(3, 4);
  return withSequence(half, half.readUInt32LE(8));
}
