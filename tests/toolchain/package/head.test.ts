import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { ROOT } from "../../../toolchain/build/paths.js";
import { ANY_CHIP, HEAD_BYTES, pack, type PackageFields, PackageKind, unpack } from "../../../toolchain/package/index.js";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const FIELDS: PackageFields = {
  kind: PackageKind.App,
  name: "meter",
  version: "1.2.3",
  counter: 7,
  abi: 1,
  rows: 40,
  chip: ANY_CHIP,
  memoryBytes: 4096,
  hasCollector: true,
};
const IMAGE = Uint8Array.from({ length: 100 }, (_, i) => i * 7);

describe("a package", () => {
  it("says what was packed", () => {
    const { image, ...fields } = unpack(pack(FIELDS, IMAGE, privateKey), publicKey);
    assert.deepEqual(fields, FIELDS);
    assert.deepEqual([...image], [...IMAGE]);
  });

  it("lies as the specification says", () => {
    const head = Buffer.from(pack(FIELDS, IMAGE, privateKey));
    assert.equal(head.toString("latin1", 0, 4), "WMPK");
    assert.deepEqual([head[4], head[5], head.readUInt16LE(6), head.readUInt32LE(8), head.readUInt32LE(12)], [1, 0, 1, 100, 7]);
    assert.deepEqual([head.readUInt32LE(16), head.readUInt16LE(20), head.readUInt16LE(22), head[24]], [4096, 40, 0xffff, 1]);
    assert.equal(head.toString("latin1", 32, 38), "meter\0");
    assert.equal(head.toString("latin1", 64, 70), "1.2.3\0");
    assert.equal(head.length, HEAD_BYTES + IMAGE.length);
  });

  it("is refused with any bit changed", () => {
    const bytes = pack(FIELDS, IMAGE, privateKey);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i]! ^= 1 << (i % 8);
      assert.throws(() => unpack(bytes, publicKey), `byte ${i}`);
      bytes[i]! ^= 1 << (i % 8);
    }
    unpack(bytes, publicKey);
  });

  it("is refused cut short, longer, or by another key", () => {
    const bytes = pack(FIELDS, IMAGE, privateKey);
    for (let length = 0; length < bytes.length; length++) assert.throws(() => unpack(bytes.subarray(0, length), publicKey));
    assert.throws(() => unpack(Buffer.concat([bytes, Uint8Array.of(0)]), publicKey), /size: found 101 bytes, expected 100/);
    const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    assert.throws(() => unpack(bytes, stranger.publicKey), /not by this key/);
  });

  it("refuses fields that do not fit", () => {
    const packed = (fields: Partial<PackageFields>) => () => pack({ ...FIELDS, ...fields }, IMAGE, privateKey);
    assert.throws(packed({ name: "" }), /name: found "", expected 1 to 32/);
    assert.throws(packed({ name: "a b" }), /without blanks/);
    assert.throws(packed({ name: "x".repeat(33) }), /expected 1 to 32/);
    assert.doesNotThrow(packed({ name: "x".repeat(32), version: "y".repeat(24) }));
    assert.throws(packed({ version: "y".repeat(25) }), /version: .* 1 to 24/);
    assert.throws(packed({ counter: 0 }), /counter: found 0/);
    assert.throws(packed({ counter: 2 ** 32 }), /counter: /);
  });

  it("has the sizes that the host knows", () => {
    const header = readFileSync(join(ROOT, "host/update/package.h"), "utf8");
    assert.equal(Number(/PACKAGE_HEAD_BYTES = (\d+)/.exec(header)![1]), HEAD_BYTES);
  });
});
