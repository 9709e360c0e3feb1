/** Bytes asked for at once: with its topic it must fit the inbox. */
export const CHUNK_BYTES: i32 = 1024;
/** For its answer. Source: spec of ThingsBoard's device API, 8.5. */
export const CHUNK_TIMEOUT_MS: i32 = 5000;

/** Where the bytes of a package come from: topics, or a web server. Places count from the first byte of the package, its head. */
export abstract class PackageSource {
  /** A download begins, or goes on after a long pause. */
  start(): void {}

  /**
   * Asks for what stands at `at` and behind it, `left` bytes at most (of a package whose head is not known, as many as one likes).
   * Milliseconds in which more must have come, 0: not now, ask again. It comes by Transfer.take.
   */
  abstract request(at: i32, left: i32): i32;

  /** Goes on with what was asked for. Milliseconds to the next deadline. */
  step(): i32 {
    return i32.MAX_VALUE;
  }

  /** Nothing is wanted of it any more, or not now. */
  stop(): void {}
}
