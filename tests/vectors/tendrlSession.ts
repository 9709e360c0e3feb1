/**
 * A session with the Tendrl cloud: what the device is told to do at which second. What must come of it: tendrl-session.jsonl.
 * 20 publications with and without tags, entity and TTL, 3 heartbeats, 5 messages to the device.
 */
export interface SessionStep {
  readonly atSecond: number;
  readonly publish?: { readonly data: string; readonly context: string; readonly isStored: boolean; readonly ttl: number };
  readonly incoming?: object;
}

const CONTEXTS = ["", '"tags":["sensors"]', '"entity":"device-123"', '"tags":["a","b"],"entity":"device-123"'];

export const STEPS: readonly SessionStep[] = [
  ...Array.from({ length: 20 }, (_, i) => ({
    atSecond: 1 + 3 * i,
    publish: {
      data: i === 7 ? "{}" : i === 11 ? '"only text"' : `{"n":${i}}`,
      context: CONTEXTS[i % 4]!,
      isStored: i % 3 === 0,
      ttl: i % 6 === 0 ? 3600 : 0,
    },
  })),
  ...["command", "notification", "alert", "command", "command"].map((type, i) => ({
    atSecond: 2 + 12 * i,
    incoming: { msg_type: type, source: "1001:us-east:app", timestamp: "2026-01-01T00:00:00Z", data: { i }, request_id: `r${i}` },
  })),
];
