/** Everything a run needs, built and started: a broker, and one simulated board that knows it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EngineName } from "../aot/index.js";
import { buildBoard } from "../board/buildBoard.js";
import { SimBoard, type SimBoardOptions } from "../board/simBoard.js";
import { buildApp } from "../build/index.js";
import { type Cloud, DEFAULT_SIZE, type KernelBuild, kernelName } from "../build/kernels.js";
import { checkConfig } from "../config/loadConfig.js";
import type { AppSection, Config } from "../config/schema.js";
import { AedesBroker } from "../devcloud/aedesBroker.js";
import type { Broker } from "../devcloud/broker.js";
import { type CloudSide, cloudSides } from "../devcloud/clouds.js";
import { MosquittoBroker } from "../devcloud/mosquittoBroker.js";
import { TendrlCloud } from "../devcloud/tendrl/tendrlCloud.js";

export type BrokerName = "aedes" | "mosquitto";
export const brokerNames: readonly BrokerName[] = ["aedes", "mosquitto"];

export interface StageOptions {
  /** Folder of the app, such as examples/telemetry. */
  readonly app: string;
  /** Whose side the broker plays; left out: plain. */
  readonly cloud?: Cloud;
  /** One of kernels.ts by its name, or another by its description; left out: the full one for the cloud. */
  readonly kernel?: string | KernelBuild;
  /** What runs the kernel; left out: see BoardBuild. */
  readonly engine?: EngineName;
  /** The name of one to start, or one that runs already; the stage closes it either way. */
  readonly broker?: BrokerName | Broker;
  /** Read by the app as app.<name>. */
  readonly appConfig?: AppSection;
  /** Over the configuration the stage makes. */
  readonly mqttConfig?: Partial<Config["mqtt"]>;
  readonly deviceConfig?: Config["device"];
  /** Over what the Tendrl side says. */
  readonly tendrlConfig?: Partial<Config["tendrl"]>;
  /** Beside the authority of the broker. */
  readonly tlsConfig?: Config["tls"];
  readonly isSanitized?: boolean;
  readonly board?: Pick<SimBoardOptions, "statusMs" | "replay" | "logLevel" | "clock" | "seed" | "onLog" | "updateKeys">;
}

export interface Stage {
  readonly broker: Broker;
  readonly board: SimBoard;
  readonly config: Config;
  /** Path of the board's flash. */
  readonly flash: string;
  readonly cloud: Cloud;
  /** Path of the app's module. */
  readonly app: string;
  /** Every reading of a stream is published below it: "<prefix>/<stream>". */
  readonly topicPrefix: string;
  /** How this cloud is played with, where it has ways of its own. */
  readonly side?: CloudSide;
  /** Ends the board, then the broker, and removes the flash. */
  close(): Promise<void>;
}

const CLIENT_ID = "sim-board";

/** Builds what changed, starts the broker, then the board on new flash. On failure nothing is left running. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const { engine, isSanitized } = options;
  const build = options.kernel ?? kernelName({ size: DEFAULT_SIZE, cloud: options.cloud ?? "plain" });
  const { simulator, kernel } = await buildBoard({ kernel: build, engine, isSanitized });
  const app = await buildApp(options.app, { kernel: typeof build === "object" ? build.name : build });
  const folder = mkdtempSync(join(tmpdir(), "wasmote-board-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  let broker: Broker | null = null;
  try {
    broker = await startBroker(options.broker ?? "aedes", options.cloud);
    const side = cloudSides[options.cloud ?? "plain"];
    const config = configFor(broker, options);
    const flash = join(folder, "flash.img");
    const board = await SimBoard.start({ simulator, kernel, app, flash, config, ...options.board });
    return makeStage({ board, broker, config, flash, cloud: options.cloud ?? "plain", app, ...(side && { side }) }, removeFolder);
  } catch (error) {
    await broker?.close();
    removeFolder();
    throw error;
  }
}

function makeStage(
  parts: Pick<Stage, "board" | "broker" | "config" | "flash" | "cloud" | "app" | "side">,
  removeFolder: () => void,
): Stage {
  const { board, broker, config } = parts;
  const ownTopic = broker instanceof TendrlCloud ? broker.publishTopic.replace(/\/publish$/, "") : undefined;
  return {
    ...parts,
    topicPrefix: config.mqtt.topic ?? ownTopic ?? `devices/${CLIENT_ID}`,
    async close() {
      await board.quit();
      await broker.close();
      removeFolder();
    },
  };
}

function startBroker(broker: BrokerName | Broker, cloud: Cloud | undefined): Promise<Broker> {
  if (typeof broker !== "string") return Promise.resolve(broker);
  if (cloud === "tendrl") return TendrlCloud.start();
  const side = cloudSides[cloud ?? "plain"];
  if (side) return side.start();
  return broker === "aedes" ? AedesBroker.start() : MosquittoBroker.start();
}

/** The configuration a board needs to reach a broker. */
export function configFor(
  broker: Broker,
  options: Pick<StageOptions, "cloud" | "mqttConfig" | "deviceConfig" | "tendrlConfig" | "tlsConfig" | "appConfig"> = {},
): Config {
  const { cloud = "plain", mqttConfig = {}, deviceConfig, tendrlConfig, tlsConfig, appConfig } = options;
  const { host, port, user, password, caPem } = broker;
  const hasTls = caPem !== "";
  const isTendrl = broker instanceof TendrlCloud;
  const login = { user, ...(password !== "" && { password }), clientId: CLIENT_ID, window: 4 };
  const mqtt = { host, port, tls: hasTls, ...(isTendrl ? {} : login), ...mqttConfig };
  const sections = {
    ...cloudSides[cloud]?.config,
    ...(hasTls && { tls: { ca: caPem, ...tlsConfig } }),
    ...(isTendrl && { tendrl: { ...broker.config.tendrl, ...tendrlConfig } }),
    ...(deviceConfig && { device: deviceConfig }),
    ...(appConfig && { app: appConfig }),
  };
  return checkConfig({ mqtt, ...sections }, "configuration of the stage");
}
