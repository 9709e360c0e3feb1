import { Reason } from "./reason";
import { PackageSource } from "./source";

/** What a transfer says of itself. Source of the names: spec of ThingsBoard's device API, 8.3. */
export enum Told {
  Downloading,
  Downloaded,
  Verified,
  Updating,
  Updated,
  Failed,
}

/** The words of Told, as every cloud has them. */
export function toldWord(told: Told): string {
  switch (told) {
    case Told.Downloading:
      return "DOWNLOADING";
    case Told.Downloaded:
      return "DOWNLOADED";
    case Told.Verified:
      return "VERIFIED";
    case Told.Updating:
      return "UPDATING";
    case Told.Updated:
      return "UPDATED";
    default:
      return "FAILED";
  }
}

/**
 * The topics of a transfer: how one cloud offers packages, is asked for parts of them, and is told. The transfer does the rest, the
 * same for all (transfer.ts).
 */
export abstract class UpdateFace extends PackageSource {
  /** A session begins: subscribes what this needs. */
  abstract connected(): void;
  /** Whether answers can come by now: the server has granted the subscription. */
  abstract get isReady(): bool;
  /**
   * Tells a state. version: of the package it is about, text that ends with a zero or after VERSION_BYTES; 0: unknown. error: u8[errorLen].
   * Sequence number of the queued message, 0: not now.
   */
  abstract tell(kind: i32, told: Told, version: usize, error: usize, errorLen: i32): i64;

  /** Says what is wrong with a package that was fetched, of which the head is known now: u8[192]. */
  object(head: usize, reason: Reason): void {}

  /** A transfer came to its end without a switch: isFailed, or because the package runs already. */
  ended(isFailed: bool): void {}
}
