/** PEM texts of a configuration: reduced to what the board needs, and checked for what would only show on the board. */
import { createPrivateKey, X509Certificate } from "node:crypto";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

/** Returns the blocks of a PEM text whose label ends so, one after the other, without what stands between them. */
function blocks(text: string, label: string): string {
  const found = [...text.matchAll(BLOCK)].filter(([, name]) => name!.endsWith(label)).map(([block]) => block.replaceAll("\r\n", "\n"));
  return found.map((block) => `${block}\n`).join("");
}

/** What is needed of a PEM text, or what is wrong with it: `found ..., expected ...`. */
export type PemResult = { readonly pem: string } | { readonly problem: string };

/** Keeps the certificates: `openssl x509 -text` and others write much around them. */
export function certificatesOf(text: string, source: string): PemResult {
  const pem = blocks(text, "CERTIFICATE");
  return pem === "" ? { problem: `found no certificate in ${source}, expected certificates in PEM` } : { pem };
}

/** Keeps the private key, of which there must be one, readable without a passphrase. */
export function privateKeyOf(text: string, source: string): PemResult {
  const pem = blocks(text, "PRIVATE KEY");
  if (pem === "") return { problem: `found no private key in ${source}, expected one in PEM` };
  if (pem.includes("ENCRYPTED")) {
    return { problem: `found a key with a passphrase in ${source}, expected one without: openssl pkey -in KEY -out NEW` };
  }
  return { pem };
}

/** Returns what is wrong with a certificate and its key together, or null. Nothing of the key is in the answer. */
export function pairProblem(certificate: string, key: string): string | null {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return "found a certificate that cannot be read, expected the board's own, in PEM";
  }
  try {
    return parsed.checkPrivateKey(createPrivateKey(key)) ? null : "found the certificate of another key, expected that of the private key";
  } catch {
    return "found a private key that cannot be read, expected that of the certificate, in PEM";
  }
}
