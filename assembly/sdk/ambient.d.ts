/** What the compiler transform (toolchain/transform) gives to apps without an import: for editors and type checks. */

/** How a @tether function publishes. All are optional. */
interface TetherOptions {
  /** Go with each reading: "tags" in its envelope. */
  tags?: string[];
  /** STORED on flash before the call returns; delivered through outages and power cuts. */
  writeOffline?: boolean;
  /** Seconds until an undelivered reading is given up; 0 keeps it for ever. */
  dbTtl?: i32;
  /** Who or what the reading is about: "entity" in its envelope. */
  entity?: string;
  /** Milliseconds between readings, from the app's start on; left out: only when called. */
  every?: i32;
  /** 0 or 1; 1 when left out. */
  qos?: i32;
  /** Name of the stream, the last part of its topic; the function's name when left out. */
  topic?: string;
}

/** Makes a class one that a @tether function can fill: numbers, bool, string, other payloads, StaticArray of these. */
declare function payload(target: Function): void;

/**
 * Makes a function publish what it fills or returns: `(out: Payload): void` or `(): string`. Callers leave the argument
 * out and get STORED, QUEUED or a negative Status.
 */
declare function tether(options?: TetherOptions): any;

/** Collects garbage now, in an app that has a collector. The host does so between callbacks anyway. */
declare function __collect(): void;
