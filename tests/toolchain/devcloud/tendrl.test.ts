/** toolchain/devcloud/tendrl: what the cloud lets an entity do. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { MqttClient } from "mqtt";

import { TendrlCloud } from "../../../toolchain/devcloud/tendrl/tendrlCloud.js";
import { closed, connect } from "./client.js";

const MESSAGE = JSON.stringify({ msg_type: "publish", data: { n: 1 }, timestamp: "2026-01-01T00:00:00Z" });
const SECOND = { apiKey: "second-key", jti: "entity:second", sub: "1001:us-east:second" };

describe("toolchain/devcloud/tendrl", () => {
  const sessionOf = (cloud: TendrlCloud): Promise<MqttClient> => connect(cloud, { clientId: cloud.entity.sub });

  it("keeps a session on the topics of the entity that it began with, whatever changes behind it", async () => {
    const cloud = await TendrlCloud.start();
    try {
      const before = cloud.publishTopic;
      const first = await sessionOf(cloud);
      cloud.change(SECOND);
      await first.publishAsync(before, MESSAGE, { qos: 1 });
      assert.deepEqual(cloud.violations, []);
      assert.deepEqual(
        cloud.publications().map(({ topic }) => topic),
        [before],
      );

      const second = await sessionOf(cloud);
      await second.publishAsync("1001/us-east/entity:second/publish", MESSAGE, { qos: 1 });
      assert.deepEqual(cloud.violations, []);
      const ended = closed(second);
      second.publish(before, MESSAGE, { qos: 1 });
      await ended;
      assert.deepEqual(cloud.violations, [`published to ${before}, expected 1001/us-east/entity:second/publish`]);
      await first.endAsync(true);
    } finally {
      await cloud.close();
    }
  });
});
