import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { nearestName } from "../../../toolchain/config/nearestName.js";

describe("toolchain/config/nearestName", () => {
  const names = ["host", "port", "password", "keepAliveSeconds"];

  it("finds slips of the finger", () => {
    assert.equal(nearestName("hots", names), "host");
    assert.equal(nearestName("prot", names), "port");
    assert.equal(nearestName("pasword", names), "password");
    assert.equal(nearestName("keepaliveseconds", names), "keepAliveSeconds");
  });

  it("offers nothing rather than something far", () => {
    assert.equal(nearestName("zebra", names), null);
    assert.equal(nearestName("", names), null);
    assert.equal(nearestName("host", []), null);
  });
});
