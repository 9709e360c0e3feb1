/** Builds, signs and offers an app to one board, and follows it until it has confirmed it or runs the one before again. */
import mqtt, { type IClientOptions } from "mqtt";

import { buildApp } from "../build/index.js";
import { packApp, type PackOptions } from "../package/index.js";
import { Offer, type UpdateState } from "./offer.js";
import { PackageServer, type PackageServerOptions } from "./packageServer.js";

export interface PushOptions extends PackOptions {
  /** The app's folder. */
  readonly app: string;
  /** mqtt://host:port or mqtts://host:port. */
  readonly url: string;
  readonly connection: IClientOptions;
  /** The board's topic, such as devices/NAME. */
  readonly topic: string;
  /** Serves the package by URL instead of over topics. */
  readonly serve?: PackageServerOptions;
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Returns the board's last state. Throws BuildError for the app, an Error of the broker, or AbortError. */
export async function push(options: PushOptions): Promise<UpdateState> {
  const { bytes, fields } = packApp(await buildApp(options.app), options);
  options.say(`${fields.name} ${fields.version}, ${bytes.length} bytes, counter ${fields.counter}`);
  const server = options.serve && (await PackageServer.start(bytes, options.serve));
  try {
    if (server) options.say(server.url);
    return await follow(options, bytes, server);
  } finally {
    await server?.close();
  }
}

async function follow(options: PushOptions, bytes: Uint8Array, server: PackageServer | undefined): Promise<UpdateState> {
  const client = await mqtt.connectAsync(options.url, options.connection, false);
  const offer = new Offer(client, options.topic, bytes, server?.url);
  const tellProgress = (at: number, size: number): void => options.say(`${Math.floor((100 * at) / size)} %`);
  offer.on("state", (state) => options.say(describe(state)));
  offer.on("request", ({ offset }) => tellProgress(offset, offer.size));
  server?.on("request", ({ from }) => tellProgress(from, bytes.length));
  try {
    const ended = offer.ended(options.signal);
    await offer.begin();
    return await ended;
  } finally {
    await offer.end();
    await client.endAsync();
  }
}

function describe({ state, version, running, error }: UpdateState): string {
  const about = version === undefined ? "" : ` ${version}`;
  const runs = running === undefined || running === "" ? "" : `, runs ${running}`;
  return `${state}${about}${error === undefined ? "" : `: ${error}`}${runs}`;
}
