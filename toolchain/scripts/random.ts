/** Numbers from 0 up to 1, excluded, that repeat with the seed. Source: Tommy Ettinger, mulberry32 (public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed for a run that was given none; the summary names it. */
export function anySeed(): number {
  return Math.floor(Math.random() * 0x7fffffff);
}
