import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  CONFIG_IMAGE_VERSION,
  configEntries,
  type ConfigHalf,
  ConfigImageError,
  describeHalves,
  halfInForce,
  planWrites,
  readConfigHalf,
  readConfigPartition,
  withSequence,
  writeConfigImage,
} from "../../../toolchain/config/configImage.js";
import { crc32 } from "../../../toolchain/config/crc32.js";

const HALF = 8192;
const NOW = 1_800_000_000;
const ERASED: ConfigHalf = { state: "erased" };

function whole(sequence: number, host = "h"): Buffer {
  return writeConfigImage({ mqtt: { host } }, 256, sequence);
}

function inForce(partition: Buffer): string | undefined {
  const halves = readConfigPartition(partition);
  const chosen = halfInForce(halves);
  const half = chosen === null ? null : halves[chosen];
  return half?.state === "whole" ? half.entries.get("mqtt.host") : undefined;
}

describe("toolchain/config/configImage", () => {
  it("writes the bytes that host/src/config_image.h describes", () => {
    const image = writeConfigImage({ mqtt: { host: "ab", tls: true } }, HALF, 0x01020304);
    const body = Buffer.from("\x09\x02\x00mqtt.hostab\x08\x04\x00mqtt.tlstrue", "latin1");
    assert.equal(image.length, HALF);
    assert.equal(image.subarray(0, 4).toString(), "WMCF");
    assert.equal(image.readUInt16LE(4), 2);
    assert.equal(image.readUInt16LE(6), 2);
    assert.equal(image.readUInt32LE(8), 0x01020304);
    assert.equal(image.readUInt32LE(12), body.length);
    assert.equal(image.readUInt32LE(16), crc32(body));
    assert.equal(image.readUInt32LE(20), crc32(image.subarray(0, 20)));
    assert.deepEqual(image.subarray(24, 24 + body.length), body);
    assert.ok(image.subarray(24 + body.length).every((byte) => byte === 0xff));
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
    assert.equal(writeConfigImage({ mqtt: { host: "é" } }, HALF, 1).readUInt16LE(25), 2);
  });

  it("fits exactly, or says by how much it does not and what is longest", () => {
    const config = { mqtt: { host: "h" }, app: { text: "x".repeat(100) } };
    const length = 24 + 3 + 10 + 3 + 108;
    assert.equal(writeConfigImage(config, length, 1).length, length);
    assert.throws(
      () => writeConfigImage(config, length - 1, 1),
      (error) =>
        error instanceof ConfigImageError &&
        error.message === `configuration: found ${length} bytes, expected at most ${length - 1}; the longest value is app.text with 100`,
    );
    assert.throws(
      () => writeConfigImage({ mqtt: { host: "h" }, app: { ["k".repeat(260)]: 1 } }, HALF, 1),
      /found a key of 264 bytes, expected at most 255/,
    );
  });

  it("reads back what it wrote", () => {
    const half = readConfigHalf(writeConfigImage({ mqtt: { host: "h", port: 1 }, app: { d: "é", e: "" } }, HALF, 7));
    assert.ok(half.state === "whole");
    assert.equal(half.sequence, 7);
    assert.deepEqual(Object.fromEntries(half.entries), { "mqtt.host": "h", "mqtt.port": "1", "app.d": "é", "app.e": "" });
  });

  it("refuses every flipped bit and every cut, and says that it is damage", () => {
    const image = writeConfigImage({ mqtt: { host: "h" } }, 64, 1);
    for (let bit = 0; bit < image.length * 8; bit++) {
      const flipped = Buffer.from(image);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(readConfigHalf(flipped).state, "damaged", `bit ${bit}`);
    }
    const used = 24 + image.readUInt32LE(12);
    for (let length = 1; length < used; length++) {
      assert.equal(readConfigHalf(image.subarray(0, length)).state, "damaged", `${length} bytes`);
    }
    assert.equal(readConfigHalf(image).state, "whole");
    assert.equal(readConfigHalf(Buffer.alloc(64, 0xff)).state, "erased");
  });

  it("tells another version from damage", () => {
    const image = whole(5);
    image.writeUInt16LE(CONFIG_IMAGE_VERSION + 1, 4);
    const later = withSequence(image, 5);
    assert.deepEqual(readConfigHalf(later), { state: "other version", sequence: 5, problem: "of version 3, expected 2" });
    const halves = readConfigPartition(Buffer.concat([whole(4), later]));
    assert.equal(describeHalves(halves), "half B is of version 3, expected 2; half A is in force");
    assert.equal(describeHalves([ERASED, ERASED]), "");
    assert.equal(
      describeHalves(readConfigPartition(Buffer.alloc(64))),
      "half A is no configuration: its first bytes are not those of one; half B is no configuration: its first bytes are not those of one; none is in force",
    );
  });

  it("refuses lengths that lie under checksums that fit", () => {
    for (const [at, value] of [
      [6, 2],
      [6, 0],
      [12, 14],
      [12, 0xffff],
    ] as const) {
      const image = whole(1);
      image.writeUInt16LE(value, at);
      assert.equal(readConfigHalf(withSequence(image, 1)).state, "damaged");
    }
  });

  it("takes the later half, also where the count turns over", () => {
    for (const [a, b, chosen] of [
      [1, 2, "b"],
      [2, 1, "a"],
      [7, 7, "a"],
      [0xffffffff, 0, "b"],
      [0, 0xffffffff, "a"],
    ] as const) {
      assert.equal(inForce(Buffer.concat([whole(a, "a"), whole(b, "b")])), chosen);
    }
    assert.equal(inForce(Buffer.concat([Buffer.alloc(256, 0xff), whole(1, "b")])), "b");
    assert.equal(inForce(Buffer.alloc(512, 0xff)), undefined);
  });

  it("gives the time as sequence, or more where the board has more", () => {
    const at = (a: number, b: number): number => planWrites([readConfigHalf(whole(a)), readConfigHalf(whole(b))], NOW).sequence;
    assert.equal(at(1, 2), NOW);
    assert.equal(at(NOW, NOW - 5), NOW + 1);
    assert.equal(at(NOW, NOW + 9), NOW + 10);
    assert.equal(planWrites([ERASED, ERASED], NOW).sequence, NOW);
    const newer = readConfigHalf(withSequence(Buffer.from(whole(1)).fill(3, 4, 5), NOW + 3));
    assert.deepEqual(planWrites([ERASED, newer], NOW), { order: [0, 1], sequence: NOW + 4 });
  });

  it("never leaves the partition without a configuration while it writes, whatever was there", () => {
    const erased = Buffer.alloc(256, 0xff);
    const damaged = Buffer.alloc(256, 0x55);
    const old = [whole(3, "old"), whole(4, "old"), whole(NOW + 100, "old")];
    for (const a of [...old, erased, damaged]) {
      for (const b of [...old, erased, damaged]) {
        const partition = Buffer.concat([a, b]);
        const had = inForce(partition) !== undefined;
        const { order, sequence } = planWrites(readConfigPartition(partition), NOW);
        const image = whole(sequence, "new");
        order.forEach((half, step) => {
          partition.fill(0xff, half * 256, half * 256 + 256);
          for (let length = 0; length <= 256; length += 4) {
            image.copy(partition, half * 256, 0, length);
            const found = inForce(partition);
            if (step === 1) assert.equal(found, "new");
            else if (had && length < 256) assert.ok(found === "old" || found === "new");
          }
        });
        assert.equal(inForce(partition), "new");
      }
    }
  });
});
