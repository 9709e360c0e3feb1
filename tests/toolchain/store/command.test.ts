import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { FLASH_BYTES } from "../../../toolchain/board/flashImage.js";
import { findPartition } from "../../../toolchain/board/partitions.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { crc32 } from "../../../toolchain/config/crc32.js";
import { openImage, StoreImageError } from "../../../toolchain/store/index.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { NorFlash } from "../../fakes/norFlash.js";
import { Engine, engineModule } from "./engine.js";

const WALL_MS = 1_700_000_000_000;

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const words = ["--import", "./toolchain/setup/typescript.mjs", "--input-type=module", "-e"];
  const program = `const { main } = await import("./toolchain/commands/store.ts"); process.exitCode = await main(process.argv.slice(1));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, program, "--", ...args], { cwd: ROOT, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

describe("toolchain/store, the command", () => {
  let folder: string;
  let image: Buffer;
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const refusal = (name: string, bytes: Uint8Array, expected: RegExp, options = {}): void => {
    const path = file(name, bytes);
    assert.throws(
      () => openImage(path, options),
      (error: Error) => error instanceof StoreImageError && expected.test(error.message),
    );
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-store-"));
    const flash = new NorFlash(4096, 4, seededRandom(1));
    const engine = new Engine(await engineModule(), flash);
    engine.driver.setTime(5000n, BigInt(WALL_MS));
    engine.driver.mount();
    engine.driver.step();
    engine.put(
      Buffer.from("json"),
      Buffer.from(`{ "a": 1.50,\n"b": 12345678901234567890 }`),
      [{ index: 2, value: Buffer.from("t\0") }],
      60,
    );
    engine.put(Buffer.from("text"), Buffer.from("it is\nwarm"), [], 0);
    engine.put(Buffer.from([0xff, 1]), Buffer.from([0, 0xff]), [], 0);
    engine.publish("a/b", "{}", Buffer.from("21.5"), 0x101, WALL_MS, 60);
    image = Buffer.from(flash.bytes);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("dumps a partition of a flash file, a line a record", () => {
    const flash = Buffer.alloc(FLASH_BYTES, 0xff);
    image.copy(flash, findPartition("state").offset);
    const path = file("flash.img", flash);
    const { code, out } = run("dump", path, "--partition", "state");
    assert.equal(code, 0);
    const message =
      '{"sequence":1,"capturedAtMs":1700000000000,"boot":1,"ttlSeconds":60,"flags":1,"topic":{"text":"a/b"},"context":{"json":{}},"data":{"json":21.5}}';
    const expected = [
      `{"space":"queue","keyHex":"0000000001","version":78,"message":${message}}`,
      '{"space":"documents","key":"json","version":68,"expiresAt":1700000060,"entries":[[2,"7400"]],"value":{"json":{ "a": 1.50, "b": 12345678901234567890 }}}',
      '{"space":"documents","key":"text","version":73,"value":{"text":"it is\\nwarm"}}',
      '{"space":"documents","keyHex":"ff01","version":75,"value":{"base64":"AP8="}}',
    ];
    const withoutVersions = (line: string): string => line.replace(/"version":\d+/, "");
    assert.deepEqual(out.trimEnd().split("\n").map(withoutVersions), expected.map(withoutVersions));
    assert.deepEqual(readFileSync(path), flash, "never writes");
    // A board that ran has put its table behind it.
    const table = Buffer.concat([Buffer.from("WMNF\x01\0\0\0"), Buffer.alloc(36_880)]);
    assert.equal(run("dump", file("used.img", Buffer.concat([flash, table])), "--partition", "state").out, out);
  });

  it("verifies, and says what is damaged and where", () => {
    assert.deepEqual(run("verify", file("sound.img", image)), { code: 0, out: "verify: 4 records, 0 pages, nothing wrong\n", err: "" });
    const damaged = Buffer.from(image);
    damaged[damaged.indexOf("it is")]! ^= 1;
    const { code, out } = run("verify", file("damaged.img", damaged));
    assert.equal(code, 1);
    assert.match(out, /^fault: key "text", unit \d+: its crc32 disagrees$/m);
  });

  it("shows what the flash is used for", () => {
    const { code, out } = run("stats", file("sound.img", image), "--json");
    assert.equal(code, 0);
    const { sectors, erases, spaces, boot } = JSON.parse(out);
    assert.equal(sectors.total, 4);
    assert.equal(sectors.log, 1);
    assert.ok(erases.max >= erases.min && erases.min >= 1);
    assert.equal(spaces.documents.records, 3);
    assert.equal(spaces.queue.stored, 1);
    assert.equal(boot, 1);
  });

  it("refuses a command line it does not understand", () => {
    const { code, err } = run("drop", "x.img");
    assert.equal(code, 2);
    assert.match(err, /found "drop", expected dump, verify, stats/);
    assert.match(run("dump").err, /found no image/);
    assert.match(run("stats", "x.img", "--sector-bytes", "1000").err, /expected a power of two/);
    assert.deepEqual(
      [run("stats", "missing.img").code, run("stats", "missing.img").err],
      [2, "missing.img: found no file, expected a flash file or the image of a store\n"],
    );
  });

  it("refuses files that are no store", () => {
    refusal("empty.img", Buffer.alloc(0), /found an empty file/);
    refusal("blank.img", Buffer.alloc(16_384, 0xff), /found erased flash/);
    refusal("foreign.img", Buffer.alloc(16_384, 0x5a), /found no sector of a store/);
    refusal("foreign.img", Buffer.alloc(16_384, 0x5a), /found something else than a store in sector 0/, { sectorBytes: 4096 });
    refusal("short.img", image.subarray(0, 4096), /found 4096 bytes, expected 4 or more whole sectors of 4096 bytes/);
    refusal("odd.img", image.subarray(0, 16_000), /found 16000 bytes, expected 4 or more whole sectors/);
    refusal("sound.img", image, /found sectors of 4096 bytes, expected the 512/, { sectorBytes: 512 });
    refusal("sound.img", image, /found 16384 bytes, expected a flash file of 4194304/, { partition: "store" });
    assert.throws(() => openImage(folder), /found a folder/);
  });

  it("knows a flash file that was cut off, or is of a larger flash, by where its store lies", () => {
    const { offset, bytes } = findPartition("store");
    const flash = Buffer.alloc(2 * FLASH_BYTES, 0xff);
    flash.fill(0x5a, 0, offset);
    image.copy(flash, offset);
    refusal("cut.img", flash.subarray(0, offset + image.length), /bytes, expected a flash file of 4194304; is it cut off\?/);
    for (const length of [offset + bytes, 2 * FLASH_BYTES]) {
      const state = openImage(file("whole.img", flash.subarray(0, length)));
      assert.deepEqual([state.counts[0]!.records, state.log.region.sectorCount], [3, bytes / 4096]);
    }
  });

  it("refuses a format version that it does not know", () => {
    const other = Buffer.from(image);
    other[4] = 8;
    other.writeUInt32LE(crc32(other.subarray(0, 12)), 12);
    refusal("version.img", other, /found a store of format version 8, expected version 7/);
  });

  it("takes a store as large as a flash file for one, when it is told", () => {
    const large = Buffer.concat([image, Buffer.alloc(FLASH_BYTES - image.length, 0xff)]);
    const path = file("large.img", large);
    assert.throws(() => openImage(path), StoreImageError);
    assert.equal(openImage(path, { isBare: true }).counts[0]!.records, 3);
  });
});
