/** What a transfer does next, in the order of a download. */
export enum Step {
  Idle,
  /** A trial is on: offered to the host again later. */
  Hold,
  /** The head is known, and DOWNLOADING is to be told. */
  Begun,
  /** A chunk is to be asked for. */
  Ask,
  /** Its answer is awaited. */
  Await,
  /** No answer for long: asked again later. */
  Pause,
  /** DOWNLOADED is to be told. */
  Whole,
  Verify,
  /** The image is what was signed; whether the file is the one that was announced. */
  Check,
  /** VERIFIED, then UPDATING are told, and each awaited. */
  TellVerified,
  TellUpdating,
  Apply,
  Refused,
}
