import { RecordStore } from "../store/recordStore";

/**
 * What updates over the air hear of the client, and where they take their messages from. In a kernel without them these empty bodies
 * are all there is, and the compiler puts them in place: see dialect.ts, which does the same for the version of MQTT.
 */
export class UpdateHooks {
  /** Whether it listens at all: asked before anything is looked up for it, so that a kernel without updates looks nothing up. */
  get listens(): bool {
    return false;
  }

  /** A message came whole: topic u8[topicLen], payload u8[payloadLen]. True: it was one of an update, and the app does not see it. */
  take(topic: usize, topicLen: i32, payload: usize, payloadLen: i32): bool {
    return false;
  }

  /** A session begins. */
  connected(): void {}

  /** It is over. */
  disconnected(): void {}

  /** One round. Milliseconds to the next deadline. */
  step(): i32 {
    return i32.MAX_VALUE;
  }

  /** The app published, and got an answer: STORED or QUEUED with its sequence number at `receipt`, or a Status. */
  published(answer: i32, receipt: usize): void {}

  /** A message left its source. isDelivered: it was acknowledged by the server. */
  left(source: RecordStore, sequence: i64, isDelivered: bool): void {}

  /** The app starts anew, or another one does. */
  appStarted(): void {}
}

/** A kernel with updates puts its own here while it is built. */
export let updates: UpdateHooks = new UpdateHooks();

export function hookUpdates(other: UpdateHooks): void {
  updates = other;
}
