/** Token buckets as the server keeps them: one for each `count:seconds` of a limit, filled evenly, all of which must hold. */

interface Bucket {
  readonly count: number;
  readonly perMs: number;
  tokens: number;
  atMs: number;
}

export class RateLimit {
  readonly #buckets: Bucket[];

  /** text: such as "10:1,60:60"; empty or "0:0" for none. Throws on anything else. */
  constructor(text: string, nowMs: number) {
    this.#buckets = text
      .split(",")
      .filter((pair) => pair !== "" && pair !== "0:0")
      .map((pair) => {
        const [, count, seconds] = /^(\d+):(\d+)$/.exec(pair) ?? [];
        if (!Number(count) || !Number(seconds)) throw new Error(`rate limit "${text}": found "${pair}", expected count:seconds`);
        return { count: Number(count), perMs: Number(count) / (Number(seconds) * 1000), tokens: Number(count), atMs: nowMs };
      });
  }

  /** Takes tokens. False: there are not enough, and none was taken. */
  take(tokens: number, nowMs: number): boolean {
    for (const bucket of this.#buckets) {
      bucket.tokens = Math.min(bucket.count, bucket.tokens + (nowMs - bucket.atMs) * bucket.perMs);
      bucket.atMs = nowMs;
    }
    if (this.#buckets.some((bucket) => bucket.tokens < tokens)) return false;
    for (const bucket of this.#buckets) bucket.tokens -= tokens;
    return true;
  }
}
