import { QUEUED } from "../../sdk/flags";
import { Status } from "../../lib/status";
import { copyText } from "../../lib/text";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import {
  updateAbort,
  updateApply,
  updateBegin,
  updateConfirm,
  updateConfirmFirmware,
  updateError,
  updateFinish,
  updateState,
  updateTold,
  updateWrite,
} from "../host/imports";
import { Told, UpdateFace } from "./face";
import {
  HEAD_BYTES,
  HEAD_KIND,
  HEAD_SIZE,
  HEAD_VERSION,
  Kind,
  News,
  Phase,
  STATE_BYTES,
  STATE_NEWS,
  STATE_PHASE,
  STATE_VERSION,
} from "./phase";

/** Bytes asked for at once: with its topic it must fit the inbox. */
const CHUNK_BYTES: i32 = 1024;

/** Source: spec of ThingsBoard's device API, 8.5. */
const CHUNK_TIMEOUT_MS: i64 = 5000;
const RETRIES: i32 = 5;
const PAUSE_MS: i64 = 60000;
const PAUSES: i32 = 10;
const TELL_TIMEOUT_MS: i64 = 5000;

/** How often the host is asked for news while an app is on trial. */
const POLL_MS: i64 = 1000;
/** How soon a message is tried again that found no room. */
const AGAIN_MS: i64 = 50;

/** What update_error is asked for beside the failure of a kind. */
const LAST_REFUSAL: i32 = -1;
const ERROR_BYTES: i32 = 96;
const errorText: usize = memory.data(96, 8);
/** What update_state wrote last. */
export const hostState: usize = memory.data(72, 8);

enum Step {
  Idle,
  /** DOWNLOADING is to be told. */
  Begun,
  /** A chunk is to be asked for. */
  Ask,
  /** Its answer is awaited. */
  Await,
  /** No answer for long: asked again later. */
  Pause,
  /** A trial is on: offered to the host again later. */
  Hold,
  Verify,
  /** VERIFIED, then UPDATING are told, and each awaited. */
  TellVerified,
  TellUpdating,
  Apply,
  Refused,
}

/** Fetches one package at a time: from its offer to the switch, over every break of the connection. */
export class Transfer {
  head: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES);
  private step: Step = Step.Idle;
  private offset: i32 = 0;
  private retries: i32 = 0;
  private pauses: i32 = 0;
  /** When the current step is over. */
  private untilMs: i64 = 0;
  /** The message whose acknowledgement is awaited, 0: none. */
  private awaited: i64 = 0;
  private errorLen: i32 = 0;
  /** The message that tells news, 0: none. */
  private newsAwaited: i64 = 0;
  private pollAtMs: i64 = 0;

  constructor(private readonly face: UpdateFace) {}

  get isLoading(): bool {
    return this.step == Step.Ask || this.step == Step.Await || this.step == Step.Pause;
  }

  private get headAddress(): usize {
    return changetype<usize>(this.head);
  }

  private get kind(): i32 {
    return load<u8>(this.headAddress, HEAD_KIND);
  }

  private get size(): i32 {
    return load<i32>(this.headAddress, HEAD_SIZE);
  }

  /** A package is offered: head u8[192]. One under way makes room for it, unless it is the same. */
  offer(head: usize): void {
    if (this.step != Step.Idle && memory.compare(head, this.headAddress, HEAD_BYTES) == 0) return;
    if (this.step != Step.Idle) updateAbort(this.kind);
    memory.copy(this.headAddress, head, HEAD_BYTES);
    this.begin();
  }

  /** The offer is taken back. */
  withdraw(): void {
    if (!this.isLoading) return;
    updateAbort(this.kind);
    this.errorLen = copyText(errorText, "withdrawn");
    this.step = Step.Refused;
  }

  private begin(): void {
    const offset = updateBegin(this.kind, this.headAddress, HEAD_BYTES);
    this.retries = 0;
    this.pauses = 0;
    if (offset >= 0) {
      this.offset = offset;
      this.step = Step.Begun;
    } else if (offset == Status.Closed) {
      this.step = Step.Idle; // it runs already
    } else if (offset == Status.Busy) {
      this.wait(Step.Hold);
    } else {
      this.refuse();
    }
  }

  /** The host's reason is what is told. */
  private refuse(): void {
    this.errorLen = updateError(LAST_REFUSAL, errorText, ERROR_BYTES);
    this.step = Step.Refused;
  }

  private wait(step: Step): void {
    this.step = step;
    this.untilMs = clock.nowMs + PAUSE_MS;
  }

  /** Bytes of the image came: u8[len]. What was known is left out, and a gap is not taken: a repetition or a late answer. */
  chunk(offset: i32, src: usize, len: i32): void {
    if (!this.isLoading) return;
    if (len == 0 || offset < 0) return;
    const reached = updateWrite(this.kind, offset, src, len);
    if (reached == Status.Invalid) return;
    if (reached < 0) {
      this.refuse();
      return;
    }
    if (reached <= this.offset) return;
    this.offset = reached;
    this.retries = 0;
    this.pauses = 0;
    this.step = reached == this.size ? Step.Verify : Step.Ask;
    if (this.step == Step.Verify) this.face.tell(this.kind, Told.Downloaded, this.headAddress + HEAD_VERSION, 0, 0);
  }

  /** The connection was lost and is back: what was asked for will not come. */
  connected(): void {
    if (this.step == Step.Await) this.step = Step.Ask;
    this.newsAwaited = 0;
    this.pollAtMs = 0;
    // A firmware on trial has shown what it must: an update for it could come in.
    updateConfirmFirmware();
  }

  /** One round. Milliseconds to the next deadline. */
  advance(): i32 {
    const news = this.tellNews();
    const wait = this.advanceDownload();
    return <i32>min(news, wait);
  }

  private advanceDownload(): i64 {
    const now = clock.nowMs;
    switch (this.step) {
      case Step.Begun: {
        if (!this.face.isReady || this.tell(Told.Downloading) == 0) return AGAIN_MS;
        this.step = this.offset == this.size ? Step.Verify : Step.Ask;
        return 0;
      }
      case Step.Ask: {
        if (!this.face.isReady || !this.face.request(this.offset, min(CHUNK_BYTES, this.size - this.offset))) return AGAIN_MS;
        this.step = Step.Await;
        this.untilMs = now + CHUNK_TIMEOUT_MS;
        return 0; // what was queued is to be sent
      }
      case Step.Await:
        return now < this.untilMs ? this.untilMs - now : this.retry();
      case Step.Pause:
      case Step.Hold: {
        if (now < this.untilMs) return this.untilMs - now;
        if (this.step == Step.Hold) this.begin();
        else this.step = Step.Ask;
        return 0;
      }
      case Step.Verify:
        return this.verify();
      case Step.TellVerified:
        return this.tellAndWait(Told.Verified, Step.TellUpdating);
      case Step.TellUpdating:
        return this.tellAndWait(Told.Updating, Step.Apply);
      case Step.Apply: {
        // What is told of the package before would be taken for this one's.
        if (this.newsAwaited) return AGAIN_MS;
        if (updateApply(this.kind) < 0) this.refuse();
        else this.step = Step.Idle;
        this.pollAtMs = now + POLL_MS;
        return 0;
      }
      case Step.Refused: {
        if (this.tell(Told.Failed) == 0) return AGAIN_MS;
        this.step = Step.Idle;
        return 0;
      }
      default:
        return i32.MAX_VALUE;
    }
  }

  private retry(): i64 {
    if (++this.retries <= RETRIES) {
      this.step = Step.Ask;
      return 0;
    }
    this.retries = 0;
    if (++this.pauses <= PAUSES) {
      this.wait(Step.Pause);
      return PAUSE_MS;
    }
    updateAbort(this.kind);
    this.errorLen = copyText(errorText, "no answer to requests");
    this.step = Step.Refused;
    return 0;
  }

  private verify(): i64 {
    const status = updateFinish(this.kind);
    if (status == Status.Busy) return 0;
    if (status < 0) this.refuse();
    else this.step = Step.TellVerified;
    return 0;
  }

  private tell(told: Told): i64 {
    const errorLen = told == Told.Failed ? this.errorLen : 0;
    return this.face.tell(this.kind, told, this.headAddress + HEAD_VERSION, errorText, errorLen);
  }

  /** Tells, and goes on once it was acknowledged, or after a while. */
  private tellAndWait(told: Told, next: Step): i64 {
    const now = clock.nowMs;
    if (this.awaited == 0) {
      this.awaited = this.tell(told);
      this.untilMs = now + TELL_TIMEOUT_MS;
      return this.awaited ? 0 : AGAIN_MS;
    }
    if (now < this.untilMs && publications.state(QUEUED, this.awaited) == 1) return AGAIN_MS;
    this.awaited = 0;
    this.step = next;
    return 0;
  }

  /** What became of the last package, which the host keeps until it was delivered. Milliseconds until it is to be asked again. */
  private tellNews(): i64 {
    const now = clock.nowMs;
    if (now < this.pollAtMs) return this.pollAtMs - now;
    let wait = PAUSE_MS;
    for (let kind: i32 = Kind.App; kind <= Kind.Firmware; kind++) {
      if (updateState(kind, hostState, STATE_BYTES) < 0) continue;
      if (load<u8>(hostState, STATE_PHASE) == Phase.Trial) wait = POLL_MS;
      if (load<u8>(hostState, STATE_NEWS) == News.None) continue;
      wait = this.deliverNews(kind);
      break;
    }
    this.pollAtMs = now + wait;
    return wait;
  }

  /** Tells news, waits for the acknowledgement, and lets the host forget it. Milliseconds until it is to be called again. */
  private deliverNews(kind: i32): i64 {
    if (this.newsAwaited == 0) {
      const isFailed = load<u8>(hostState, STATE_NEWS) == News.Failed;
      const errorLen = isFailed ? updateError(kind, errorText, ERROR_BYTES) : 0;
      // After a failure what runs is the version before: that of the failed one is not known any more.
      this.newsAwaited = this.face.tell(
        kind,
        isFailed ? Told.Failed : Told.Updated,
        isFailed ? 0 : hostState + STATE_VERSION,
        errorText,
        errorLen,
      );
      return this.newsAwaited ? 0 : AGAIN_MS;
    }
    if (publications.state(QUEUED, this.newsAwaited) == 1) return AGAIN_MS;
    this.newsAwaited = 0;
    updateTold(kind);
    return 0;
  }

  /** A message of the app on trial was acknowledged: it works. */
  confirm(): void {
    if (updateConfirm() == Status.Ok) this.pollAtMs = 0;
  }
}
