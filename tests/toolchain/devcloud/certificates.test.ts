import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";

import { makeCertificates } from "../../../toolchain/devcloud/certificates.js";

describe("toolchain/devcloud/certificates", () => {
  it("signs a server certificate for localhost with an authority of its own", async () => {
    const { caPem, certificatePem } = await makeCertificates();
    const authority = new X509Certificate(caPem);
    const server = new X509Certificate(certificatePem);
    assert.ok(server.checkIssued(authority) && server.verify(authority.publicKey));
    assert.ok(authority.ca && !server.ca);
    assert.equal(server.checkHost("localhost"), "localhost");
    assert.equal(server.checkIP("127.0.0.1"), "127.0.0.1");
    assert.equal(server.checkHost("example.com"), undefined);
  });

  it("is never the same twice", async () => {
    const [one, other] = await Promise.all([makeCertificates(), makeCertificates()]);
    assert.notEqual(one.caPem, other.caPem);
    assert.notEqual(one.keyPem, other.keyPem);
  });

  it("makes bad certificates to order: another host, expired, self-signed", async () => {
    const elsewhere = new X509Certificate((await makeCertificates({ hosts: ["broker.example"] })).certificatePem);
    assert.equal(elsewhere.checkHost("localhost"), undefined);
    assert.equal(elsewhere.checkHost("broker.example"), "broker.example");

    const notAfter = new Date("2024-01-01T00:00:00Z");
    const expired = await makeCertificates({ notBefore: new Date("2023-01-01T00:00:00Z"), notAfter });
    assert.equal(new Date(new X509Certificate(expired.certificatePem).validTo).getTime(), notAfter.getTime());
    assert.ok(new Date(new X509Certificate(expired.caPem).validTo).getTime() > Date.now());

    const own = await makeCertificates({ isSelfSigned: true });
    const certificate = new X509Certificate(own.certificatePem);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(own.caPem, own.certificatePem);
  });
});
