/**
 * What a run proves. The board's word counts for what it promised (accepted), the broker's for what arrived; this file
 * compares the two and knows neither.
 */

/** A reading whose publish answered STORED. */
export interface Accepted {
  readonly sequence: number;
  readonly atMs: number;
}

/** One arrival at the broker of an enveloped reading (ARCHITECTURE.md, "Envelope"). */
export interface Arrival {
  readonly sequence: number;
  /** Capture time; null where the envelope leaves it out. */
  readonly ts: number | null;
  /** Everything else of the envelope, as text that is equal for equal content, with the topic. */
  readonly body: string;
}

export interface FaultWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Evidence {
  readonly accepted: readonly Accepted[];
  readonly arrivals: readonly Arrival[];
  /** The board's count of stored readings that left otherwise. */
  readonly expired: number;
  readonly evicted: number;
  readonly faultWindows: readonly FaultWindow[];
}

export interface Findings {
  /** Readings reported STORED. */
  readonly accepted: number;
  /** Of these, how many the broker has seen. */
  readonly delivered: number;
  /** Of these, how many it has not seen and nobody accounts for; and every sequence number that stood for two readings. */
  readonly lost: number;
  /** Arrivals of something that had arrived before. */
  readonly duplicates: number;
  /** First arrivals with a sequence below one already seen. */
  readonly outOfOrder: number;
  /** Sequence numbers that stood for two readings. */
  readonly reused: number;
  readonly expired: number;
  readonly evicted: number;
  readonly storedDuringFault: number;
}

/** Compares what was promised with what arrived. */
export function weigh(evidence: Evidence): Findings {
  const promised = new Set<number>();
  const reused = new Set<number>();
  for (const { sequence } of evidence.accepted) {
    if (promised.has(sequence)) reused.add(sequence);
    promised.add(sequence);
  }
  const firsts = new Map<number, Arrival>();
  let duplicates = 0;
  let outOfOrder = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const arrival of evidence.arrivals) {
    if (!promised.has(arrival.sequence)) continue;
    const first = firsts.get(arrival.sequence);
    if (first !== undefined) {
      if (isSameReading(first, arrival)) duplicates++;
      else reused.add(arrival.sequence);
      continue;
    }
    firsts.set(arrival.sequence, arrival);
    if (arrival.sequence < highest) outOfOrder++;
    highest = Math.max(highest, arrival.sequence);
  }
  const missing = promised.size - firsts.size;
  const { expired, evicted } = evidence;
  return {
    accepted: evidence.accepted.length,
    delivered: firsts.size,
    lost: Math.max(0, missing - expired - evicted) + reused.size,
    duplicates,
    outOfOrder,
    reused: reused.size,
    expired,
    evicted,
    storedDuringFault: evidence.accepted.filter(({ atMs }) => isInside(atMs, evidence.faultWindows)).length,
  };
}

/** A redelivery may know the capture time that the first delivery had to leave out; all else must be equal. */
function isSameReading(a: Arrival, b: Arrival): boolean {
  return a.body === b.body && (a.ts === b.ts || a.ts === null || b.ts === null);
}

function isInside(atMs: number, windows: readonly FaultWindow[]): boolean {
  return windows.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
}

/** Returns the arrival a publication stands for, or null for a message without the envelope. Throws on broken JSON. */
export function readEnvelope(topic: string, payload: Buffer): Arrival | null {
  const text = payload.toString("utf8");
  if (!text.startsWith("{")) return null;
  const value = JSON.parse(text) as Record<string, unknown>;
  const { seq, ts, ...rest } = value;
  if (typeof seq !== "number" || !("data" in rest)) return null;
  if (!Number.isSafeInteger(seq)) throw new Error(`seq: found ${seq}, expected a whole number`);
  return { sequence: seq, ts: typeof ts === "number" ? ts : null, body: `${topic} ${JSON.stringify(rest)}` };
}

/**
 * The same of Tendrl's envelope, which has no number: the app puts the store's into `data.number` (examples/tendrl-offline). Null for
 * messages without it, which are not the stored stream.
 */
export function readTendrlEnvelope(topic: string, payload: Buffer): Arrival | null {
  const value = JSON.parse(payload.toString("utf8")) as { msg_type?: unknown; data?: { number?: unknown }; timestamp?: unknown };
  const number = value.data?.number;
  if (value.msg_type !== "publish" || typeof number !== "number") return null;
  return { sequence: number, ts: Date.parse(String(value.timestamp)), body: `${topic} ${JSON.stringify(value)}` };
}

/** How much of at-least-once's freedom a run may use. */
export interface Bounds {
  /** Messages in flight at a time: what one fault can make arrive twice. */
  readonly window: number;
  readonly faults: number;
}

/** Returns what breaks the promise or makes the run prove nothing, one sentence each; empty: the promise was kept. */
export function objections(findings: Findings, bounds: Bounds): string[] {
  const { accepted, lost, reused, outOfOrder, duplicates, storedDuringFault } = findings;
  const allowed = bounds.window * bounds.faults;
  const all: Array<[boolean, string]> = [
    [
      lost > 0,
      `${lost} of ${accepted} stored readings were lost${reused > 0 ? `, ${reused} of them because their sequence number was used twice` : ""}`,
    ],
    [outOfOrder > 0, `${outOfOrder} readings arrived out of order`],
    [duplicates > allowed, `${duplicates} duplicates, expected at most ${allowed}: ${bounds.window} in flight, ${bounds.faults} faults`],
    [accepted === 0, "no reading was stored, so nothing was proven"],
    [accepted > 0 && storedDuringFault === 0, "no reading was stored during a fault, so nothing was proven"],
  ];
  return all.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
