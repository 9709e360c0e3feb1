/** mosquitto on loopback without TLS, its sessions on disk: for kernels that run in this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../toolchain/devcloud/frontDoor.js";
import { findProgram } from "../../toolchain/setup/system.mjs";

const START_ATTEMPTS = 200;
const PAUSE_MS = 25;

export class PlainMosquitto {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts it; it takes connections when this resolves. settings: more lines of mosquitto.conf. */
  static async start(settings: readonly string[] = []): Promise<PlainMosquitto> {
    const program = findProgram("mosquitto");
    if (program === null) throw new Error("mosquitto: not found, expected Debian's package mosquitto");
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "wasmote-plain-mosquitto-"));
    const lines = [
      `listener ${port} 127.0.0.1`,
      "allow_anonymous true",
      "persistence true",
      `persistence_location ${folder}/`,
      "max_queued_messages 0",
      ...settings,
    ];
    writeFileSync(join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`);
    const child = spawn(program, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
    const broker = new PlainMosquitto(port, folder, child);
    for (let attempt = 0; !(await broker.answers()); attempt++) {
      if (attempt === START_ATTEMPTS || child.exitCode !== null) throw new Error("mosquitto: does not start");
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return broker;
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    const isOpen = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    return isOpen;
  }
}
