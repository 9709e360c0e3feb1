import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ConfigError, parseConfig } from "../../../toolchain/config/loadConfig.js";
import { fromTendrlConfig, isTendrlConfig } from "../../../toolchain/config/tendrlConfig.js";

const USER = { api_key: "k", wifi_ssid: "Nest", wifi_pw: "12345678" };

describe("toolchain/config/tendrlConfig", () => {
  it("lays the user's keys over the library's", () => {
    const library = { app_url: "https://lib", mqtt_host: "lib", mqtt_port: 1, mqtt_ssl: false, api_key: "" };
    assert.deepEqual(fromTendrlConfig({ ...USER, mqtt_host: "user", reset: true }, "c", library), {
      mqtt: { host: "user", port: 1, tls: false },
      tendrl: { appUrl: "https://lib", apiKey: "k", reset: true },
      wifi: { ssid: "Nest", password: "12345678" },
    });
  });

  it("names keys of another type, and ignores unknown ones", () => {
    const bad = JSON.stringify({ ...USER, mqtt_port: "443", mqtt_ssl: "yes", later: 1 });
    assert.throws(
      () => parseConfig(bad, "config.json"),
      (error) =>
        error instanceof ConfigError &&
        error.message === 'config.json: mqtt_port: found "443", expected a number\nconfig.json: mqtt_ssl: found "yes", expected a boolean',
    );
    assert.doesNotThrow(() => parseConfig(JSON.stringify({ ...USER, later: { x: 1 } }), "config.json"));
  });

  it("leaves port and TLS to the device where nobody says", () => {
    const { mqtt, tendrl } = parseConfig(JSON.stringify({ ...USER, mqtt_ssl: false }), "config.json");
    assert.deepEqual([mqtt, tendrl!.apiKey], [{ host: "mqtt.tendrl.com", tls: false }, "k"]);
  });

  it("needs a key, and is told from ours by it", () => {
    assert.throws(() => fromTendrlConfig({ api_key: "" }, "c"), /api_key: found nothing/);
    assert.equal(isTendrlConfig({ mqtt: { host: "h" } }), false);
    assert.equal(isTendrlConfig([]), false);
  });

  it("is ours with a section of its own, which needs no broker", () => {
    assert.deepEqual(parseConfig('{"tendrl":{"apiKey":"k"}}', "c"), { mqtt: {}, tendrl: { apiKey: "k" } });
    assert.throws(() => parseConfig('{"mqtt":{}}', "c"), /mqtt\.host: found nothing, expected a host name/);
    assert.throws(() => parseConfig('{"tendrl":{"apiKey":"a b"}}', "c"), /tendrl\.apiKey: found .*, expected an API key/);
  });
});
