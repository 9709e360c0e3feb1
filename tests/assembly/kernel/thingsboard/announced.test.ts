/** kernel/thingsboard: what is announced of a package is compared whole, and refused with its reason. Source: spec/thingsboard.md, 8. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { checksumOf } from "../../../../toolchain/devcloud/thingsboard/packages.js";
import { announce, fileOf, onlineWithPackages as online, stateTelemetry, statesOf } from "../../../fakes/packageCloud.js";

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];

describe("kernel/thingsboard, what is announced", () => {
  it("T4: 1.1 is not 1.10: versions, titles and checksums are compared whole", async () => {
    const things = await online();
    things.board.updates!.version = "1.10";
    announce(things, { size: 100, version: "1.1" });
    things.run(3_000);
    assert.deepEqual(statesOf(things), DONE);

    const longer = await online();
    longer.board.updates!.version = "1.1";
    announce(longer, { size: 100, version: "1.10" });
    longer.run(3_000);
    assert.deepEqual(statesOf(longer), DONE);

    const titled = await online();
    announce(titled, { size: 100, title: "mote2" });
    titled.run(3_000);
    assert.deepEqual(stateTelemetry(titled).at(-1), { sw_state: "FAILED", sw_error: "title: found mote2" });

    const short = await online();
    const file = fileOf(100);
    announce(short, { size: 100, checksum: checksumOf(file, "SHA256").slice(0, 8) });
    short.run(3_000);
    assert.deepEqual(stateTelemetry(short).at(-1), { sw_state: "FAILED", sw_error: "checksum: not a digest of SHA256" });
  });

  for (const [what, chosen, error, requests] of [
    ["an empty checksum", { checksum: "" }, /^checksum: empty/, 0],
    ["an unknown algorithm", { algorithm: "MURMUR3_32", checksum: "00000000" }, /^checksum: unknown algorithm MURMUR3_32/, 0],
    ["a name that only begins like an algorithm", { algorithm: "SHA2567", checksum: "00" }, /^checksum: unknown algorithm/, 0],
    ["a wrong checksum", { checksum: "00".repeat(32) }, /^checksum: differs/, 2],
    ["a version that the package does not have", { announced: "2.1" }, /^version: found 2.0, another was announced/, 1],
    ["a size that the package does not have", { surplus: 1 }, /^size: found 292, announced 293/, 1],
  ] as const) {
    it(`refuses ${what}, with its reason`, async () => {
      const things = await online();
      announce(things, { size: 100, ...chosen });
      things.run(3_000);
      assert.match(String(stateTelemetry(things).at(-1)!["sw_error"]), error);
      assert.equal(statesOf(things).at(-1), "FAILED");
      assert.equal(things.board.updates!.applied, 0);
      assert.equal(things.cloud.packages.requests.length, requests);
    });
  }

  for (const algorithm of ["SHA256", "sha256", "SHA384", "SHA512", "MD5", "CRC32"]) {
    it(`takes ${algorithm}`, async () => {
      const things = await online();
      announce(things, { size: 3000, algorithm, checksum: checksumOf(fileOf(3000), algorithm).toUpperCase() });
      things.run(3_000);
      assert.deepEqual(statesOf(things), DONE);
      assert.deepEqual(things.board.updates!.checks, [algorithm.toLowerCase()]);
    });
  }

  it("T21: takes a CRC whose last byte is zero, with all its digits", async () => {
    let size = 100;
    while (!checksumOf(fileOf(size), "CRC32").endsWith("00")) size++;
    const things = await online();
    announce(things, { size, algorithm: "CRC32" });
    things.run(3_000);
    assert.deepEqual(statesOf(things), DONE);
    const cut = await online();
    announce(cut, { size, algorithm: "CRC32", checksum: checksumOf(fileOf(size), "CRC32").slice(0, 6) });
    cut.run(3_000);
    assert.deepEqual(statesOf(cut), ["FAILED"]);
  });
});
