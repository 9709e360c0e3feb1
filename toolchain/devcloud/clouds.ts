/** The clouds of the dev cloud: what each needs to be played with. One file of theirs each, named here. */
import type { Cloud } from "../build/kernels.js";
import type { Config } from "../config/schema.js";
import type { Arrival } from "../scripts/evidence.js";
import type { Broker, Publication } from "./broker.js";
import { thingsboardSide } from "./thingsboard/side.js";

/** A key of the live status that acts on a cloud. */
export interface CloudKey {
  readonly key: string;
  readonly title: string;
  /** What came of it, a line. */
  press(): Promise<string>;
}

export interface CloudSide {
  start(): Promise<Broker>;
  /** What a board's configuration has beside the broker's address and login. */
  readonly config: Partial<Config>;
  /** The stored readings that a publication carries. Throws on what it cannot read. */
  read(publication: Publication): readonly Arrival[];
  /** broker: what `start` gave. */
  keys(broker: Broker): readonly CloudKey[];
}

/** The clouds that are no broker with a guard: plain is any broker, tendrl one that keeps to its rules (tendrl/tendrlCloud.ts). */
export const cloudSides: Readonly<Partial<Record<Cloud, CloudSide>>> = { thingsboard: thingsboardSide };
