/** Throw-away certificates for brokers on this machine: an authority and a server certificate that it signed. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";

import * as x509 from "@peculiar/x509";

const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

export interface CertificateOptions {
  /** Names and addresses the certificate is good for. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** The server's certificate signs itself: there is no authority, caPem is the certificate. */
  readonly isSelfSigned?: boolean;
}

/** All PEM. */
export interface Certificates {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Makes fresh keys and certificates: nothing of them outlives the process unless the caller writes it down. */
export async function makeCertificates(options: CertificateOptions = {}): Promise<Certificates> {
  const { hosts = ["localhost", "127.0.0.1"], isSelfSigned = false } = options;
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const notBefore = options.notBefore ?? new Date(Date.now() - DAY_MS);
  const notAfter = options.notAfter ?? new Date(Date.now() + 30 * DAY_MS);
  const authorityKeys = await generateKeys();
  const serverKeys = isSelfSigned ? authorityKeys : await generateKeys();
  const alternativeNames = new x509.SubjectAlternativeNameExtension(
    hosts.map((host) => ({ type: /^[\d.]+$|:/.test(host) ? ("ip" as const) : ("dns" as const), value: host })),
  );
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: isSelfSigned ? `CN=${hosts[0]}` : "CN=Wasmote dev cloud authority",
    // An expired server certificate must not be confused with an expired authority.
    notBefore: isSelfSigned ? notBefore : new Date(Date.now() - 400 * DAY_MS),
    notAfter: isSelfSigned ? notAfter : new Date(Date.now() + 400 * DAY_MS),
    keys: authorityKeys,
    signingAlgorithm: SIGNING,
    extensions: isSelfSigned
      ? [alternativeNames]
      : [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ],
  });
  const keyPem = await exportKey(serverKeys.privateKey);
  if (isSelfSigned) return { caPem: authority.toString("pem"), certificatePem: authority.toString("pem"), keyPem };
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${hosts[0]}`,
    issuer: authority.subject,
    notBefore,
    notAfter,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      alternativeNames,
    ],
  });
  return { caPem: authority.toString("pem"), certificatePem: certificate.toString("pem"), keyPem };
}

function generateKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}

async function exportKey(key: CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", key);
  return x509.PemConverter.encode(bytes, "PRIVATE KEY");
}
