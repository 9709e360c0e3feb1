/** A kernel holds the code of its own cloud alone: by what was compiled, by its size table, and by the texts in its module. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { buildKernel } from "../../../toolchain/build/index.js";

interface Stamp {
  readonly inputs: Readonly<Record<string, string>>;
  /** The size table. */
  readonly report: string;
}

/** Folders below assembly/kernel of one cloud alone, and a text that its code cannot do without. */
const CLOUDS = {
  thingsboard: { folders: ["thingsboard"], text: "v1/devices/me/telemetry" },
  tendrl: { folders: ["tendrl"], text: "app.tendrl.com" },
} as const;

for (const [cloud, other] of [
  ["thingsboard", "tendrl"],
  ["tendrl", "thingsboard"],
] as const) {
  describe(`kernel full-${cloud}`, () => {
    it(`carries none of the code of ${other}`, async () => {
      const path = await buildKernel(`full-${cloud}`);
      const module = readFileSync(path);
      const { inputs, report } = JSON.parse(readFileSync(`${path}.stamp.json`, "utf8")) as Stamp;
      const has = (name: keyof typeof CLOUDS): boolean[] => {
        const { folders, text } = CLOUDS[name];
        const isCompiled = Object.keys(inputs).some((input) => folders.some((folder) => input.startsWith(`assembly/kernel/${folder}/`)));
        const isInTable = folders.some((folder) => new RegExp(`^ +kernel/${folder} `, "m").test(report));
        return [isCompiled, isInTable, module.includes(text) || module.includes(Buffer.from(text, "utf16le"))];
      };
      assert.deepEqual(has(other), [false, false, false]);
      assert.deepEqual(has(cloud), [true, true, true]);
    });
  });
}
