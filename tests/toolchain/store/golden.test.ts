/** tests/vectors/store.bin: what was written once is read for ever, by the engine and by the second reader. */
import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { crc32 } from "../../../toolchain/config/crc32.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { dump, openImage, statsOf, StoreImageError, verify } from "../../../toolchain/store/index.js";
import { FORMAT_VERSION } from "../../../toolchain/store/region.js";
import { NorFlash } from "../../fakes/norFlash.js";
import { GOLDEN_IMAGE, GOLDEN_LINES, makeGoldenImage, SECTOR_BYTES, SECTORS, WALL_MS } from "../../vectors/recordStore.js";
import { Engine, engineModule } from "./engine.js";

const VERSION_AT = 4;
const FORMAT_BYTES = 12;
const CORRUPT = -5;
const CLOSED = -7;

interface Line {
  key?: string;
  keyHex?: string;
  version: number;
  expiresAt?: number;
  value?: { json?: unknown; text?: string; base64?: string };
  message?: object;
}

/** Bytes of a document's value, as the line tells it. */
function valueOf({ value }: Line): string | undefined {
  if (value?.json !== undefined) return JSON.stringify(value.json);
  return value?.base64 === undefined ? value?.text : Buffer.from(value.base64, "base64").toString("latin1");
}

describe("toolchain/store, the golden image", () => {
  const golden = readFileSync(GOLDEN_IMAGE);
  const lines = readFileSync(GOLDEN_LINES, "utf8").trimEnd().split("\n");
  let folder: string;
  let module: WebAssembly.Module;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-golden-"));
    module = await engineModule();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const flashOf = (bytes: Buffer): NorFlash => {
    const flash = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(1));
    bytes.copy(flash.bytes);
    return flash;
  };
  const fileOf = (bytes: Buffer): string => {
    const path = join(folder, "image.bin");
    writeFileSync(path, bytes);
    return path;
  };
  /** Its content, without the versions, which tell where in the log it lies. */
  const contentOf = (each: readonly string[]): string[] => each.map((line) => line.replace(/"version":\d+/, ""));

  it("is of the format that the readers know; another one is recorded anew, by tests/vectors/recordStore.ts", () => {
    assert.equal(golden.toString("latin1", 0, VERSION_AT), "WMST");
    assert.equal(golden[VERSION_AT], FORMAT_VERSION);
    assert.equal(golden.length, SECTOR_BYTES * SECTORS);
  });

  it("has what the second reader finds, and nothing is wrong with it", () => {
    const state = openImage(GOLDEN_IMAGE, { sectorBytes: SECTOR_BYTES });
    assert.deepEqual([...dump(state)], lines);
    const { faults, pages } = verify(state);
    assert.deepEqual(faults, []);
    assert.ok(pages > 2, "leaves and a branch");
    const { erases, boot } = statsOf(state);
    assert.ok(erases !== null && erases.max > 1 && boot === 2);
  });

  it("has what the engine finds: keys, values, versions, expiries, and it goes on in it", () => {
    const engine = new Engine(module, flashOf(golden));
    engine.driver.setTime(5000n, BigInt(WALL_MS));
    assert.equal(engine.driver.mount(), 0);
    const expected = lines.map((line) => JSON.parse(line) as Line);
    const found = engine.all();
    assert.deepEqual(
      found.map(({ key, version, expiresAt }) => [key, version, expiresAt]),
      expected.map(({ key, keyHex, version, expiresAt }) => [keyHex ?? Buffer.from(key!).toString("hex"), version, expiresAt ?? 0]),
    );
    for (const [i, line] of expected.entries()) {
      if (line.message) continue;
      const encoding = line.value?.base64 === undefined ? "utf8" : "latin1";
      assert.equal(Buffer.from(found[i]!.value, "hex").toString(encoding), valueOf(line), lines[i]);
    }
    while (engine.driver.step());
    assert.equal(engine.put(Buffer.from("new"), Buffer.from("1"), [], 0), 0);
    assert.equal(engine.all().length, lines.length + 1);
  });

  it("is what is recorded today, in other places perhaps", async () => {
    const today = openImage(fileOf(await makeGoldenImage()), { sectorBytes: SECTOR_BYTES });
    assert.deepEqual(contentOf([...dump(today)]), contentOf(lines));
  });

  it("of a newer format is refused by both, and not touched", () => {
    const newer = Buffer.from(golden);
    for (let at = 0; at < newer.length; at += SECTOR_BYTES) {
      if (newer.toString("latin1", at, at + VERSION_AT) !== "WMST") continue;
      newer[at + VERSION_AT] = FORMAT_VERSION + 1;
      newer.writeUInt32LE(crc32(newer.subarray(at, at + FORMAT_BYTES)), at + FORMAT_BYTES);
    }
    const flash = flashOf(newer);
    const engine = new Engine(module, flash);
    engine.driver.setTime(5000n, BigInt(WALL_MS));
    assert.equal(engine.driver.mount(), CORRUPT);
    while (engine.driver.step());
    assert.equal(engine.put(Buffer.from("new"), Buffer.from("1"), [], 0), CLOSED);
    assert.deepEqual(flash.bytes, newer);
    assert.equal(flash.operations, 0);
    assert.throws(() => openImage(fileOf(newer), { sectorBytes: SECTOR_BYTES }), StoreImageError);
  });
});
