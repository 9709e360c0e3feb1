/** toolchain/package: a firmware is looked over before it is signed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { makeKey, packFile, PackageKind, privateKey, readFirmware, unpack } from "../../../toolchain/package/index.js";
import { BuildError } from "../../../toolchain/build/errors.js";
import { SIMULATED_CHIP, simulatedFirmware } from "../../fakes/simulatedFirmware.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-firmware-"));
const keyFile = join(folder, "key.pem");
const image = join(folder, "firmware.bin");
makeKey(keyFile);
after(() => rmSync(folder, { recursive: true, force: true }));

describe("toolchain/package, firmware", () => {
  it("packs an image with the chip and the version that it has", () => {
    writeFileSync(image, simulatedFirmware("2.1-rc1"));
    const { path, fields } = packFile(image, { name: "meter", counter: 7, keyFile });
    assert.equal(path, join(folder, "firmware.wmpk"));
    const found = unpack(readFileSync(path), privateKey(keyFile));
    assert.deepEqual(Buffer.from(found.image), simulatedFirmware("2.1-rc1"));
    assert.deepEqual(
      [found.kind, found.name, found.version, found.counter, found.chip, found.abi],
      [PackageKind.Firmware, "meter", "2.1-rc1", 7, SIMULATED_CHIP, 0],
    );
    assert.equal(fields.version, "2.1-rc1");
  });

  it("wants the app's name, and no other version than the image's", () => {
    writeFileSync(image, simulatedFirmware("2.1"));
    assert.throws(() => packFile(image, { keyFile }), /expected --name/);
    assert.throws(() => packFile(image, { keyFile, name: "meter", version: "2.2" }), /found 2.2, expected 2.1/);
    writeFileSync(image, simulatedFirmware("a-version-of-more-than-24"));
    assert.throws(() => packFile(image, { keyFile, name: "meter" }), /version: found/);
  });

  it("refuses what is cut short, and every flipped bit of it", () => {
    const whole = simulatedFirmware("2.1");
    assert.deepEqual(readFirmware(whole, "x"), { chip: SIMULATED_CHIP, version: "2.1" });
    for (let len = 0; len < whole.length; len++) assert.throws(() => readFirmware(whole.subarray(0, len), "x"), BuildError);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => readFirmware(flipped, "x"), BuildError, `bit ${bit}`);
    }
  });
});
