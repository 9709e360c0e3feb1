/** What several measurements of one thing come to. */

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
}

/** Throws for no samples at all: there is no median of nothing. */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new Error("summarize: found no samples, expected one at least");
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)!, n: sorted.length };
}

/** How many times `a` is `b`, by their medians; null where one was not measured. */
export function ratio(a: Summary | null, b: Summary | null): number | null {
  return a === null || b === null ? null : a.median / b.median;
}

/** Items in turn, starting one further in each round: what comes first in one round does not in the next. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const start = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
