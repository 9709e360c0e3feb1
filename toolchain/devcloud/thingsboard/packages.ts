/**
 * Packages that the server announces and hands out in chunks. As a server does, it looks at no subscription when it answers; unlike one, it
 * answers a device that has not subscribed with nothing, so that a wrong filter shows.
 */
import { createHash } from "node:crypto";

import { crc32 } from "../../config/crc32.js";
import type { ThingsboardCloud } from "./cloud.js";
import type { Device } from "./devices.js";
import type { ThingsboardSession } from "./session.js";
import type { Value } from "./telemetry.js";
import { type PackagePrefix, parseChunkRequest } from "./topics.js";

/** A package as the server knows it: its title and version are the server's own, beside those in its head. */
export interface CloudPackage {
  readonly title: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  /** Left out: SHA256. */
  readonly algorithm?: string;
  /** Left out: the right one. */
  readonly checksum?: string;
  /** Hosted elsewhere: announced in place of size and checksum. */
  readonly url?: string;
}

export interface ChunkRequest {
  readonly prefix: PackagePrefix;
  readonly id: number;
  readonly chunk: number;
  readonly size: number;
}

const KEYS = ["title", "version", "size", "checksum", "checksum_algorithm", "url"];

export class Packages {
  /** Called with each request for a chunk; the usual answer comes from `answer`. */
  onRequest: (session: ThingsboardSession, request: ChunkRequest) => void = (session, request) => this.answer(session, request);
  readonly requests: ChunkRequest[] = [];
  readonly #assigned = new Map<Device, Map<PackagePrefix, CloudPackage>>();
  /** Chunk sizes, which the server keeps under a request's identifier for as long as the session lasts. */
  readonly #sizes = new WeakMap<ThingsboardSession, Map<string, number>>();

  constructor(private readonly cloud: ThingsboardCloud) {}

  /** Assigns a package to a device, which is told at once when it is connected. */
  assign(device: Device, prefix: PackagePrefix, file: CloudPackage): void {
    this.#of(device).set(prefix, file);
    this.cloud.deleteShared(
      device,
      KEYS.map((key) => `${prefix}_${key}`).filter((key) => device.shared.has(key)),
    );
    this.cloud.setShared(device, attributesOf(prefix, file));
  }

  /** Takes it back. */
  withdraw(device: Device, prefix: PackagePrefix): void {
    this.#of(device).delete(prefix);
    this.cloud.deleteShared(
      device,
      KEYS.map((key) => `${prefix}_${key}`),
    );
  }

  /** Whether a message is a request for a chunk. */
  take(session: ThingsboardSession, topic: string, payload: Buffer): boolean {
    const request = parseChunkRequest(topic);
    if (request === null) return false;
    const sizes = this.#sizes.get(session) ?? new Map<string, number>();
    this.#sizes.set(session, sizes);
    const key = `${request.prefix}/${request.id}`;
    const text = payload.toString();
    const size = text === "" ? (sizes.get(key) ?? 0) : /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(size)) return this.#refuse(session, request.prefix, "BAD_REQUEST");
    if (size > this.cloud.maxPayload) return this.#refuse(session, request.prefix, "PAYLOAD_TOO_LARGE");
    sizes.set(key, size);
    this.requests.push({ ...request, size });
    this.onRequest(session, { ...request, size });
    return true;
  }

  /** Sends a chunk; one past the end is empty. */
  answer(session: ThingsboardSession, { prefix, id, chunk, size }: ChunkRequest): void {
    const file = this.#of(session.device!).get(prefix);
    if (file === undefined || file.url !== undefined) return void this.#refuse(session, prefix, "NOT_FOUND");
    const bytes = size === 0 ? file.bytes : file.bytes.subarray(chunk * size, (chunk + 1) * size);
    if (!session.filters.includes(`v2/${prefix}/response/+/chunk/+`)) return;
    session.push(`v2/${prefix}/response/${id}/chunk/${chunk}`, Buffer.from(bytes));
  }

  #refuse(session: ThingsboardSession, prefix: PackagePrefix, text: string): true {
    session.push(`v2/${prefix}/error`, text);
    session.close(`v2/${prefix}: ${text}`);
    return true;
  }

  #of(device: Device): Map<PackagePrefix, CloudPackage> {
    const assigned = this.#assigned.get(device) ?? new Map<PackagePrefix, CloudPackage>();
    this.#assigned.set(device, assigned);
    return assigned;
  }
}

function attributesOf(prefix: PackagePrefix, file: CloudPackage): Record<string, Value> {
  const { title, version, bytes, url, algorithm = "SHA256" } = file;
  const named = { title, version };
  const rest =
    url !== undefined
      ? { url }
      : { size: bytes.length, checksum: file.checksum ?? checksumOf(bytes, algorithm), checksum_algorithm: algorithm };
  return Object.fromEntries(Object.entries({ ...named, ...rest }).map(([key, value]) => [`${prefix}_${key}`, value]));
}

/** As the server writes it: hexadecimal digits in lower case; those of a CRC are of its bytes, the lowest first, all eight. */
export function checksumOf(bytes: Uint8Array, algorithm: string): string {
  if (algorithm.toUpperCase() !== "CRC32") return createHash(algorithm.toLowerCase()).update(bytes).digest("hex");
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return crc.toString("hex");
}
