import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { checkForBoard } from "../../../toolchain/config/boardConfig.js";
import { parseConfig } from "../../../toolchain/config/loadConfig.js";
import { parseJson } from "../../../toolchain/config/parseJson.js";
import { sectionNames } from "../../../toolchain/config/schema.js";
import { CONFIG_TEMPLATE } from "../../../toolchain/config/template.js";

/** The template with all it offers switched on. */
const uncommented = CONFIG_TEMPLATE.replaceAll(/^(\s*)\/\/ (?=[\s"}])/gm, "$1");

describe("toolchain/config/template", () => {
  it("offers every key there is, and no other", () => {
    const offered = parseJson(uncommented) as Record<string, Record<string, unknown>>;
    const inline = new Set(["ca", "certificate", "key"]); // offered as files
    for (const [section, names] of Object.entries(sectionNames)) {
      const found = Object.keys(section === "" ? offered : (offered[section] ?? {}));
      const expected = section === "tls" ? names.filter((name) => !inline.has(name)) : [...names];
      assert.deepEqual(found.sort(), [...expected].sort(), section);
    }
  });

  it("is a board's configuration once it is filled in", () => {
    const filled = CONFIG_TEMPLATE.replace('"ssid": ""', '"ssid": "Nest"')
      .replace('"password": ""', '"password": "12345678"')
      .replace('"host": ""', '"host": "h"')
      .replace('"clientId": ""', '"clientId": "porch"');
    const config = parseConfig(filled, "config.json");
    assert.deepEqual(config, { wifi: { ssid: "Nest", password: "12345678" }, mqtt: { host: "h", clientId: "porch" } });
    checkForBoard(config, "config.json");
  });

  it("gives examples that are allowed", () => {
    const filled = uncommented
      .replace(/"(caFile|certificateFile|keyFile)":.*/g, "")
      .replace('"ssid": ""', '"ssid": "Nest"')
      .replace('"password": ""', '"password": "12345678"')
      .replace('"host": ""', '"host": "h"')
      .replace('"clientId": ""', '"clientId": "porch"');
    assert.equal(parseConfig(filled, "config.json").mqtt.port, 8883);
  });
});
