/** `npm run ota`: pushes an app to a board over MQTT and follows the board's states. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { IClientOptions } from "mqtt";

import { reportingFailures } from "../cli/failure.js";
import { Options, UsageError } from "../cli/options.js";
import type { PackageServerOptions } from "../ota/packageServer.js";
import { push } from "../ota/push.js";

const USAGE = `npm run ota -- push --app DIR --to URL --topic TOPIC [--key FILE] [--version TEXT] [--counter N] [--seconds N]
  --app DIR        folder that holds app.ts, such as examples/heartbeat
  --to URL         the broker, such as mqtt://localhost:1883 or mqtts://broker.example:8883
  --topic TOPIC    the board's: its mqtt.topic, or devices/ and its client identifier
  --ca FILE, --user NAME, --password TEXT   for the broker; WASMOTE_MQTT_PASSWORD keeps the last out of the command line
  --serve URL      hands the package out by URL instead of over topics: http://HOST:PORT or https://HOST:PORT, as the board reaches this machine;
                   https takes --cert FILE and --cert-key FILE, PEM, of an authority that the board knows
  --key FILE       the private key; left out: the development key of this clone
  --name NAME, --version TEXT, --counter N  as npm run sign has them
  --seconds N      how long to wait for the board; default 900
The exit code is 0 when the board has confirmed the app, 1 when it runs the one before.
`;

const NAMES = {
  flags: ["help"],
  values: ["app", "to", "topic", "ca", "user", "password", "key", "name", "version", "counter", "seconds", "serve", "cert", "cert-key"],
  words: "push",
};
const DEFAULT_SECONDS = 900;
const PORT_MAX = 65_535;

export async function main(argv: string[]): Promise<number> {
  return reportingFailures("npm run ota", async () => {
    const options = new Options(argv, NAMES);
    if (options.flag("help")) {
      process.stdout.write(USAGE);
      return 0;
    }
    const [action, stray] = options.words;
    if (action !== "push" || stray !== undefined) {
      throw new UsageError(`found ${action === undefined ? "nothing to do" : `"${options.words.join(" ")}"`}, expected push`);
    }
    const seconds = options.number("seconds", 1, 86_400) ?? DEFAULT_SECONDS;
    const state = await push({
      app: options.required("app", "the folder of an app, such as examples/telemetry"),
      url: checkUrl(options.required("to", "the broker, such as mqtt://localhost:1883")),
      topic: options.required("topic", "the board's topic, such as devices/NAME"),
      connection: connection(options),
      ...serving(options),
      say: (text) => void process.stdout.write(`  ${text}\n`),
      signal: AbortSignal.timeout(seconds * 1000),
      ...packing(options),
    }).catch((error: Error) => {
      if (error.name === "AbortError" || error.name === "TimeoutError")
        throw new UsageError(`no answer from the board within ${seconds} s`);
      if ("code" in error) throw new UsageError(`--to: ${error.message}`);
      throw error;
    });
    return state.state === "UPDATED" ? 0 : 1;
  });
}

function checkUrl(url: string): string {
  if (/^mqtts?:\/\/[^/]+$/.test(url)) return url;
  throw new UsageError(`--to: found "${url}", expected mqtt://HOST:PORT or mqtts://HOST:PORT`);
}

function connection(options: Options): IClientOptions {
  const ca = options.text("ca");
  const username = options.text("user");
  const password = options.text("password") ?? process.env["WASMOTE_MQTT_PASSWORD"];
  return {
    ...(ca !== undefined && { ca: readFileSync(resolve(ca)) }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function serving(options: Options): { serve?: PackageServerOptions } {
  const text = options.text("serve");
  const [certificate, key] = [options.text("cert"), options.text("cert-key")];
  if (text === undefined) {
    if (certificate !== undefined || key !== undefined) throw new UsageError("--cert and --cert-key are for --serve https://HOST:PORT");
    return {};
  }
  const [, scheme, host, port] = /^(https?):\/\/([^/:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > PORT_MAX) {
    throw new UsageError(`--serve: found "${text}", expected http://HOST:PORT or https://HOST:PORT`);
  }
  if (scheme === "http") return { serve: { host, port: Number(port) } };
  if (certificate === undefined || key === undefined)
    throw new UsageError("--serve https://HOST:PORT takes --cert FILE and --cert-key FILE");
  const tls = { certificatePem: readFileSync(resolve(certificate), "utf8"), keyPem: readFileSync(resolve(key), "utf8") };
  return { serve: { host, port: Number(port), tls } };
}

function packing(options: Options): { name?: string; version?: string; counter?: number; keyFile?: string } {
  const name = options.text("name");
  const version = options.text("version");
  const counter = options.number("counter", 1, 0xffffffff);
  const key = options.text("key");
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...(counter !== undefined && { counter }),
    ...(key !== undefined && { keyFile: resolve(key) }),
  };
}
