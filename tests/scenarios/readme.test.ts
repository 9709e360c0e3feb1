/** What README prints is what works: its apps compile from the text, and the one of its board part does what it says. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { buildApp } from "../../toolchain/build/index.js";
import { ROOT } from "../../toolchain/build/paths.js";
import { needsOf } from "../../toolchain/setup/packages.mjs";
import { setStage } from "../../toolchain/scripts/stage.js";
import { waitForPublication } from "../../toolchain/devcloud/broker.js";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The text of a section, from its heading to the next. */
function section(heading: string): string {
  const [, rest] = README.split(`\n## ${heading}\n`);
  assert.ok(rest !== undefined, `README has no section "${heading}"`);
  return rest.split("\n## ")[0]!;
}

function apps(text: string): string[] {
  return [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code!);
}

describe("README", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "wasmote-readme-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, code: string): string {
    const app = join(folder, name);
    mkdirSync(app, { recursive: true });
    writeFileSync(join(app, "app.ts"), code);
    return app;
  }

  it("prints apps that compile", async () => {
    const all = apps(README);
    assert.equal(all.length, 2);
    for (const [i, code] of all.entries()) await buildApp(write(`app${i}`, code), { output: join(folder, `app${i}.wasm`) });
  });

  it("prints the heartbeat as it is", () => {
    assert.equal(apps(section("An app"))[0], readFileSync(join(ROOT, "examples/heartbeat/app.ts"), "utf8"));
  });

  it("has a board part whose app publishes what its sensor gives", async () => {
    const [code] = apps(section("On a board"));
    const soon = code!.replace("every: 60000", "every: 100");
    assert.notEqual(soon, code);
    const stage = await setStage({ app: write("garden", soon), board: { statusMs: 100 } });
    try {
      stage.board.adc(0, 1234);
      const isSoil = ({ topic, payload }: { topic: string; payload: Buffer }): boolean =>
        topic.endsWith("/soil") && payload.toString().includes('"millivolts":1234');
      await waitForPublication(stage.broker, "soil", isSoil, 20_000);
    } finally {
      await stage.close();
    }
  });

  it("prints commands that there are", () => {
    const scripts = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts;
    const named = new Set(
      [...README.matchAll(/(?:`|^ {4})npm (?:run )?(start|test|[a-z]+(?::[a-z]+)?)\b(?= --|`|$| )/gm)].map(([, name]) => name!),
    );
    assert.ok(named.has("provision") && named.has("firmware"));
    for (const name of named) assert.ok(name in scripts, `npm run ${name}`);
    for (const line of Object.values(scripts)) assert.ok(needsOf(line.split(" ")[2], []) !== null, line);
  });

  it("wires the sensor as diagram.json does", () => {
    const { connections } = JSON.parse(readFileSync(join(ROOT, "diagram.json"), "utf8")) as { connections: string[][] };
    const wires = new Map(connections.map(([from, to]) => [to, from]));
    assert.match(section("On a board"), /VCC to 3V3, GND to GND, its signal to GPIO 0/);
    assert.deepEqual([wires.get("sensor:VCC"), wires.get("sensor:GND"), wires.get("sensor:SIG")], ["esp:3V3.1", "esp:GND.1", "esp:0"]);
  });
});
