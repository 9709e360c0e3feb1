/** examples/umqtt on a simulated board: blocking calls over the yield syscall, against aedes and mosquitto. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { waitForPublication } from "../../toolchain/devcloud/broker.js";
import { setStage } from "../../toolchain/scripts/stage.js";

describe("scenarios/umqtt", () => {
  for (const broker of ["aedes", "mosquitto"] as const) {
    it(`connects, publishes, subscribes and answers from its loop, with ${broker}`, async () => {
      const stage = await setStage({ app: "examples/umqtt", broker, board: { statusMs: 100 } });
      try {
        await waitForPublication(
          stage.broker,
          "state",
          ({ topic, payload }) => topic === "echo/state" && payload.toString() === "here",
          30_000,
        );
        for (const [asked, answer] of [
          ["ping", "pong"],
          ["other", "say ping"],
        ] as const) {
          const answered = waitForPublication(
            stage.broker,
            answer,
            ({ topic, payload }) => topic === "echo/out" && payload.toString() === answer,
            20_000,
          );
          await stage.broker.publish("echo/in", asked);
          await answered;
        }
        assert.equal((await stage.board.freshStatus()).appRestarts, 0, "neither trapped nor ended by the watchdog in its endless loop");
      } finally {
        await stage.close();
      }
    });
  }
});
