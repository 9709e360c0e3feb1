/** The head of a package: what is signed, and offered to a board before anything else (host/update/SPEC.md). */
import { createHash, type KeyObject, sign, verify } from "node:crypto";

import { BuildError } from "../build/errors.js";

export const HEAD_BYTES = 192;
export const SIGNED_BYTES = 128;
const FORMAT = 1;
const FLAG_COLLECTOR = 1;
const NAME = { at: 32, bytes: 32 };
const VERSION = { at: 64, bytes: 24 };
const DIGEST_AT = 96;
export const ANY_CHIP = 0xffff;

export enum PackageKind {
  App = 0,
  Firmware = 1,
}

export interface PackageFields {
  readonly kind: PackageKind;
  /** Printable ASCII without blanks; so is the version. */
  readonly name: string;
  readonly version: string;
  /** Grows with each release: a board takes none that is not above what it has confirmed. */
  readonly counter: number;
  readonly abi: number;
  /** Rows of the app's wall that must exist, counted from its start. */
  readonly rows: number;
  readonly chip: number;
  readonly memoryBytes: number;
  readonly hasCollector: boolean;
}

/** Packs and signs an image. The whole package: head and image. Throws BuildError for a field that does not fit. */
export function pack(fields: PackageFields, image: Uint8Array, key: KeyObject): Uint8Array {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  Buffer.from(head.buffer).write("WMPK", "latin1");
  head.setUint8(4, FORMAT);
  head.setUint8(5, fields.kind);
  head.setUint16(6, fields.abi, true);
  head.setUint32(8, image.length, true);
  head.setUint32(12, checkCounter(fields.counter), true);
  head.setUint32(16, fields.memoryBytes, true);
  head.setUint16(20, fields.rows, true);
  head.setUint16(22, fields.chip, true);
  head.setUint8(24, fields.hasCollector ? FLAG_COLLECTOR : 0);
  putText(head, NAME, "name", fields.name);
  putText(head, VERSION, "version", fields.version);
  const bytes = Buffer.from(head.buffer);
  bytes.set(createHash("sha256").update(image).digest(), DIGEST_AT);
  bytes.set(sign("sha256", bytes.subarray(0, SIGNED_BYTES), { key, dsaEncoding: "ieee-p1363" }), SIGNED_BYTES);
  return Buffer.concat([bytes, image]);
}

/** Reads a package and checks it as a board does. Throws BuildError: what is wrong. */
export function unpack(bytes: Uint8Array, key: KeyObject): PackageFields & { image: Uint8Array } {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES));
  const image = bytes.subarray(HEAD_BYTES);
  if (head.length < HEAD_BYTES || head.toString("latin1", 0, 4) !== "WMPK" || head[4] !== FORMAT) throw new BuildError("not a package");
  if (!verify("sha256", head.subarray(0, SIGNED_BYTES), { key, dsaEncoding: "ieee-p1363" }, head.subarray(SIGNED_BYTES))) {
    throw new BuildError("signature: not by this key");
  }
  if (head.readUInt32LE(8) !== image.length) throw new BuildError(`size: found ${image.length} bytes, expected ${head.readUInt32LE(8)}`);
  if (!createHash("sha256").update(image).digest().equals(head.subarray(DIGEST_AT, SIGNED_BYTES))) throw new BuildError("digest differs");
  return {
    kind: head[5]! as PackageKind,
    name: getText(head, NAME),
    version: getText(head, VERSION),
    counter: head.readUInt32LE(12),
    abi: head.readUInt16LE(6),
    rows: head.readUInt16LE(20),
    chip: head.readUInt16LE(22),
    memoryBytes: head.readUInt32LE(16),
    hasCollector: (head[24]! & FLAG_COLLECTOR) !== 0,
    image,
  };
}

function checkCounter(counter: number): number {
  if (Number.isInteger(counter) && counter >= 1 && counter <= 0xffffffff) return counter;
  throw new BuildError(`counter: found ${counter}, expected a whole number from 1 to 4294967295`);
}

function putText(head: DataView, { at, bytes }: typeof NAME, what: string, text: string): void {
  if (!/^[\x21-\x7e]+$/.test(text) || text.length > bytes) {
    throw new BuildError(`${what}: found "${text}", expected 1 to ${bytes} printable ASCII characters without blanks`);
  }
  Buffer.from(head.buffer).write(text, at, "latin1");
}

function getText(head: Buffer, { at, bytes }: typeof NAME): string {
  return head.toString("latin1", at, at + bytes).replace(/\0+$/, "");
}
