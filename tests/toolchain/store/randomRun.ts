/**
 * A store under random calls, and a model of what it should hold. After each call the second reader reads the flash as it is, also
 * after a power cut in the middle of a call, before the engine has seen it again.
 */
import assert from "node:assert/strict";

import { COUNTERS, SPACES } from "../../../toolchain/store/checkpoint.js";
import { Log } from "../../../toolchain/store/log.js";
import { chargeOf } from "../../../toolchain/store/record.js";
import { recover, type StoreState } from "../../../toolchain/store/recovery.js";
import { regionOf } from "../../../toolchain/store/region.js";
import { BY_KEY } from "../../../toolchain/store/tree.js";
import { verify } from "../../../toolchain/store/verify.js";
import { seededRandom } from "../../../toolchain/scripts/random.js";
import { NorFlash } from "../../fakes/norFlash.js";
import { Engine, type GivenEntry, type Held } from "./engine.js";

export interface Geometry {
  readonly sectorBytes: number;
  readonly sectorCount: number;
}

/** Key and value, both as hex digits: what a store holds whatever the time is. */
type Model = Map<string, string>;

const KEYS = 24;
const QUEUED_MAX = 12;
const OPERATIONS_TO_CUT = 5;
const STEPS_AT_BOOT = 10;
const START_MS = 1_700_000_000_000;
const DELETED = 0;
const DELIVERED = 1;
const DOCUMENTS = 0;
const EVICT_OLDEST = 1;
const Status = { Ok: 0, NoSpace: -3, NotFound: -6, TooLarge: -12 };

export class RandomRun {
  /** Power cuts so far, and records that one of them tore. */
  cuts = 0;
  torn = 0;
  readonly flash: NorFlash;
  readonly #random: () => number;
  readonly #module: WebAssembly.Module;
  /** Whether the documents' space has a cap, and lets its oldest records go. */
  readonly #evicts: boolean;
  #engine!: Engine;
  #model: Model = new Map();
  #sequence = 0;
  #nowMs = 1000;
  #wallMs = START_MS;
  #hasWallClock = true;

  constructor(module: WebAssembly.Module, geometry: Geometry, seed: number) {
    this.#module = module;
    this.#random = seededRandom(seed);
    this.#evicts = seed % 3 === 0;
    this.flash = new NorFlash(geometry.sectorBytes, geometry.sectorCount, this.#random);
    this.#boot();
  }

  /** Makes `turns` calls, with a power cut in about one of cutEvery; 0: in none. Throws at the first difference. */
  run(turns: number, cutEvery: number): void {
    for (let turn = 0; turn < turns; turn++) {
      const isCut = cutEvery > 0 && this.#below(cutEvery) === 0;
      const before = new Map(this.#model);
      if (isCut) this.flash.cutAfter(1 + this.#below(OPERATIONS_TO_CUT));
      const after = this.#call();
      if (this.flash.isOff) this.#afterCut(before, after);
      else {
        this.flash.powerOn();
        this.#model = after;
        this.#compare(this.#read());
      }
      if (this.#below(25) === 0) this.#boot();
    }
  }

  /** Reads the flash as it is, with nothing wrong in it. */
  #read(): StoreState {
    const state = recover(new Log(regionOf(Buffer.from(this.flash.bytes), "random run")));
    assert.deepEqual(verify(state).faults, []);
    return state;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #boot(): void {
    this.#engine = new Engine(this.#module, this.flash);
    this.#hasWallClock = this.#below(4) > 0;
    this.#nowMs = 1000;
    this.#tell();
    if (this.#evicts) this.#engine.driver.setCap(DOCUMENTS, this.flash.bytes.length / 8, EVICT_OLDEST);
    assert.equal(this.#engine.driver.mount(), Status.Ok, "mount");
    if (this.flash.operations > 0) this.#compare(this.#read(), 1);
    for (let i = 0; i < STEPS_AT_BOOT; i++) this.#engine.driver.step();
  }

  #tell(): void {
    this.#engine.driver.setTime(BigInt(this.#nowMs), this.#hasWallClock ? BigInt(this.#wallMs) : -1n);
  }

  /** After a cut the flash holds what was there, or what the call makes of it, or of a sweep a part. */
  #afterCut(before: Model, after: Model): void {
    this.cuts++;
    this.flash.powerOn();
    const state = this.#read();
    this.torn += state.torn.length;
    const found = modelOf(state);
    const isOne = isSame(found, before) || isSame(found, after) || (this.#isPartial(found, before, after) && this.#isGradual);
    assert.ok(isOne, `after the cut neither old nor new:\n${differences(found, before)}\n---\n${differences(found, after)}`);
    this.#model = found;
    this.#sequence = state.counts[1]!.stored;
    this.#boot();
  }

  /** Whether the call that was cut does its work in parts of which each counts. */
  #isGradual = false;

  #isPartial(found: Model, before: Model, after: Model): boolean {
    const isBetween = [...found].every(([key, value]) => before.get(key) === value || after.get(key) === value);
    return isBetween && [...after].every(([key, value]) => found.get(key) === value || this.#evicts);
  }

  /** Makes one call. Returns what the store holds if it went through. */
  #call(): Model {
    const model = new Map(this.#model);
    this.#isGradual = this.#evicts;
    this.#nowMs += 10;
    this.#wallMs += 10;
    if (!this.#hasWallClock && this.#below(20) === 0) this.#hasWallClock = true;
    this.#tell();
    const dice = this.#below(100);
    if (dice < 40) this.#put(model);
    else if (dice < 50) this.#remove(model);
    else if (dice < 56) this.#touch();
    else if (dice < 64) this.#batch(model);
    else if (dice < 72) this.#publish(model);
    else if (dice < 78) this.#deliver(model);
    else if (dice < 84) this.#sweep(model);
    else if (dice < 85) this.#purge(model);
    else for (let i = this.#below(6); i >= 0; i--) this.#engine.driver.step();
    return model;
  }

  #key(): Buffer {
    const n = this.#below(KEYS);
    if (n % 7 === 6) return Buffer.from([0xff, n, 0x80]);
    return Buffer.from(n % 5 === 3 ? `sensor/${n}/with/a/name/as/long/as/a/key/may/be/${"x".repeat(10)}` : `k${n}`);
  }

  #value(): Buffer {
    const { sectorBytes } = this.flash;
    const bytes = this.#below(12) === 0 ? this.#below(sectorBytes * 2.2) : this.#below(60);
    return Buffer.from(Array.from({ length: bytes }, () => this.#below(256)));
  }

  #entries(): GivenEntry[] {
    const entries: GivenEntry[] = [];
    if (this.#below(2) === 0) entries.push({ index: 2, value: Buffer.from(`t${this.#below(5)}\0`) });
    if (this.#below(2) === 0) entries.push({ index: 3, value: Buffer.from([this.#below(256), this.#below(256)]) });
    return entries;
  }

  #ttl(): number {
    return this.#below(3) === 0 ? 1 + this.#below(40) : 0;
  }

  #put(model: Model): void {
    const key = this.#key();
    const value = this.#value();
    const status = this.#engine.put(key, value, this.#entries(), this.#ttl());
    if (status === Status.Ok || this.flash.isOff) model.set(key.toString("hex"), value.toString("hex"));
    else assert.ok(status === Status.NoSpace || status === Status.TooLarge, `put: ${status}`);
    this.#dropEvicted(model);
  }

  #remove(model: Model): void {
    const key = this.#key();
    const status = this.#engine.remove(key, DELETED);
    if (status === Status.Ok || this.flash.isOff) model.delete(key.toString("hex"));
    else assert.ok(status === Status.NotFound || status === Status.NoSpace, `remove: ${status}`);
  }

  #touch(): void {
    const status = this.#engine.touch(this.#key(), this.#ttl());
    assert.ok(this.flash.isOff || [Status.Ok, Status.NotFound, Status.NoSpace].includes(status), `touch: ${status}`);
  }

  #batch(model: Model): void {
    const { driver } = this.#engine;
    const changed: Model = new Map(model);
    if (driver.beginBatch() !== Status.Ok) return;
    const keys = new Set(Array.from({ length: 2 + this.#below(8) }, () => this.#key().toString("hex")));
    for (const hex of keys) {
      const key = Buffer.from(hex, "hex");
      const value = this.#value().subarray(0, 80);
      const isRemoval = this.#below(4) === 0;
      const status = isRemoval ? this.#engine.remove(key, DELETED) : this.#engine.put(key, value, this.#entries(), this.#ttl());
      if (status !== Status.Ok && status !== Status.NotFound) return driver.abortBatch();
      if (isRemoval && status === Status.Ok) changed.delete(hex);
      else if (!isRemoval) changed.set(hex, value.toString("hex"));
    }
    if (driver.commitBatch() !== Status.Ok && !this.flash.isOff) return driver.abortBatch();
    model.clear();
    for (const [key, value] of changed) model.set(key, value);
    this.#dropEvicted(model);
  }

  #publish(model: Model): void {
    if (queued(model).length >= QUEUED_MAX) return;
    const data = Buffer.from(`{"n":${this.#sequence}}`);
    const status = this.#engine.publish("a/b", "", data, 0x101, this.#wallMs, 60);
    if (status !== Status.Ok && !this.flash.isOff) return assert.equal(status, Status.NoSpace, "publish");
    const boot = this.#engine.driver.boot();
    this.#sequence++;
    const head = Buffer.alloc(20);
    head.writeUIntLE(this.#wallMs, 0, 6);
    head.writeUInt16LE(0x101, 6);
    head.writeUInt32LE(60, 8);
    head.writeUInt32LE(boot, 12);
    head.writeUInt16LE(3, 16);
    const key = Buffer.alloc(5);
    key.writeUInt32BE(this.#sequence, 1);
    model.set(key.toString("hex"), Buffer.concat([head, Buffer.from("a/b"), data]).toString("hex"));
  }

  #deliver(model: Model): void {
    const oldest = queued(model)[0];
    if (oldest === undefined) return;
    const status = this.#engine.remove(Buffer.from(oldest, "hex"), DELIVERED);
    if (status === Status.Ok || this.flash.isOff) model.delete(oldest);
    else assert.equal(status, Status.NoSpace, "deliver");
  }

  /** Lets time pass, then takes away what is due, as far as there is room. What is due the engine does not find any more. */
  #sweep(model: Model): void {
    const ms = this.#below(15_000);
    this.#nowMs += ms;
    this.#wallMs += ms;
    this.#tell();
    const live = new Set(this.#engine.all().map(({ key }) => key));
    this.#isGradual = true;
    let swept = 0;
    let count: number;
    do swept += count = Math.max(this.#engine.driver.sweep(5), 0);
    while (count > 0);
    const there = this.flash.isOff ? new Map() : modelOf(this.#read());
    for (const key of model.keys()) if (!live.has(key) && !there.has(key)) model.delete(key);
    if (!this.flash.isOff) assert.equal(this.#model.size - model.size, swept, "sweep");
  }

  #purge(model: Model): void {
    const status = this.#engine.driver.purge(DOCUMENTS);
    if (status !== Status.Ok && !this.flash.isOff) return assert.equal(status, Status.NoSpace, "purge");
    for (const key of model.keys()) if (!key.startsWith("00")) model.delete(key);
  }

  /** Those that had to make room for others: as many are missing as the engine counts. */
  #dropEvicted(model: Model): void {
    if (!this.#evicts || this.flash.isOff) return;
    const there = modelOf(this.#read());
    for (const key of model.keys()) if (!there.has(key) && !key.startsWith("00")) model.delete(key);
  }

  /** Compares what the reader found with the model, and with what the engine says. bootsSince: mounts that wrote nothing yet. */
  #compare(state: StoreState, bootsSince = 0): void {
    const found = modelOf(state);
    assert.equal(differences(found, this.#model), "", "the reader and the model");
    for (const held of this.#engine.all()) assert.deepEqual(heldOf(state, held.key), held, "the reader and the engine");
    for (const space of SPACES.keys()) {
      assert.deepEqual(
        this.#engine.counts(space),
        COUNTERS.map((name) => state.counts[space]![name]),
        `counters of ${SPACES[space]}`,
      );
    }
    assert.ok(
      [0, 1].includes(this.#engine.driver.boot() - state.boot) || bootsSince > 0,
      `boot ${state.boot}, the engine's ${this.#engine.driver.boot()}`,
    );
  }
}

function queued(model: Model): string[] {
  return [...model.keys()].filter((key) => key.startsWith("00")).sort();
}

function modelOf({ index, log }: StoreState): Model {
  const model: Model = new Map();
  for (const [composite, unit] of index) {
    if (composite.charCodeAt(0) !== BY_KEY) continue;
    const record = log.recordAtUnit(unit)!;
    assert.ok(chargeOf(record) > 0);
    model.set(record.key.toString("hex"), record.value.toString("hex"));
  }
  return model;
}

function heldOf({ index, log }: StoreState, hex: string): Held | null {
  const unit = index.get(`\0${Buffer.from(hex, "hex").toString("latin1")}`);
  const record = unit === undefined ? null : log.recordAtUnit(unit);
  if (record === null) return null;
  return {
    key: record.key.toString("hex"),
    value: record.value.toString("hex"),
    version: record.version ?? record.address,
    expiresAt: record.expiry?.seconds ?? 0,
    isWallClock: record.expiry?.isWallClock ?? true,
  };
}

function isSame(a: Model, b: Model): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function differences(found: Model, expected: Model): string {
  const lines: string[] = [];
  for (const [key, value] of expected) if (found.get(key) !== value) lines.push(found.has(key) ? `other value of ${key}` : `lacks ${key}`);
  for (const key of found.keys()) if (!expected.has(key)) lines.push(`has ${key}`);
  return lines.join("\n");
}
