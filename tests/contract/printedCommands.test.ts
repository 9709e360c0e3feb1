/** What the board and the simulator print to be typed is what the commands understand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ROOT } from "../../toolchain/build/paths.js";
import { listFiles } from "../../toolchain/check/files.js";
import { Options } from "../../toolchain/cli/options.js";
import { FIRMWARE_OPTIONS } from "../../toolchain/commands/firmware.js";
import { PROVISION_OPTIONS } from "../../toolchain/commands/provision.js";
import { readText } from "./tables.js";

const NAMES = { provision: PROVISION_OPTIONS, firmware: FIRMWARE_OPTIONS };

/** Command lines in C strings, in CMake and in documents: up to the next punctuation or word of a sentence. */
function printedLines(text: string): Array<{ command: string; argv: string[] }> {
  const joined = text.replace(/"\s*\n\s*"/g, ""); // strings over several lines
  return [
    ...joined.matchAll(
      /npm run (provision|firmware) --((?: (?:--[a-z-]+|config\.json|[A-Z]+|garden|\/dev\/\w+|<[^>]+>|esp32\w*|flash|monitor|menuconfig|build)(?![\w/]))*)/g,
    ),
  ].map(([, command, rest]) => ({ command: command!, argv: rest!.trim().split(/\s+/) }));
}

describe("command lines printed by C", () => {
  const files = listFiles(ROOT).filter((path) =>
    /^(components|main|host)\/.*\.(c|h|cmake|md)$|^sdkconfig\.|^wokwi\.toml$|^README\.md$/.test(path),
  );
  const lines = files.flatMap((path) => printedLines(readText(path)).map((line) => ({ path, ...line })));

  it("are found", () => {
    assert.ok(lines.length >= 4, `${lines.length} found`);
    assert.deepEqual(
      printedLines('"npm run provision -- --init writes a file, "\n    "npm run provision -- --config config.json --port PORT gives it"'),
      [
        { command: "provision", argv: ["--init"] },
        { command: "provision", argv: ["--config", "config.json", "--port", "PORT"] },
      ],
    );
  });

  for (const { path, command, argv } of lines) {
    it(`${path}: npm run ${command} -- ${argv.join(" ")}`, () => {
      new Options(argv, NAMES[command as keyof typeof NAMES]);
    });
  }
});
