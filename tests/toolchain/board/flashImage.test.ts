import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { writeConfigPartition } from "../../../toolchain/board/flashImage.js";
import { readConfigPartition } from "../../../toolchain/config/configImage.js";
import { findPartition } from "../../../toolchain/board/partitions.js";

describe("toolchain/board/flashImage", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-flash-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("finds partitions in main/partitions.csv", () => {
    assert.deepEqual(findPartition("config"), { name: "config", type: "data", subtype: "0x42", offset: 0x360000, bytes: 0x4000 });
    assert.deepEqual(findPartition("app_b"), { name: "app_b", type: "data", subtype: "0x41", offset: 0x340000, bytes: 0x20000 });
    assert.throws(() => findPartition("spiffs"), /found no partition spiffs/);
  });

  it("agrees with the simulator on where the configuration lies", () => {
    const header = readFileSync(new URL("../../../host/sim/flash_file.h", import.meta.url), "utf8");
    const { offset, bytes } = findPartition("config");
    assert.equal(Number(/FLASH_CONFIG_OFFSET = (0x[0-9a-f]+)/i.exec(header)?.[1]), offset);
    assert.equal(Number(/FLASH_CONFIG_BYTES = (0x[0-9a-f]+)/i.exec(header)?.[1]), bytes);
  });

  it("replaces the configuration and touches nothing else", () => {
    const file = join(folder, "flash.img");
    const before = Buffer.alloc(0x400100, 0x5a);
    writeFileSync(file, before);
    writeConfigPartition(file, { mqtt: { host: "first" }, app: { long: "x".repeat(500) } });
    writeConfigPartition(file, { mqtt: { host: "second" } });
    const after = readFileSync(file);
    const { offset, bytes } = findPartition("config");
    assert.deepEqual(after.subarray(0, offset), before.subarray(0, offset));
    assert.deepEqual(after.subarray(offset + bytes), before.subarray(offset + bytes));
    assert.ok(after.subarray(offset, offset + bytes).includes("second"));
    assert.ok(!after.includes("first"));
    for (const at of [offset, offset + bytes / 2]) {
      assert.ok(after.subarray(at + 100, at + bytes / 2).every((byte) => byte === 0xff));
    }
  });

  it("leaves both halves whole and alike, later than what was there", () => {
    const file = join(folder, "again.img");
    const { offset, bytes } = findPartition("config");
    const sequences = ["first", "second", "third"].map((host) => {
      writeConfigPartition(file, { mqtt: { host } });
      const [a, b] = readConfigPartition(readFileSync(file).subarray(offset, offset + bytes));
      assert.ok(a.state === "whole" && b.state === "whole");
      assert.deepEqual(a, b);
      assert.equal(a.entries.get("mqtt.host"), host);
      return a.sequence;
    });
    assert.ok(sequences[0]! < sequences[1]! && sequences[1]! < sequences[2]!);
  });

  it("makes a file that is missing, erased", () => {
    const file = join(folder, "new.img");
    writeConfigPartition(file, { mqtt: { host: "h" } });
    const bytes = readFileSync(file);
    assert.equal(bytes.length, 4 << 20);
    assert.ok(bytes.subarray(0, findPartition("config").offset).every((byte) => byte === 0xff));
  });

  it("refuses a file that is no flash", () => {
    const file = join(folder, "short.img");
    writeFileSync(file, "short");
    assert.throws(() => writeConfigPartition(file, { mqtt: { host: "h" } }), /found 5 bytes, expected a flash file of 4194304/);
  });
});
