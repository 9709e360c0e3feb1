/**
 * After an update over the air a new app is on trial. It is confirmed when a message that it published was acknowledged; an app
 * that knows better what working means asks to confirm itself:
 *
 *     export function setup(): void {
 *       trial.hold();
 *       ...
 *     }
 *     // once the sensor answers
 *     trial.confirm();
 *
 * Unconfirmed after ten minutes, three starts or three traps, the app before runs again.
 */
import { Status } from "../lib/status";
import { trialConfirm, trialHold } from "./syscalls";

export namespace trial {
  /** This app will confirm itself. Ok, NotFound: it is not on trial. */
  export function hold(): Status {
    return trialHold() as Status;
  }

  /** This app works. Ok, NotFound: it is not on trial. */
  export function confirm(): Status {
    return trialConfirm() as Status;
  }
}
