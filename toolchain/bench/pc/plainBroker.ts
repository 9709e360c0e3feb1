/** Debian's mosquitto on loopback, plain TCP, nothing in front of it and no subscriber: what clients are measured against. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import mqtt from "mqtt";

import { freePort } from "../../devcloud/frontDoor.js";
import { findProgram } from "../../setup/system.mjs";

const COUNT_TOPIC = "$SYS/broker/publish/messages/received";
const START_DEADLINE_MS = 10_000;
const COUNT_DEADLINE_MS = 5_000;

export class PlainBroker {
  readonly host = "127.0.0.1";
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #killChild = (): void => void this.#child.kill("SIGKILL");

  private constructor(
    readonly port: number,
    /** Such as "2.0.11". */
    readonly version: string,
    child: ChildProcess,
    folder: string,
  ) {
    this.#child = child;
    this.#folder = folder;
    process.once("exit", this.#killChild);
  }

  /** Takes connections when this resolves. */
  static async start(): Promise<PlainBroker> {
    const program = findProgram("mosquitto");
    if (program === null) throw new Error("mosquitto: not found, expected Debian's package mosquitto");
    const folder = mkdtempSync(join(tmpdir(), "wasmote-bench-"));
    const port = await freePort();
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, configuration(port));
    const child = spawn(program, ["-c", file], { stdio: ["ignore", "pipe", "pipe"] });
    try {
      return new PlainBroker(port, await versionOnceRunning(child), child, folder);
    } catch (error) {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** PUBLISH packets that it has received, by its own count: once there are `least`, or after a deadline. */
  async received(least: number): Promise<number> {
    const observer = await mqtt.connectAsync({ host: this.host, port: this.port, clientId: "bench-observer" });
    let count = 0;
    const isThere = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, COUNT_DEADLINE_MS);
      observer.on("message", (_topic, payload) => {
        count = Number(payload.toString());
        if (count < least) return;
        clearTimeout(timer);
        resolve();
      });
    });
    await observer.subscribeAsync(COUNT_TOPIC);
    await isThere;
    await observer.endAsync(true);
    return count;
  }

  async close(): Promise<void> {
    process.off("exit", this.#killChild);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(port: number): string {
  return [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "set_tcp_nodelay true",
    "max_queued_messages 0",
    "sys_interval 1",
    "connection_messages false",
    "log_dest stderr",
    "log_type error",
    "log_type information",
    "",
  ].join("\n");
}

/** mosquitto says so itself: "mosquitto version 2.0.11 running". */
async function versionOnceRunning(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`mosquitto: ${why}\n${lines.join("\n")}`));
    const timer = setTimeout(() => fail(`does not run within ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        const version = /mosquitto version (\S+) running/.exec(line)?.[1];
        if (version === undefined) return;
        clearTimeout(timer);
        resolve(version);
      });
    }
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code} while starting`);
    });
  });
}
