#!/usr/bin/env node
/**
 * Speaks wasmote-sim's protocol without a board. Tells its arguments and each command as error events; answers `status` and
 * `quit`. `swap say <line>` prints a line, `swap end <code>` ends it, `swap deaf` makes it ignore everything, quit too.
 * With --log-level error it ends at once, before any event; it refuses to replay refused.csv.
 */
import { createInterface } from "node:readline";

const args = process.argv.slice(2);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

if (args[args.indexOf("--log-level") + 1] === "error") {
  process.stderr.write("no kernel here\n");
  process.exit(69);
}
if (args.includes("refused.csv")) {
  process.stderr.write("no such recording\n");
  process.exit(2);
}
process.stderr.write("fake simulator\n");
say({ event: "error", message: `arguments ${args.join(" ")}` });
say({ event: "boot", reason: "power-on", boots: 1 });

const input = createInterface(process.stdin);
input.on("line", (line) => {
  if (line.startsWith("swap say ")) process.stdout.write(`${line.slice("swap say ".length)}\n`);
  else if (line.startsWith("swap end ")) process.exit(Number(line.slice("swap end ".length)));
  else if (line === "swap deaf")
    input
      .removeAllListeners("line")
      .removeAllListeners("close")
      .on("line", () => {});
  else if (line === "status") say({ event: "status", uptimeMs: 5, link: "up", client: "connected", waiting: 0, connects: 1 });
  else if (line === "quit") process.exit(0);
  else say({ event: "error", message: `command ${line}` });
});
input.on("close", () => process.exit(0));
