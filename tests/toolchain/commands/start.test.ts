import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { UsageError } from "../../../toolchain/cli/options.js";
import { readStartOptions } from "../../../toolchain/commands/start.js";

describe("toolchain/commands/start", () => {
  it("has defaults for a script and for a live run", () => {
    const script = readStartOptions(["--script", "power-cut"]);
    assert.deepEqual([script.script, script.seconds, script.rate, script.broker, script.replay], ["power-cut", 30, 10, "aedes", null]);
    const live = readStartOptions([]);
    assert.deepEqual([live.script, live.rate], [null, 2]);
  });

  it("takes everything it is given", () => {
    const options = readStartOptions([
      "--script=outage",
      "--seconds=60",
      "--rate=0.5",
      "--cloud=plain",
      "--engine=aot",
      "--replay=r.csv",
      "--broker=mosquitto",
      "--seed=5",
    ]);
    assert.deepEqual(options, {
      script: "outage",
      seconds: 60,
      rate: 0.5,
      replay: "r.csv",
      cloud: "plain",
      broker: "mosquitto",
      engine: "aot",
      seed: 5,
    });
  });

  for (const [argv, message] of [
    [["--script", "flood"], /--script: found "flood", expected outage or power-cut or broker-restart/],
    [["--seconds", "30"], /--seconds: found no --script beside it/],
    [["--script", "outage", "--seconds", "1"], /--seconds: found "1", expected a whole number from 5/],
    [["--rate", "0"], /--rate: found "0", expected a number from 0.01 to 100/],
    [["--cloud", "thingsboard", "--broker", "mosquitto"], /--broker: found "mosquitto", expected aedes with --cloud thingsboard/],
    [["--cloud", "tendrl", "--broker", "mosquitto"], /--broker: found "mosquitto", expected aedes with --cloud tendrl/],
    [["--cloud", "azure"], /--cloud: found "azure", expected plain or tendrl or thingsboard/],
    [["--engine", "jit"], /--engine: found "jit", expected wasm3 or aot/],
    [["--broker", "emqx"], /expected aedes or mosquitto/],
    [["--sead", "1"], /found --sead \(did you mean --seed\?\)/],
  ] as const) {
    it(`refuses ${argv.join(" ")}`, () => {
      assert.throws(
        () => readStartOptions(argv),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
