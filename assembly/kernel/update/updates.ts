import { QUEUED, STORED } from "../../sdk/flags";
import { outbox } from "../client/outbox";
import { session } from "../client/session";
import { UpdateHooks } from "../client/updateHooks";
import { updateState } from "../host/imports";
import { RecordStore } from "../store/recordStore";
import { UpdateFace } from "./face";
import { hostState } from "./news";
import { Kind, STATE_BYTES } from "./phase";
import { Transfer } from "./transfer";

/** What every cloud's updates have in common: the transfer's time, and the sign of life of an app on trial. */
export abstract class Updates extends UpdateHooks {
  readonly transfer: Transfer;
  protected isActive: bool = false;
  /** The first message that the app that runs has published, of each source: 0 while there is none. */
  private firstStored: i64 = 0;
  private firstQueued: i64 = 0;

  constructor(private readonly face: UpdateFace) {
    super();
    this.transfer = new Transfer(face);
  }

  get listens(): bool {
    return true;
  }

  /** A board without slots or without a key takes none, and asks for none. */
  connected(): void {
    this.isActive = updateState(Kind.App, hostState, STATE_BYTES) >= 0;
    if (!this.isActive) return;
    this.face.connected();
    this.transfer.connected();
  }

  disconnected(): void {
    if (this.isActive) this.transfer.disconnected();
  }

  step(): i32 {
    return this.isActive && session.isOnline ? this.transfer.advance() : i32.MAX_VALUE;
  }

  published(answer: i32, receipt: usize): void {
    if (answer == STORED && this.firstStored == 0) this.firstStored = load<i64>(receipt);
    if (answer == QUEUED && this.firstQueued == 0) this.firstQueued = load<i64>(receipt);
  }

  left(source: RecordStore, sequence: i64, isDelivered: bool): void {
    const isStored = source == outbox.store;
    const first = isStored ? this.firstStored : this.firstQueued;
    // The store holds messages of apps alone, and may drop some by itself; the queue holds the kernel's own, too.
    if (first == 0 || (isStored ? sequence < first : sequence != first)) return;
    if (isDelivered && !this.transfer.isSwitching) this.transfer.confirm();
    // The next one that is published counts: this one expired or was refused, or has done its work.
    if (isStored) this.firstStored = 0;
    else this.firstQueued = 0;
  }

  appStarted(): void {
    this.transfer.isSwitching = false;
    this.firstStored = 0;
    this.firstQueued = 0;
  }
}
