import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { developmentKeyFile, isDevelopmentKey, makeKey, privateKey, publicKeyBytes } from "../../../toolchain/package/index.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-keys-"));
process.env["WASMOTE_KEYS"] = join(folder, "clone");
after(() => rmSync(folder, { recursive: true, force: true }));

describe("keys", () => {
  it("of development are made once in a clone, for their owner's eyes", () => {
    assert.equal(existsSync(developmentKeyFile()), false);
    const first = publicKeyBytes(privateKey());
    assert.equal(statSync(developmentKeyFile()).mode & 0o777, 0o600);
    assert.deepEqual(publicKeyBytes(privateKey()), first);
    assert.deepEqual([first.length, first[0]], [65, 4]);
  });

  it("of a release are others, and told apart", () => {
    const file = join(folder, "release.pem");
    makeKey(file);
    assert.equal(isDevelopmentKey(privateKey(file)), false);
    assert.equal(isDevelopmentKey(privateKey()), true);
    assert.throws(() => makeKey(file), /never written over/);
  });

  it("of another kind, and what is none, are refused", () => {
    const file = join(folder, "other.pem");
    writeFileSync(file, generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey.export({ type: "pkcs8", format: "pem" }));
    assert.throws(() => privateKey(file), /expected one of the curve P-256/);
    writeFileSync(file, "no key");
    assert.throws(() => privateKey(file), /expected a private key as PEM/);
    assert.throws(() => privateKey(join(folder, "missing.pem")), /ENOENT/);
  });
});
