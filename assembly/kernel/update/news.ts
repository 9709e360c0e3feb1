import { QUEUED } from "../../sdk/flags";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { updateState, updateTold } from "../host/imports";
import { Told, UpdateFace } from "./face";
import { Kind, News, Phase, STATE_BYTES, STATE_NEWS, STATE_PHASE, STATE_VERSION } from "./phase";
import { Reason } from "./reason";

/** Source: spec of ThingsBoard's device API, 8.5. */
export const PAUSE_MS: i64 = 60000;
/** How often the host is asked for news while an app is on trial. */
export const TRIAL_POLL_MS: i64 = 1000;
/** How soon a message is tried again that found no room. */
export const AGAIN_MS: i64 = 50;

/** What update_state wrote last. */
export const hostState: usize = memory.data(72, 8);

/** Tells what became of the last package, which the host keeps until it was delivered. */
export class NewsTeller {
  /** The message that tells it, 0: none. */
  private awaited: i64 = 0;
  private askAtMs: i64 = 0;
  private readonly cause: Reason = new Reason();

  constructor(private readonly face: UpdateFace) {}

  get isAwaited(): bool {
    return this.awaited != 0;
  }

  connected(): void {
    this.awaited = 0;
    this.askAtMs = 0;
  }

  /** The host may have news in so many ms. */
  askSoon(ms: i64): void {
    this.askAtMs = clock.nowMs + ms;
  }

  /** One round. Milliseconds until the host is to be asked again. */
  tell(): i64 {
    const now = clock.nowMs;
    if (now < this.askAtMs) return this.askAtMs - now;
    let wait = PAUSE_MS;
    for (let kind: i32 = Kind.App; kind <= Kind.Firmware; kind++) {
      if (updateState(kind, hostState, STATE_BYTES) < 0) continue;
      if (load<u8>(hostState, STATE_PHASE) == Phase.Trial) wait = TRIAL_POLL_MS;
      if (load<u8>(hostState, STATE_NEWS) == News.None) continue;
      wait = this.deliver(kind);
      break;
    }
    this.askAtMs = now + wait;
    return wait;
  }

  /** Tells news, waits for the acknowledgement, and lets the host forget it. Milliseconds until it is to be called again. */
  private deliver(kind: i32): i64 {
    if (this.awaited == 0) {
      const isFailed = load<u8>(hostState, STATE_NEWS) == News.Failed;
      const cause = this.cause;
      if (isFailed) cause.ask(kind);
      else cause.clear();
      // After a failure what runs is the version before: that of the failed one is not known any more.
      const version: usize = isFailed ? 0 : hostState + STATE_VERSION;
      this.awaited = this.face.tell(kind, isFailed ? Told.Failed : Told.Updated, version, cause.address, cause.length);
      return this.awaited ? 0 : AGAIN_MS;
    }
    if (publications.state(QUEUED, this.awaited) == 1) return AGAIN_MS;
    this.awaited = 0;
    updateTold(kind);
    return 0;
  }
}
