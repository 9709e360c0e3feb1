/** One mosquitto: started, listening, ended. For the dev cloud's broker, and for tests that want a plain one. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../setup/system.mjs";

/** What mosquitto logs once it listens. */
const RUNNING = / running$/m;

export class MosquittoProcess {
  readonly exited: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, "exit").then(() => {});
  }

  /** Writes mosquitto.conf into its folder and starts it; it takes connections when this resolves. Throws with what it logged. */
  static async start(folder: string, settings: readonly string[]): Promise<MosquittoProcess> {
    const program = findProgram("mosquitto");
    if (program === null) throw new Error("mosquitto: not found, expected Debian's package mosquitto");
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, `${[...settings, "log_dest stderr"].join("\n")}\n`);
    const child = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    const mosquitto = new MosquittoProcess(child);
    let log = "";
    const isRunning = new Promise<true>((resolve) => {
      child.stderr.setEncoding("utf8").on("data", (part: string) => {
        if (RUNNING.test((log += part))) resolve(true);
      });
    });
    if (await Promise.race([isRunning, mosquitto.exited])) return mosquitto;
    throw new Error(`mosquitto: ended while starting\n${log}`);
  }

  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.exited;
  }

  /** For a process that ends in a hurry and is to leave no broker behind. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}
