/** What the simulator says, as people read it: `npm run sim` on a terminal. */
import type { BoardEvent, StatusEvent } from "../board/events.js";
import { statusLine } from "./statusText.js";

/** Turns events into lines; a status only when it says something new, and at most once a second. */
export class EventText {
  #lastStatus = "";
  #lastAtMs = -Infinity;

  /** Returns the line of an event, or null where there is nothing to say. */
  line(event: BoardEvent): string | null {
    switch (event.event) {
      case "boot":
        this.#lastAtMs = -Infinity; // A board that starts counts its time anew.
        return event.boots === 1 ? "board: started" : `board: started again (${event.reason}), start ${event.boots}`;
      case "status":
        return this.#statusLine(event);
      case "accepted":
        return null; // The status counts them.
      case "app-stopped":
        return `app: stopped in ${event.export}: ${event.reason}; starts again in ${event.restartMs} ms`;
      case "app-swapped":
        return "app: swapped";
      case "app-chosen":
        return event.slot === "none"
          ? "app: none runs"
          : `app: ${event.slot === "embedded" ? "the one it came with" : `${event.version}, from slot ${event.slot}${event.trial ? ", on trial" : ""}`}`;
      case "firmware-chosen":
        return `firmware: ${event.version}, from slot ${event.slot}${event.trial ? ", on trial" : ""}`;
      case "gpio":
        return `pin ${event.pin}: ${event.level}`;
      case "fault":
        return `board: power cut, ${event.torn ? "in the middle of a flash write" : "clean"}`;
      case "error":
        return `error: ${event.message}`;
    }
  }

  #statusLine(status: StatusEvent): string | null {
    const line = statusLine(status, null);
    if (line === this.#lastStatus || status.uptimeMs - this.#lastAtMs < 1000) return null;
    this.#lastStatus = line;
    this.#lastAtMs = status.uptimeMs;
    return line;
  }
}
