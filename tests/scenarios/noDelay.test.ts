/**
 * Nagle's algorithm waits for an acknowledgement that the peer delays: 22.7 messages a second in clients that fall for it.
 * Counted, not timed: each packet leaves in one write of its own. That TCP_NODELAY is set, tests/host/sim/net_test.c asks the socket.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";
import { setStage } from "../../toolchain/scripts/stage.js";

/** A window of one: each PUBLISH waits for the PUBACK before it, so no two packets can share a write. */
const STOP_AND_WAIT = 1;
const MESSAGES = 50;

describe("scenarios/noDelay", () => {
  for (const tls of ["off", "on"] as const) {
    it(`one write for each packet, TLS ${tls}`, async () => {
      const broker = await AedesBroker.start(tls === "off" ? { tls } : {});
      const stage = await setStage({
        app: "examples/telemetry",
        broker,
        appConfig: { intervalMs: 50 },
        mqttConfig: { window: STOP_AND_WAIT },
        board: { statusMs: 50 },
      });
      try {
        const status = await stage.board.waitForStatus(({ deliveredTotal }) => deliveredTotal >= MESSAGES, 30_000);
        const connectPackets = 1;
        const sent = status.deliveredTotal + status.inFlight + connectPackets;
        assert.equal(status["writes"], sent, "writes the kernel handed over");
        assert.equal(status["netWrites"], sent, "writes that reached the socket");
      } finally {
        await stage.close();
      }
    });
  }
});
