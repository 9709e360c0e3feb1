import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";

import { findPartition } from "../../../toolchain/board/partitions.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { halfInForce, readConfigHalf, readConfigPartition, withSequence, writeConfigImage } from "../../../toolchain/config/configImage.js";

const PASSWORD = "hunter2-hunter2";
const CONFIG = {
  wifi: { ssid: "Nest", password: PASSWORD },
  mqtt: { host: "new.example", clientId: "porch", user: "u", password: `${PASSWORD}!`, tls: true },
};
const PARTITION = findPartition("config");
const HALF = PARTITION.bytes / 2;

describe("toolchain/commands/provision", () => {
  let folder: string;
  let config: string;
  let flash: string;
  let log: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-provision-test-"));
    mkdirSync(join(folder, "bin"));
    copyFileSync(join(ROOT, "tests/fakes/fakeEsptool.mjs"), join(folder, "bin", "esptool"));
    chmodSync(join(folder, "bin", "esptool"), 0o755);
    config = join(folder, "config.json");
    flash = join(folder, "flash.img");
    log = join(folder, "esptool.log");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    writeFileSync(config, `// a comment\n${JSON.stringify(CONFIG)}`);
    writeFileSync(flash, Buffer.alloc(4 << 20, 0xff));
    for (const file of [log, `${log}.cut`]) rmSync(file, { force: true });
  });

  interface Run {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }

  function provision(args: readonly string[], { hasEsptool = true, ...environment }: Record<string, string | boolean> = {}): Run {
    const path = [...(hasEsptool ? [join(folder, "bin")] : []), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
    const env = {
      ...process.env,
      PATH: path,
      IDF_PYTHON_ENV_PATH: undefined,
      FAKE_ESPTOOL_FLASH: flash,
      FAKE_ESPTOOL_LOG: log,
      ...environment,
    };
    const run = join(ROOT, "toolchain", "run.mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [run, "provision", ...args], {
      cwd: folder,
      env: env as NodeJS.ProcessEnv,
      encoding: "utf8",
    });
    assert.ok(!`${stdout}${stderr}`.includes(PASSWORD), "a secret was printed");
    return { code: status, out: stdout, err: stderr };
  }

  function boardPartition(): Buffer {
    return readFileSync(flash).subarray(PARTITION.offset, PARTITION.offset + PARTITION.bytes);
  }

  /** The host that the board would connect to. */
  function hostInForce(): string | undefined {
    const halves = readConfigPartition(boardPartition());
    const chosen = halfInForce(halves);
    const half = chosen === null ? null : halves[chosen];
    return half?.state === "whole" ? half.entries.get("mqtt.host") : undefined;
  }

  function putOnBoard(a: Buffer, b: Buffer): void {
    const bytes = readFileSync(flash);
    Buffer.concat([a, b]).copy(bytes, PARTITION.offset);
    writeFileSync(flash, bytes);
  }

  function image(host: string, sequence: number): Buffer {
    return writeConfigImage({ mqtt: { host, clientId: "porch" } }, HALF, sequence);
  }

  function commands(): string[] {
    return readFileSync(log, "utf8").trim().split("\n");
  }

  it("writes an image that only its owner reads, and the lines that flash it", () => {
    const file = join(folder, "made", "config.img");
    const { code, out } = provision(["--config", config, "--out", file]);
    assert.equal(code, 0);
    const half = readConfigHalf(readFileSync(file));
    assert.ok(half.state === "whole");
    assert.equal(half.entries.get("wifi.password"), PASSWORD);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(out, /^configuration: mqtt\.host, mqtt\.tls, mqtt\.user, mqtt\.password, mqtt\.clientId, wifi\.ssid, wifi\.password$/m);
    assert.match(
      out,
      /esptool\.py --port PORT write_flash 0x362000 made\/config\.img\n {2}esptool\.py --port PORT write_flash 0x360000 made\/config\.img\n/,
    );
  });

  it("writes a template once, which says what to fill in", () => {
    const file = join(folder, "fresh.json");
    assert.equal(provision(["--init", "--config", file]).code, 0);
    const text = readFileSync(file, "utf8");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = provision(["--init", "--config", file]);
    assert.deepEqual([again.code, readFileSync(file, "utf8")], [2, text]);
    assert.match(again.err, /found .*fresh\.json, expected no such file: it is left as it is/);
    const { code, err } = provision(["--config", file]);
    assert.equal(code, 2);
    assert.deepEqual(
      [...err.matchAll(/: ((?:mqtt|wifi)\.\w+): found/g)].map(([, key]) => key),
      ["mqtt.host", "mqtt.clientId", "wifi.ssid", "wifi.password"],
    );
  });

  for (const version of ["4.8.1", "5.0.0"]) {
    it(`flashes a new board with esptool ${version}: both halves, the whole of each`, () => {
      const { code, out } = provision(["--config", config, "--port", "socket://board"], { FAKE_ESPTOOL_VERSION: version });
      assert.equal(code, 0, out);
      const halves = readConfigPartition(boardPartition());
      assert.deepEqual(halves[0], halves[1]);
      assert.equal(hostInForce(), "new.example");
      const dash = version.startsWith("4") ? "_" : "-";
      assert.deepEqual(
        commands().map((line) => line.replace(/ \S*\.img$/, "")),
        [
          `--port socket://board --after no${dash}reset read${dash}flash 0x360000 0x4000`,
          `--port socket://board write${dash}flash 0x362000`,
          `--port socket://board write${dash}flash 0x360000`,
        ],
      );
      assert.ok(!existsSync(join(folder, "build")), "the image was kept");
      assert.deepEqual(
        readdirSync(tmpdir()).filter((name) => /^wasmote-provision-\w{6}$/.test(name)),
        [],
      );
    });
  }

  it("writes the half that is not in force first, with a later sequence, whatever the PC's clock says", () => {
    for (const [a, b, order] of [
      [2_200_000_000, 2_100_000_000, ["0x362000", "0x360000"]],
      [2_100_000_000, 2_200_000_000, ["0x360000", "0x362000"]],
    ] as const) {
      rmSync(log, { force: true });
      putOnBoard(image("a", a), image("b", b));
      assert.equal(provision(["--config", config, "--port", "COM3"]).code, 0);
      assert.deepEqual(
        commands()
          .slice(1)
          .map((line) => / (0x\w+) /.exec(line)?.[1]),
        order,
      );
      const half = readConfigHalf(boardPartition().subarray(0, HALF));
      assert.ok(half.state === "whole" && half.sequence === 2_200_000_001);
      assert.equal(hostInForce(), "new.example");
    }
  });

  it("cut off anywhere, leaves the old or the new configuration in force, and the next run heals it", () => {
    const STEPS = 20; // two sectors of an erase and four writes each, twice
    const seen = new Set<string | undefined>();
    for (const cut of [0, 1, 3, 9, 10, 11, 13, 19]) {
      for (const file of [log, `${log}.cut`]) rmSync(file, { force: true });
      putOnBoard(image("old.example", 7), image("older.example", 6));
      const { code, err } = provision(["--config", config, "--port", "COM3"], { FAKE_ESPTOOL_CUT: String(cut) });
      assert.equal(code, 1);
      assert.match(err, /esptool write_flash ended with 2\nWhat the board had is still in force, or the new configuration is already/);
      // An image whose used part is written is whole: the rest of its half reads as erased already.
      const allowed = cut === 0 ? ["old.example"] : cut < STEPS / 2 ? ["old.example", "new.example"] : ["new.example"];
      assert.ok(allowed.includes(hostInForce() ?? "none"), `cut after ${cut}: ${hostInForce()}`);
      seen.add(hostInForce());
    }
    assert.equal(seen.size, 2);
    const again = provision(["--config", config, "--port", "COM3"]);
    assert.equal(again.code, 0);
    const [a, b] = readConfigPartition(boardPartition());
    assert.deepEqual(a, b);
  });

  it("says what was wrong on the board, and mends it", () => {
    putOnBoard(image("old.example", 7), Buffer.alloc(HALF, 0x55));
    const { code, out } = provision(["--config", config, "--port", "COM3"]);
    assert.equal(code, 0);
    assert.match(out, /the board's old configuration: half B is no configuration: .*; half A is in force/);
    assert.match(out, /writes half B at 0x362000[^]*writes half A at 0x360000/);
    assert.equal(hostInForce(), "new.example");
  });

  it("refuses an image that is cut off, damaged or of a later version; the board is not touched", () => {
    const good = image("from-image.example", 9);
    const later = Buffer.from(good);
    later.writeUInt16LE(3, 4);
    const flipped = Buffer.from(good);
    flipped[100]! ^= 4;
    const file = join(folder, "given.img");
    for (const [bytes, message] of [
      [good.subarray(0, 5000), /found 5000 bytes, expected 8192: the image is cut off, or none/],
      [flipped, /the image is damaged or cut off: the checksum of its content does not fit/],
      [withSequence(later, 9), /the image is of version 3, expected 2/],
      [Buffer.alloc(HALF, 0xff), /the image is erased flash/],
    ] as const) {
      writeFileSync(file, bytes);
      const { code, err } = provision(["--image", file, "--port", "COM3"]);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.match(err, /It is not flashed; the board keeps its configuration/);
      assert.ok(!existsSync(log));
    }
    writeFileSync(file, good);
    putOnBoard(image("old.example", 20), image("old.example", 20));
    assert.equal(provision(["--image", file, "--port", "COM3"]).code, 0);
    assert.equal(hostInForce(), "from-image.example");
  });

  it("without esptool writes the image and prints how to flash it", () => {
    const file = join(folder, "config.img");
    const { code, out, err } = provision(["--config", config, "--port", "/dev/ttyUSB9", "--out", file], { hasEsptool: false });
    assert.equal(code, 2);
    assert.equal(readConfigHalf(readFileSync(file)).state, "whole");
    assert.match(err, /found no esptool, which flashes boards: pip install esptool/);
    assert.match(out, /esptool\.py --port \/dev\/ttyUSB9 write_flash 0x362000 config\.img/);
  });

  it("passes on why a board does not answer", () => {
    const { code, err } = provision(["--config", config, "--port", "socket://dead"]);
    assert.equal(code, 1);
    assert.match(err, /esptool read_flash ended with 2:\nA fatal error occurred: Could not open socket:\/\/dead/);
  });

  for (const [args, code, message] of [
    [[], 2, /found no --config, expected --config FILE; --init writes a template of one/],
    [["--config", "none.json"], 2, /none\.json: cannot be read \(ENOENT\), expected a JSON file; npm run provision -- --init writes one/],
    [["--confg", "config.json"], 2, /found --confg \(did you mean --config\?\)/],
    [["--image", "x.img"], 2, /--image: found no --port beside it/],
    [["--image", "x.img", "--config", "config.json"], 2, /found --config and --image, expected one of them/],
    [["--image", "none.img", "--port", "COM3"], 2, /none\.img cannot be read \(ENOENT\), expected an image/],
    [["--init", "--port", "COM3"], 2, /found --init and --port, expected one of them/],
    [["--config", "config.json", "--out", "config.json/x"], 2, /x cannot be written \((ENOTDIR|EEXIST)\)/],
    [["--config", "config.json", "--out", "."], 2, /--out: found no file .*, expected one, or none/],
    [["--config", "config.json", "--port", "/dev/ttyUSB99"], 1, /--port: found no \/dev\/ttyUSB99, expected the serial port of a board/],
    [["--config", "config.json", "--port"], 2, /--port: found no value/],
  ] as const) {
    it(`says what is wrong: ${args.join(" ")}`, () => {
      const run = provision(args);
      assert.equal(run.code, code, run.err);
      assert.match(run.err, message);
      assert.ok(!/^ +at .*:\d+/m.test(run.err), "a stack was printed");
    });
  }

  it("asks of a board what the simulator has of itself", () => {
    writeFileSync(config, JSON.stringify({ mqtt: { host: "h", password: "p" } }));
    const { code, err } = provision(["--config", config]);
    assert.equal(code, 2);
    assert.match(err, /mqtt\.clientId: found nothing, expected a name that no other board has/);
    assert.match(err, /mqtt\.user: found nothing, expected the user of mqtt\.password/);
    writeFileSync(config, JSON.stringify({ mqtt: { host: "h", cleanSession: true }, tls: { allowSelfSigned: true } }));
    const fine = provision(["--config", config, "--out", join(folder, "x.img")]);
    assert.equal(fine.code, 0);
    assert.match(fine.err, /note: found no wifi: only a firmware built for Ethernet comes online/);
    assert.match(fine.err, /note: tls is not used/);
  });
});
