/** The payloads of telemetry and attributes, read as strictly as any version of the server does. */

export type Value = string | number | boolean | object;

export interface Sample {
  /** Milliseconds since 1970: the device's, or the time of arrival. */
  readonly ts: number;
  /** Whether the device said so. */
  readonly isTimed: boolean;
  readonly values: Readonly<Record<string, Value>>;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** Thrown for a payload that ends the connection. */
export class InvalidPayload extends Error {}

/** The samples of a telemetry payload in any of its four shapes. Throws InvalidPayload. */
export function readTelemetry(payload: Buffer, receivedAtMs: number): Sample[] {
  const value = parse(payload);
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((each) => readSample(asObject(each), receivedAtMs));
}

/** Throws InvalidPayload. */
export function readAttributes(payload: Buffer): Record<string, Value> {
  return readValues(asObject(parse(payload)));
}

/** Any JSON. Throws InvalidPayload. */
export function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)) as unknown;
  } catch (error) {
    throw new InvalidPayload((error as Error).message);
  }
}

export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidPayload(`found ${JSON.stringify(value)}, expected an object`);
}

function readSample(sample: Record<string, unknown>, receivedAtMs: number): Sample {
  if (!("ts" in sample && "values" in sample)) return { ts: receivedAtMs, isTimed: false, values: readValues(sample), metadata: null };
  const { ts, values, metadata } = sample;
  if (typeof ts !== "number" || !Number.isSafeInteger(ts) || ts <= 0) throw new InvalidPayload(`ts: found ${JSON.stringify(ts)}`);
  return { ts, isTimed: true, values: readValues(asObject(values)), metadata: metadata === undefined ? null : asObject(metadata) };
}

/** Null is refused or ignored by the server, depending on its version: refused here. */
function readValues(values: Record<string, unknown>): Record<string, Value> {
  for (const [key, value] of Object.entries(values)) if (value === null) throw new InvalidPayload(`${key}: found null`);
  return values as Record<string, Value>;
}
