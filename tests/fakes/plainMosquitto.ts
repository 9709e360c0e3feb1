/** mosquitto on loopback without TLS, its sessions on disk: for kernels that run in this process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../toolchain/devcloud/frontDoor.js";
import { MosquittoProcess } from "../../toolchain/devcloud/mosquittoProcess.js";

export class PlainMosquitto {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly mosquitto: MosquittoProcess,
  ) {}

  /** Starts it; it takes connections when this resolves. settings: more lines of mosquitto.conf. */
  static async start(settings: readonly string[] = []): Promise<PlainMosquitto> {
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
    return new PlainMosquitto(port, folder, await MosquittoProcess.start(folder, lines));
  }

  async close(): Promise<void> {
    await this.mosquitto.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
