import { QUEUED } from "../../sdk/flags";
import { Status } from "../../lib/status";
import { clock } from "../client/clock";
import { publications } from "../client/publications";
import { queue } from "../client/ramQueue";
import {
  updateAbort,
  updateApply,
  updateBegin,
  updateCheck,
  updateConfirm,
  updateConfirmFirmware,
  updateFinish,
  updateWrite,
} from "../host/imports";
import { Checksum } from "./checksum";
import { Told, UpdateFace } from "./face";
import { AGAIN_MS, NewsTeller, PAUSE_MS, TRIAL_POLL_MS } from "./news";
import { HEAD_BYTES, HEAD_KIND, HEAD_SIZE, HEAD_VERSION, Kind } from "./phase";
import { Reason } from "./reason";
import { PackageSource } from "./source";
import { Step } from "./step";

/** Source: spec of ThingsBoard's device API, 8.5. */
const RETRIES: i32 = 5;
const PAUSES: i32 = 10;
const TELL_TIMEOUT_MS: i64 = 5000;

/** Fetches one package at a time: from its offer to the switch, over every break of the connection. */
export class Transfer {
  head: StaticArray<u8> = new StaticArray<u8>(HEAD_BYTES);
  /** What the file must have, where its announcement names one. */
  readonly checksum: Checksum = new Checksum();
  private source: PackageSource;
  private kind: i32 = 0;
  private step: Step = Step.Idle;
  /** Bytes of the head that are there. */
  private headGot: i32 = 0;
  private offset: i32 = 0;
  private retries: i32 = 0;
  private pauses: i32 = 0;
  /** When the current step is over. */
  private untilMs: i64 = 0;
  /** What was fetched last is known, and would end the same way: it runs, or the host refused it. */
  isSettled: bool = false;
  /** An app was switched to that has not started yet: what the one before published is no sign of its life. */
  isSwitching: bool = false;
  /** The message whose acknowledgement is awaited, 0: none. */
  private awaited: i64 = 0;
  /** Of what is to be told as FAILED. */
  readonly reason: Reason = new Reason();
  private readonly news: NewsTeller;

  constructor(private readonly face: UpdateFace) {
    this.source = face;
    this.news = new NewsTeller(face);
  }

  /** Whether bytes are wanted. */
  get isLoading(): bool {
    return this.step >= Step.Begun && this.step <= Step.Pause;
  }

  /** The same, or the last of them came just now. */
  get isFetching(): bool {
    return this.isLoading || this.step == Step.Whole;
  }

  private get isBegun(): bool {
    return this.step == Step.Begun;
  }

  get isIdle(): bool {
    return this.step == Step.Idle;
  }
  private get headAddress(): usize {
    return changetype<usize>(this.head);
  }

  private get hasHead(): bool {
    return this.headGot == HEAD_BYTES;
  }

  private get size(): i32 {
    return load<i32>(this.headAddress, HEAD_SIZE);
  }

  /** Bytes of the package, 0 while that is unknown. */
  get packageBytes(): i32 {
    return this.hasHead ? HEAD_BYTES + this.size : 0;
  }

  /** A package is offered: head u8[192]. One under way makes room for it, unless it is the same. */
  offer(head: usize): void {
    if (this.step != Step.Idle && this.hasHead && memory.compare(head, this.headAddress, HEAD_BYTES) == 0) return;
    this.leave();
    this.source = this.face;
    memory.copy(this.headAddress, head, HEAD_BYTES);
    this.headGot = HEAD_BYTES;
    this.kind = load<u8>(head, HEAD_KIND);
    this.checksum.forget();
    this.begin();
  }

  /** A package is to be fetched from a source, its head first. One under way makes room for it. The checksum is to be set behind this. */
  fetch(kind: i32, source: PackageSource): void {
    this.leave();
    this.source = source;
    this.kind = kind;
    this.headGot = 0;
    this.isSettled = false;
    this.checksum.forget();
    this.refill();
    this.askAnew();
  }

  private askAnew(): void {
    this.source.start();
    this.step = Step.Ask;
  }

  /** The offer is taken back. */
  withdraw(): void {
    if (this.isLoading || this.step == Step.Hold) this.giveUp("withdrawn");
  }

  /** Ends a download: what is told of it. More may be added to the reason. */
  giveUp(why: string): void {
    this.reason.clear();
    this.reason.text(why);
    this.drop();
  }

  /** What was asked for is to come within so many ms from now, or is asked for again. */
  expect(ms: i32): void {
    if (this.step != Step.Ask && this.step != Step.Await) return;
    this.step = Step.Await;
    this.untilMs = clock.nowMs + ms;
  }

  private drop(): void {
    updateAbort(this.kind);
    this.source.stop();
    this.step = Step.Refused;
  }

  /** What is under way makes room. */
  private leave(): void {
    if (this.step == Step.Idle) return;
    updateAbort(this.kind);
    this.source.stop();
    this.awaited = 0;
    this.step = Step.Idle;
  }

  private refill(): void {
    this.retries = 0;
    this.pauses = 0;
  }

  private begin(): void {
    const offset = updateBegin(this.kind, this.headAddress, HEAD_BYTES);
    this.refill();
    if (offset >= 0) {
      this.offset = offset;
      this.step = Step.Begun;
      return;
    }
    if (offset == Status.Busy) {
      this.wait(Step.Hold);
    } else if (offset == Status.Closed) {
      this.source.stop();
      this.isSettled = true;
      this.step = Step.Idle; // it runs already
      this.face.ended(false);
    } else {
      this.refuse();
    }
  }

  /** The host's reason is what is told. */
  private refuse(): void {
    this.reason.ask();
    this.source.stop();
    this.isSettled = true;
    this.step = Step.Refused;
  }

  private wait(step: Step): void {
    this.source.stop();
    this.step = step;
    this.untilMs = clock.nowMs + PAUSE_MS;
  }

  /**
   * Bytes of the package came: u8[len], from `at` on. What was known is left out, and a gap is not taken: a repetition or a late
   * answer.
   */
  take(at: i32, src: usize, len: i32): void {
    if (!this.isLoading || len <= 0 || at < 0) return;
    if (!this.hasHead) {
      const known = this.headGot - at;
      if (known < 0 || known >= len) return;
      const count = min(len - known, HEAD_BYTES - this.headGot);
      memory.copy(this.headAddress + this.headGot, src + known, count);
      this.headGot += count;
      this.refill();
      this.step = Step.Ask;
      if (this.hasHead) this.takeHead();
      if (!this.isBegun) return;
    }
    const before = min(max(HEAD_BYTES - at, 0), len);
    if (before < len) this.takeImage(at + before - HEAD_BYTES, src + before, len - before);
  }

  /** A head that was fetched is whole. */
  private takeHead(): void {
    this.reason.clear();
    this.face.object(this.headAddress, this.reason);
    if (this.reason.length) return this.drop();
    this.kind = load<u8>(this.headAddress, HEAD_KIND);
    this.begin();
  }

  private takeImage(offset: i32, src: usize, len: i32): void {
    const reached = updateWrite(this.kind, offset, src, len);
    if (reached == Status.Invalid) return;
    if (reached < 0) return this.refuse();
    if (reached <= this.offset) return;
    this.offset = reached;
    this.refill();
    if (!this.isBegun) this.goOn();
  }

  private goOn(): void {
    this.step = this.offset == this.size ? Step.Whole : Step.Ask;
  }

  /** The connection was lost and is back: what was asked for will not come. */
  connected(): void {
    this.disconnected();
    this.news.connected();
    // A firmware on trial has shown what it must: an update for it could come in.
    updateConfirmFirmware();
  }

  disconnected(): void {
    this.source.stop();
    if (this.step == Step.Await) this.step = Step.Ask;
  }

  /** One round. Milliseconds to the next deadline. */
  advance(): i32 {
    const news = this.news.tell();
    const source = this.source.step();
    const wait = this.advanceDownload();
    return <i32>min(min(news, source), wait);
  }

  private advanceDownload(): i64 {
    const now = clock.nowMs;
    switch (this.step) {
      case Step.Begun: {
        if (!this.face.isReady || this.tell(Told.Downloading) == 0) return AGAIN_MS;
        this.goOn();
        return 0;
      }
      case Step.Ask: {
        const patience = this.face.isReady ? this.ask() : 0;
        if (patience == 0) return AGAIN_MS;
        this.step = Step.Await;
        this.untilMs = now + patience;
        return 0; // what was queued is to be sent
      }
      case Step.Await:
        return now < this.untilMs ? this.untilMs - now : this.retry();
      case Step.Pause:
      case Step.Hold: {
        if (now < this.untilMs) return this.untilMs - now;
        if (this.step == Step.Hold) this.begin();
        else this.askAnew();
        return 0;
      }
      case Step.Whole: {
        this.source.stop();
        if (this.tell(Told.Downloaded) == 0) return AGAIN_MS;
        this.step = Step.Verify;
        return 0;
      }
      case Step.Verify:
        return this.verify();
      case Step.Check:
        return this.check();
      case Step.TellVerified:
        return this.tellAndWait(Told.Verified, Step.TellUpdating);
      case Step.TellUpdating:
        return this.tellAndWait(Told.Updating, Step.Apply);
      case Step.Apply:
        return this.apply();
      case Step.Refused: {
        if (this.tell(Told.Failed) == 0) return AGAIN_MS;
        this.step = Step.Idle;
        this.face.ended(true);
        return 0;
      }
      default:
        return i32.MAX_VALUE;
    }
  }

  private apply(): i64 {
    // What is told of the package before would be taken for this one's.
    if (this.news.isAwaited) return AGAIN_MS;
    // A firmware starts the board anew: what is only queued would be lost.
    if (this.kind == Kind.Firmware && queue.waiting > 0 && clock.nowMs < this.untilMs) return AGAIN_MS;
    if (updateApply(this.kind) < 0) this.refuse();
    else {
      this.isSettled = true;
      this.isSwitching = this.kind == Kind.App;
      this.step = Step.Idle;
    }
    this.news.askSoon(TRIAL_POLL_MS);
    return 0;
  }

  private ask(): i32 {
    return this.hasHead
      ? this.source.request(HEAD_BYTES + this.offset, this.size - this.offset)
      : this.source.request(this.headGot, HEAD_BYTES - this.headGot);
  }

  private retry(): i64 {
    this.source.stop();
    if (++this.retries <= RETRIES) {
      this.step = Step.Ask;
      return 0;
    }
    this.retries = 0;
    if (++this.pauses <= PAUSES) {
      this.wait(Step.Pause);
      return PAUSE_MS;
    }
    this.giveUp("no answer to requests");
    return 0;
  }

  private verify(): i64 {
    const status = updateFinish(this.kind);
    if (status == Status.Busy) return 0;
    if (status < 0) this.refuse();
    else this.step = this.checksum.length ? Step.Check : Step.TellVerified;
    return 0;
  }

  private check(): i64 {
    const checksum = this.checksum;
    const status = updateCheck(this.kind, checksum.algorithm, checksum.address, checksum.length);
    if (status == Status.Busy) return 0;
    if (status < 0) {
      this.refuse();
      updateAbort(this.kind);
    } else this.step = Step.TellVerified;
    return 0;
  }

  private tell(told: Told): i64 {
    if (told != Told.Failed) this.reason.clear();
    const version = this.hasHead ? this.headAddress + HEAD_VERSION : 0;
    return this.face.tell(this.kind, told, version, this.reason.address, this.reason.length);
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
    this.untilMs = now + TELL_TIMEOUT_MS;
    return 0;
  }

  /** A message of the app on trial was acknowledged: it works. */
  confirm(): void {
    if (updateConfirm() == Status.Ok) this.news.askSoon(0);
  }
}
