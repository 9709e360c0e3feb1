import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { ConfigError, loadConfig, parseConfig } from "../../../toolchain/config/loadConfig.js";

const PASSWORD = "8 to 63 characters or 64 hexadecimal digits, or no such key for an open network";
const PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

function problems(config: unknown): string[] {
  try {
    parseConfig(typeof config === "string" ? config : JSON.stringify(config), "config.json");
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return [...error.problems];
  }
  return [];
}

describe("toolchain/config/loadConfig", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-config-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("takes a full configuration as it is", () => {
    const config = {
      mqtt: {
        host: "h",
        port: 8883,
        tls: true,
        user: "u",
        password: "p",
        clientId: "c",
        topic: "t/u",
        keepAliveSeconds: 0,
        window: 16,
        cleanSession: true,
      },
      wifi: { ssid: "Nest", password: "12345678", hostname: "porch-1" },
      time: { sntp: "time.example" },
      tls: { ca: PEM, useBundle: false, allowSelfSigned: false },
      device: { watchdogSeconds: 8 },
      store: { capBytes: 4096 },
      app: { intervalMs: 100, name: "x", nested: { deep: true } },
    };
    assert.deepEqual(parseConfig(JSON.stringify(config), "config.json"), config);
  });

  for (const [section, value, problem] of [
    ["mqtt", { host: "h", port: 0 }, "mqtt.port: found 0, expected a port, a whole number from 1 to 65535"],
    ["mqtt", { host: "h", port: 1.5 }, "mqtt.port: found 1.5, expected a port, a whole number from 1 to 65535"],
    ["mqtt", { host: "h", port: "1883" }, 'mqtt.port: found "1883", expected a port, a whole number from 1 to 65535'],
    ["mqtt", {}, 'mqtt.host: found nothing, expected a host name or address, such as "broker.example.com"'],
    ["mqtt", { host: "" }, 'mqtt.host: found "", expected a host name or address, such as "broker.example.com"'],
    ["mqtt", { host: "h", tls: "yes" }, 'mqtt.tls: found "yes", expected true or false'],
    ["mqtt", { host: "h", window: 17 }, "mqtt.window: found 17, expected a number of messages in flight, a whole number from 1 to 16"],
    ["mqtt", { host: "h", topic: "a/#" }, 'mqtt.topic: found "a/#", expected a topic prefix of 1 to 128 characters without + and #'],
    ["mqtt", { host: "h", clientId: null }, "mqtt.clientId: found null, expected a client identifier"],
    ["device", { watchdogSeconds: 0 }, "device.watchdogSeconds: found 0, expected seconds, a whole number from 1 to 60"],
    ["store", { capBytes: 1 }, "store.capBytes: found 1, expected bytes, a whole number from 4096 to 200000000"],
    ["app", { list: [1] }, "app.list: found an array, expected a text, a number, true or false, or an object of these"],
    ["app", { a: { b: null } }, "app.a.b: found null, expected a text, a number, true or false, or an object of these"],
    ["app", { "a.b": 1 }, "app.a.b: found 1, expected its name to be of letters, digits, _ and -"],
    ["wifi", { ssid: "" }, 'wifi.ssid: found "", expected the name of a Wi-Fi network, 1 to 32 bytes'],
    ["wifi", { ssid: "é".repeat(17) }, `wifi.ssid: found "${"é".repeat(17)}", expected the name of a Wi-Fi network, 1 to 32 bytes`],
    ["wifi", { password: "12345678" }, "wifi.ssid: found nothing, expected the name of a Wi-Fi network, 1 to 32 bytes"],
    ["wifi", { ssid: "a", password: "1234567" }, `wifi.password: found a text of 7 characters, expected ${PASSWORD}`],
    ["wifi", { ssid: "a", password: "é2345678" }, `wifi.password: found a text of 8 characters, expected ${PASSWORD}`],
    ["wifi", { ssid: "a", password: "g".repeat(64) }, `wifi.password: found a text of 64 characters, expected ${PASSWORD}`],
    [
      "wifi",
      { ssid: "a", hostname: "-a" },
      'wifi.hostname: found "-a", expected a host name of 1 to 32 letters, digits and - (not first or last)',
    ],
    ["time", { sntp: 1 }, "time.sntp: found 1, expected the name of a time server"],
    ["tls", { key: "-----BEGIN PRIVATE KEY-----", keyFile: "k" }, 'tls.keyFile: found "k", expected either key or keyFile, not both'],
    ["tls", "ca.pem", 'tls: found "ca.pem", expected an object'],
    ["tls", { ca: PEM, caFile: "x" }, 'tls.caFile: found "x", expected either ca or caFile, not both'],
  ] as const) {
    it(`names the key, what was found and what is expected: ${problem}`, () => {
      assert.deepEqual(problems({ mqtt: { host: "h" }, [section]: value }), [problem]);
    });
  }

  it("refuses unknown keys and offers the nearest", () => {
    assert.match(
      problems({ mqtt: { host: "h", pasword: "x" } })[0] ?? "",
      /^mqtt\.pasword: unknown key \(did you mean password\?\), expected one of host, port,/,
    );
    assert.match(problems({ mqtt: { host: "h" }, mqqt: {} })[0] ?? "", /^mqqt: unknown key \(did you mean mqtt\?\)/);
    assert.match(
      problems({ mqtt: { host: "h" }, store: { zzzzzzzzzz: 1 } })[0] ?? "",
      /^store\.zzzzzzzzzz: unknown key, expected one of capBytes, capRecords, eviction, sweepSeconds$/,
    );
  });

  it("reports all problems at once", () => {
    assert.equal(problems({ mqtt: { host: 1, port: -1 }, device: { x: 1 } }).length, 3);
  });

  it("never shows a secret", () => {
    const secret = "hunter2-hunter2";
    const found = problems({
      mqtt: { host: "h", password: [secret], user: { secret } },
      tls: { ca: secret, key: secret },
      wifi: { ssid: "s", password: secret.slice(8) },
    }).join("\n");
    assert.match(found, /mqtt\.password: found an array, expected a password/);
    assert.match(found, /tls\.ca: found a text of 15 characters, expected certificates in PEM/);
    assert.match(found, /tls\.key: found a text of 15 characters, expected a private key in PEM/);
    assert.match(found, /wifi\.password: found a text of 7 characters/);
    assert.ok(!found.includes("hunter2"));
    assert.ok(!problems(`{"mqtt":{"password":"${secret}",,}}`).join("\n").includes("hunter2"));
  });

  it("says where JSON goes wrong", () => {
    assert.match(problems('{\n  "mqtt": {]\n}')[0] ?? "", /^line 2, column 12: found "\]", expected a name in double quotes/);
    assert.match(problems('{"mqtt": {')[0] ?? "", /found the end of the file, expected a closing brace/);
    assert.match(problems('{"mqtt": {"host": "h" "port": 1}}')[0] ?? "", /column 23: found "\\"", expected a comma$/);
    assert.match(problems("")[0] ?? "", /^line 1, column 1: found the end of the file, expected a value$/);
    assert.match(problems("{mqtt: 1}")[0] ?? "", /found "m", expected double quotes around names and texts$/);
  });

  it("allows comments and a last comma", () => {
    assert.deepEqual(parseConfig('{ // here\n"mqtt": { /* there */ "host": "h", },\n}', "config.json"), { mqtt: { host: "h" } });
  });

  it("reads tls.caFile from beside the configuration file", () => {
    writeFileSync(join(folder, "ca.pem"), PEM);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ mqtt: { host: "h" }, tls: { caFile: "ca.pem", allowSelfSigned: true } }));
    assert.deepEqual(loadConfig(join(folder, "config.json")).tls, { ca: PEM, allowSelfSigned: true });
  });

  it("says which file cannot be read, or holds no certificate", () => {
    assert.throws(() => loadConfig(join(folder, "none.json")), /none\.json: cannot be read \(ENOENT\), expected a JSON file/);
    writeFileSync(join(folder, "empty.pem"), "nothing");
    for (const [name, message] of [
      ["gone.pem", /tls\.caFile: .*gone\.pem cannot be read \(ENOENT\)/],
      ["empty.pem", /tls\.caFile: found no certificate in/],
    ] as const) {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ mqtt: { host: "h" }, tls: { caFile: name } }));
      assert.throws(() => loadConfig(join(folder, "config.json")), message);
    }
  });
});
