/** A board for ThingsBoard with slots, and packages that its server announces. */
import { FakeUpdates } from "./fakeUpdates.js";
import { ThingsboardBoard } from "./thingsboardBoard.js";
import { headOf, imageOf } from "./updateCloud.js";

export { CHUNK } from "./updateCloud.js";

export interface Announced {
  /** Of the image. */
  readonly size: number;
  readonly title?: string;
  /** In the head, and announced unless another one is. */
  readonly version?: string;
  readonly announced?: string;
  readonly algorithm?: string;
  readonly checksum?: string;
  readonly url?: string;
  /** 1: firmware. */
  readonly kind?: 0 | 1;
  /** Bytes behind the end of the image. */
  readonly surplus?: number;
}

/** Head and image, as one file. */
export function fileOf(size: number, version = "2.0", kind = 0): Buffer {
  return Buffer.concat([headOf(size, version, kind), imageOf(size)]);
}

/** Announces a package. Its file. */
export function announce(things: ThingsboardBoard, announced: Announced): Buffer {
  const { size, title = "mote", version = "2.0", kind = 0, surplus = 0, announced: said = version, ...rest } = announced;
  const bytes = Buffer.concat([fileOf(size, version, kind), Buffer.alloc(surplus)]);
  things.cloud.packages.assign(things.device, kind === 1 ? "fw" : "sw", { title, version: said, bytes, ...rest });
  return bytes;
}

export async function onlineWithPackages(limits: object = {}): Promise<ThingsboardBoard> {
  const things = await ThingsboardBoard.make("full-thingsboard", limits);
  things.board.updates = new FakeUpdates();
  things.board.power();
  things.start();
  return things;
}

/** What the board told of packages, oldest first. */
export function stateTelemetry({ device }: ThingsboardBoard, prefix = "sw"): Readonly<Record<string, unknown>>[] {
  return device.telemetry.map(({ values }) => values).filter((values) => Object.keys(values).some((key) => key.includes(`${prefix}_`)));
}

export function statesOf(things: ThingsboardBoard, prefix = "sw"): unknown[] {
  return stateTelemetry(things, prefix)
    .map((values) => values[`${prefix}_state`])
    .filter((state) => state !== undefined);
}
