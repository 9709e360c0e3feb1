/**
 * as-pect's configuration, for the specs under tests/assembly. Exit code 1 when an expectation or a compilation fails.
 *
 *   npx asp --no-logo --config tests/as-pect.config.js --as-config tests/as-pect.asconfig.json [spec files]
 *
 * Without spec files it runs them all. Each spec is a module of its own; its imports are faked in fakes/hostImports.mjs.
 */
import process from "node:process";
import { hostImports } from "./fakes/hostImports.mjs";

const asked = process.argv.slice(2).some((argument) => argument.endsWith(".spec.ts"));

export default {
  entries: asked ? [] : ["tests/assembly/**/*.spec.ts"],
  include: ["tests/assembly/**/*.include.ts"],
  disclude: [/node_modules/],
  outputBinary: false,
  async instantiate(memory, createImports, instantiate, binary) {
    let spec = {};
    const loaded = await instantiate(
      binary,
      createImports(
        { env: { memory } },
        hostImports(() => spec),
      ),
    );
    spec = loaded.instance.exports;
    return loaded;
  },
};
