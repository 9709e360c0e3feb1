import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";

import { Options } from "../../../toolchain/cli/options.js";
import { main, readSimConfig, SIM_OPTIONS, simRemarks } from "../../../toolchain/commands/sim.js";
import type { Config } from "../../../toolchain/config/schema.js";

const PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

describe("toolchain/commands/sim", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wasmote-sim-"));
    writeFileSync(join(folder, "ca.pem"), PEM);
    writeFileSync(
      join(folder, "config.json"),
      JSON.stringify({ mqtt: { host: "from-file", port: 1, user: "u" }, tls: { caFile: "ca.pem" }, app: { x: 1 } }),
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function read(...argv: string[]): Config | null {
    return readSimConfig(new Options(argv, SIM_OPTIONS));
  }

  it("leaves the flash's configuration alone when none is given", () => {
    assert.equal(read("--app", "examples/heartbeat"), null);
  });

  it("makes a configuration from options", () => {
    assert.deepEqual(read("--host", "h", "--port", "8883", "--tls", "--ca", join(folder, "ca.pem"), "--user", "u", "--password", "p"), {
      mqtt: { host: "h", port: 8883, tls: true, user: "u", password: "p", clientId: "sim-board" },
      tls: { ca: PEM },
    });
  });

  it("lays options over config.json", () => {
    const config = read("--config", join(folder, "config.json"), "--host", "from-options", "--allow-self-signed");
    assert.deepEqual(config, {
      mqtt: { host: "from-options", port: 1, user: "u", clientId: "sim-board" },
      tls: { ca: PEM, allowSelfSigned: true },
      app: { x: 1 },
    });
  });

  it("keeps the client identifier it is given", () => {
    const file = join(folder, "named.json");
    writeFileSync(file, JSON.stringify({ mqtt: { host: "h", clientId: "from-file" } }));
    assert.equal(read("--config", file)?.mqtt.clientId, "from-file");
    assert.equal(read("--config", file, "--client-id", "from-options")?.mqtt.clientId, "from-options");
  });

  it("T1: leaves the client identifier to ThingsBoard", () => {
    assert.deepEqual(read("--cloud", "thingsboard", "--host", "h", "--user", "token")?.mqtt, { host: "h", user: "token" });
  });

  it("takes a board's configuration and says what of it is not used", () => {
    const file = join(folder, "board.json");
    const wifi = { ssid: "Nest", password: "12345678" };
    writeFileSync(file, JSON.stringify({ wifi, time: {}, mqtt: { host: "h", clientId: "porch" }, tls: { useBundle: true } }));
    const config = read("--config", file);
    assert.deepEqual(config?.wifi, wifi);
    assert.deepEqual(simRemarks(config), [
      "wifi, time: for a board; the simulated one has this PC's network and clock",
      "tls.useBundle: for a board; the simulated one trusts tls.ca alone",
    ]);
    assert.deepEqual(simRemarks(read("--host", "h")), []);
    assert.deepEqual(simRemarks(null), []);
  });

  it("asks for a configuration where there is neither one nor a flash that could hold it", async () => {
    const said: string[] = [];
    const write = mock.method(process.stderr, "write", (text: string) => said.push(text) > 0);
    const code = await main(["--app", "examples/heartbeat", "--flash", join(folder, "none.img")]).finally(() => write.mock.restore());
    assert.equal(code, 2);
    assert.match(said.join(""), /^npm run sim: found no configuration, expected --host HOST or --config FILE/);
  });

  it("refuses what it cannot use", () => {
    assert.throws(() => read("--host", "h", "--ca", join(folder, "none.pem")), /--ca: found no file .*none\.pem, expected a PEM file/);
    assert.throws(() => read("--port", "99999"), /--port: found "99999"/);
    assert.throws(() => read("--tls"), /command line: mqtt\.host: found nothing/);
    assert.throws(() => read("--config", join(folder, "gone.json")), /gone\.json: cannot be read/);
  });
});
