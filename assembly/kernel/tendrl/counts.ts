/** What this cloud's face counts since the start: the fields of `cloud_stats`, in order (sdk/tendrl.ts has the same). */
export class TendrlCounts {
  heartbeats: i32 = 0;
  /** Not taken by a full queue. */
  heartbeatsMissed: i32 = 0;
  /** Not the documented message: dropped. */
  invalidMessages: i32 = 0;
  /** A member is missing or of another type: kept all the same. */
  flaggedMessages: i32 = 0;
  /** Larger than an empty inbox. */
  tooLargeMessages: i32 = 0;
  /** Callbacks that said other than 0. */
  callbackFailures: i32 = 0;
  /** Requests begun. */
  discoveries: i32 = 0;
  authFailures: i32 = 0;
  /** Records of earlier boots whose time nobody knows. */
  untimed: i32 = 0;
}

/** i32[COUNTS_BYTES / 4]. */
export const COUNTS_BYTES: i32 = <i32>offsetof<TendrlCounts>();

export const counts = new TendrlCounts();
