/** A server that cannot prove who it is is refused, each time with its own message, and nothing is sent to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";
import { type Certificates, makeCertificates } from "../../toolchain/devcloud/certificates.js";
import { setStage } from "../../toolchain/scripts/stage.js";

const DAY_MS = 86_400_000;

const REFUSALS: ReadonlyArray<readonly [string, () => Promise<Certificates>, RegExp]> = [
  ["a certificate of another authority", withOtherAuthority, /not signed by tls\.ca/],
  ["a certificate for another host name", () => makeCertificates({ hosts: ["elsewhere.example"] }), /host name/],
  ["an expired certificate", expired, /expired/],
];

describe("scenarios/tls", () => {
  for (const [what, certificates, message] of REFUSALS) {
    it(`U13: refuses ${what} and says so`, async () => {
      const broker = await AedesBroker.start({ tls: await certificates() });
      const stage = await setStage({ app: "examples/heartbeat", broker, board: { statusMs: 100 } });
      try {
        const { board } = stage;
        await board.waitFor("status", ({ lastCause }) => lastCause < 0, 20_000);
        assert.match(board.logText, message);
        for (const [, , other] of REFUSALS) if (other !== message) assert.doesNotMatch(board.logText, other);
        assert.ok(!board.logText.includes(broker.password), "the log shows the password");
        assert.equal(broker.connects, 0);
      } finally {
        await stage.close();
      }
    });
  }
});

async function withOtherAuthority(): Promise<Certificates> {
  const [own, other] = await Promise.all([makeCertificates(), makeCertificates()]);
  return { ...own, caPem: other.caPem };
}

function expired(): Promise<Certificates> {
  const now = Date.now();
  return makeCertificates({ notBefore: new Date(now - 9 * DAY_MS), notAfter: new Date(now - DAY_MS) });
}
