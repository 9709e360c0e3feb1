import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { configEntries, ConfigImageError, writeConfigImage } from "../../../toolchain/config/configImage.js";
import { crc32 } from "../../../toolchain/config/crc32.js";

describe("toolchain/config/configImage", () => {
  it("writes the bytes that host/src/config_image.h describes", () => {
    const image = writeConfigImage({ mqtt: { host: "ab", tls: true } }, 16384);
    const body = Buffer.from("\x09\x02\x00mqtt.hostab\x08\x04\x00mqtt.tlstrue", "latin1");
    assert.equal(image.subarray(0, 4).toString(), "WMCF");
    assert.equal(image.readUInt16LE(4), 1);
    assert.equal(image.readUInt16LE(6), 2);
    assert.equal(image.readUInt32LE(8), body.length);
    assert.equal(image.readUInt32LE(12), crc32(body));
    assert.deepEqual(image.subarray(16), body);
  });

  it("uses the CRC with the check value of IEEE 802.3", () => {
    assert.equal(crc32(Buffer.from("123456789")), 0xcbf43926);
    assert.equal(crc32(Buffer.alloc(0)), 0);
  });

  it("flattens sections, numbers in decimal, and leaves out what is not set", () => {
    const config = { mqtt: { host: "h", port: 1883, user: undefined }, app: { a: { b: false, c: 1.5 }, d: "é" } };
    assert.deepEqual(configEntries(config), [
      ["mqtt.host", "h"],
      ["mqtt.port", "1883"],
      ["app.a.b", "false"],
      ["app.a.c", "1.5"],
      ["app.d", "é"],
    ]);
  });

  it("counts UTF-8 bytes, not characters", () => {
    const image = writeConfigImage({ mqtt: { host: "é" } }, 16384);
    assert.equal(image.readUInt16LE(17), 2);
  });

  it("fits exactly or says by how much it does not", () => {
    const config = { mqtt: { host: "h" }, app: { text: "x".repeat(100) } };
    const { length } = writeConfigImage(config, 16384);
    assert.equal(writeConfigImage(config, length).length, length);
    assert.throws(
      () => writeConfigImage(config, length - 1),
      (error) =>
        error instanceof ConfigImageError && error.message === `configuration: found ${length} bytes, expected at most ${length - 1}`,
    );
    assert.throws(
      () => writeConfigImage({ mqtt: { host: "h" }, app: { ["k".repeat(260)]: 1 } }, 16384),
      /found a key of 264 bytes, expected at most 255/,
    );
  });
});
