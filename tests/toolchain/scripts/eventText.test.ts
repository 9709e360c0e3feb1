import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { BoardEvent, StatusEvent } from "../../../toolchain/board/events.js";
import { EventText } from "../../../toolchain/scripts/eventText.js";

function status(uptimeMs: number, storedTotal: number): StatusEvent {
  return { event: "status", uptimeMs, link: "up", client: "online", storedTotal, deliveredTotal: 0, waiting: storedTotal } as StatusEvent;
}

describe("toolchain/scripts/eventText", () => {
  it("says in words what happens to a board", () => {
    const said: Array<[BoardEvent, string | null]> = [
      [{ event: "boot", reason: "power-on", boots: 1 }, "board: started"],
      [{ event: "boot", reason: "watchdog", boots: 3 }, "board: started again (watchdog), start 3"],
      [{ event: "accepted", sequence: "17" }, null],
      [{ event: "gpio", pin: 4, level: 1 }, "pin 4: 1"],
      [{ event: "fault", kind: "power-cut", torn: true }, "board: power cut, in the middle of a flash write"],
      [{ event: "fault", kind: "power-cut", torn: false }, "board: power cut, clean"],
      [{ event: "error", message: "no such pin" }, "error: no such pin"],
      [
        { event: "app-stopped", export: "step", reason: "unreachable", restartMs: 1000 },
        "app: stopped in step: unreachable; starts again in 1000 ms",
      ],
    ];
    for (const [event, line] of said) assert.equal(new EventText().line(event), line);
  });

  it("tells a status once, and at most one a second", () => {
    const text = new EventText();
    assert.match(text.line(status(500, 1)) ?? "", /^link up · client online · stored 1 · /);
    assert.equal(text.line(status(1000, 2)), null, "too soon");
    assert.match(text.line(status(1500, 2)) ?? "", /stored 2/);
    assert.equal(text.line(status(9000, 2)), null, "nothing new");
  });

  it("does not wait for the time before a restart", () => {
    const text = new EventText();
    text.line(status(60_000, 1));
    text.line({ event: "boot", reason: "watchdog", boots: 2 });
    assert.match(text.line(status(10, 2)) ?? "", /stored 2/);
  });
});
