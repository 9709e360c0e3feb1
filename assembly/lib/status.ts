/**
 * The one list of results, shared with host/include/status.h (compared by tests/contract).
 * A function returns a count, a handle or Ok when >= 0 and one of these when negative.
 * Numbers are never reused and never renumbered.
 */
export enum Status {
  /** Done. */
  Ok = 0,
  /** The caller passed something that can never work. */
  Invalid = -1,
  /** RAM is short. */
  NoMemory = -2,
  /** Flash, a queue or a table is full. */
  NoSpace = -3,
  /** The device below failed. */
  Io = -4,
  /** Stored bytes do not check. */
  Corrupt = -5,
  /** No such thing. */
  NotFound = -6,
  /** The peer or the owner closed it. */
  Closed = -7,
  /** No answer in time. */
  Timeout = -8,
  /** The peer sent what it must not. */
  Protocol = -9,
  /** The peer understood and said no. */
  Refused = -10,
  /** Its time ran out: a reading's TTL, a certificate. */
  Expired = -11,
  /** Over a stated limit. */
  TooLarge = -12,
  /** Left out of this build, or not on this board. */
  Unsupported = -13,
  /** A condition that means nothing: its error names the place. */
  BadQuery = -14,
  /** Not now: something that excludes it is under way. */
  Busy = -15,
}
