import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { ConfigError, loadConfig } from "../../../toolchain/config/loadConfig.js";
import { certificatesOf, pairProblem, privateKeyOf } from "../../../toolchain/config/pem.js";
import { type Certificates, makeCertificates } from "../../../toolchain/devcloud/certificates.js";

describe("toolchain/config/pem", () => {
  let folder: string;
  let own: Certificates;
  let other: Certificates;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-pem-"));
    [own, other] = [await makeCertificates(), await makeCertificates()];
    for (const [name, text] of [
      ["own.pem", `Subject: CN=me\r\n${own.certificatePem.replaceAll("\n", "\r\n")}`],
      ["own.key", `-----BEGIN EC PARAMETERS-----\nAA==\n-----END EC PARAMETERS-----\n${own.keyPem}`],
      ["other.key", other.keyPem],
      ["locked.key", lockedKey()],
    ] as const)
      writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function lockedKey(): string {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }).toString();
  }

  function load(tls: object): ReturnType<typeof loadConfig> {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ mqtt: { host: "h" }, tls }));
    return loadConfig(join(folder, "config.json"));
  }

  function problem(tls: object): string {
    try {
      load(tls);
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.problems.join("\n");
    }
    return "";
  }

  it("keeps the blocks and nothing around them", () => {
    const both = certificatesOf(`words\r\n${own.caPem}\nmore\n${own.certificatePem}${own.keyPem}`, "x");
    assert.ok("pem" in both);
    assert.equal(both.pem.match(/-----BEGIN CERTIFICATE-----/g)?.length, 2);
    assert.ok(!both.pem.includes("words") && !both.pem.includes("PRIVATE") && !both.pem.includes("\r"));
    assert.deepEqual(certificatesOf(both.pem, "x"), both);
  });

  it("reads certificate and key from beside the configuration", () => {
    const { tls } = load({ certificateFile: "own.pem", keyFile: "own.key" });
    assert.equal(pairProblem(tls!.certificate!, tls!.key!), null);
    assert.deepEqual(Object.keys(tls!).sort(), ["certificate", "key"]);
    assert.ok(tls!.key!.startsWith("-----BEGIN PRIVATE KEY-----"));
  });

  it("says what is wrong with them, and nothing of the key", () => {
    const secret = own.keyPem.split("\n")[1]!;
    for (const [tls, expected] of [
      [{ certificateFile: "own.pem" }, /^tls\.keyFile: found nothing, expected the private key of tls\.certificate$/],
      [{ keyFile: "own.key" }, /^tls\.certificateFile: found nothing, expected the certificate of tls\.key$/],
      [{ certificateFile: "own.pem", keyFile: "other.key" }, /^tls\.certificate: found the certificate of another key/],
      [{ certificateFile: "own.pem", keyFile: "locked.key" }, /^tls\.keyFile: found a key with a passphrase in .*openssl pkey/],
      [{ certificateFile: "own.key", keyFile: "own.key" }, /^tls\.certificateFile: found no certificate in .*own\.key/],
      [{ certificateFile: "own.pem", keyFile: "own.pem" }, /^tls\.keyFile: found no private key in .*own\.pem/],
      [{ certificateFile: "none", keyFile: "none" }, /cannot be read \(ENOENT\)[^]*\n.*keyFile: .*cannot be read \(ENOENT\)/],
    ] as const) {
      const found = problem(tls);
      assert.match(found, expected);
      assert.ok(!found.includes(secret));
    }
    assert.match(
      pairProblem("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", own.keyPem) ?? "",
      /certificate that cannot be read/,
    );
    assert.match(
      pairProblem(own.certificatePem, "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n") ?? "",
      /key that cannot be read/,
    );
    assert.ok("problem" in privateKeyOf("", "x"));
  });
});
