/**
 * Records the golden image of the store's format, and what is in it:
 *
 *     node --import ./toolchain/setup/typescript.mjs tests/vectors/recordStore.ts
 *
 * writes store.bin, 32 sectors of 512 bytes as the engine left them, and store.jsonl, `npm run store -- dump` of it. To be run when the
 * format changes, and for nothing else: an engine that comes later must read what an earlier one wrote.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { ROOT } from "../../toolchain/build/paths.js";
import { seededRandom } from "../../toolchain/scripts/random.js";
import { dump, openImage } from "../../toolchain/store/index.js";
import { NorFlash } from "../fakes/norFlash.js";
import { Engine, engineModule, type GivenEntry } from "../toolchain/store/engine.js";

export const GOLDEN_IMAGE = join(ROOT, "tests/vectors/store.bin");
export const GOLDEN_LINES = join(ROOT, "tests/vectors/store.jsonl");
export const SECTOR_BYTES = 512;
export const SECTORS = 32;
/** When the image was "written", and a time at which all that expires in it still lives. */
export const WALL_MS = 1_700_000_000_000;

const DELETED = 0;
const DELIVERED = 1;
const OVERWRITES = 96;

const tag = (text: string): GivenEntry => ({ index: 2, value: Buffer.from(`${text}\0`) });

/** One of everything that the format knows: all kinds of records, with every extension, in pages and behind the last checkpoint. */
export async function makeGoldenImage(): Promise<Buffer> {
  const flash = new NorFlash(SECTOR_BYTES, SECTORS, seededRandom(1));
  const module = await engineModule();
  writeMost(startOf(module, flash));
  writeRest(startOf(module, flash));
  return flash.bytes;
}

function startOf(module: WebAssembly.Module, flash: NorFlash): Engine {
  const engine = new Engine(module, flash);
  engine.driver.setTime(5000n, BigInt(WALL_MS));
  expectOk(engine.driver.mount());
  settle(engine);
  return engine;
}

function settle(engine: Engine): void {
  for (let steps = 0; steps < 1000 && engine.driver.step(); steps++);
}

function expectOk(status: number): void {
  if (status < 0) throw new Error(`the engine answered ${status}`);
}

function put(engine: Engine, key: string, value: string | Buffer, entries: readonly GivenEntry[] = [], ttlSeconds = 0): void {
  expectOk(engine.put(Buffer.from(key), Buffer.from(value), entries, ttlSeconds));
  settle(engine);
}

/** Records that reclaim moves, that leave, that change their expiry; enough overwrites for checkpoints and erases. */
function writeMost(engine: Engine): void {
  put(engine, "first", '{"moved":"by reclaim","n":1}', [tag("old"), { index: 3, value: Buffer.from([0x80, 0, 0, 1]) }]);
  put(engine, "long", Buffer.alloc(700, "over several sectors "));
  put(engine, "empty", "");
  put(engine, "touched", "{}", [], 100);
  put(engine, "gone", "{}");
  for (let i = 0; i < OVERWRITES; i++) {
    put(engine, `${i % 16}/sensor/of/the/garden`, `{"round":${i}}`, i % 2 === 0 ? [tag(`t${i % 3}`)] : [], i % 5 === 0 ? 3600 + i : 0);
    expectOk(engine.publish("a/b", '{"c":1}', Buffer.from(`${i}`), 0x101, WALL_MS + i, i % 2 === 0 ? 60 : 0));
    settle(engine);
    if (i < OVERWRITES - 3) expectOk(engine.remove(queueKey(i + 1), DELIVERED));
    settle(engine);
  }
  expectOk(engine.touch(Buffer.from("touched"), 7200));
  expectOk(engine.remove(Buffer.from("gone"), DELETED));
}

/** Another session: a cut, a batch, one that was given up, and keys that are no text. */
function writeRest(engine: Engine): void {
  expectOk(engine.driver.beginBatch());
  expectOk(engine.put(Buffer.from("batch/1"), Buffer.from("[1]"), [tag("batch")], 0));
  expectOk(engine.put(Buffer.from("batch/2"), Buffer.from("[2]"), [], 0));
  expectOk(engine.remove(Buffer.from("empty"), DELETED));
  expectOk(engine.driver.commitBatch());
  expectOk(engine.driver.beginBatch());
  expectOk(engine.put(Buffer.from("never"), Buffer.from("[]"), [], 0));
  engine.driver.abortBatch();
  put(engine, "ü", '"é"');
  expectOk(engine.put(Buffer.from([0xff, 1]), Buffer.from([0, 0xff]), [], 0));
}

function queueKey(sequence: number): Buffer {
  const key = Buffer.alloc(5);
  key.writeUInt32BE(sequence, 1);
  return key;
}

async function record(): Promise<void> {
  writeFileSync(GOLDEN_IMAGE, await makeGoldenImage());
  writeFileSync(GOLDEN_LINES, [...dump(openImage(GOLDEN_IMAGE, { sectorBytes: SECTOR_BYTES }))].map((line) => `${line}\n`).join(""));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await record();
