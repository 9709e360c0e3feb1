/** The flash's partition table: main/partitions.csv, which ESP-IDF reads as well. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "csv-parse/sync";

import { ROOT } from "../build/paths.js";

export const PARTITIONS_FILE = join(ROOT, "main", "partitions.csv");

export interface Partition {
  readonly name: string;
  readonly type: string;
  readonly subtype: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Returns all partitions in the order of their lines. */
export function readPartitions(text = readFileSync(PARTITIONS_FILE, "utf8")): Partition[] {
  const rows = parse(text, { comment: "#", trim: true, relax_column_count: true, skip_empty_lines: true }) as string[][];
  return rows.map(([name = "", type = "", subtype = "", offset, bytes]) => ({
    name,
    type,
    subtype,
    offset: Number(offset),
    bytes: Number(bytes),
  }));
}

/** Returns a partition by its name, or throws. */
export function findPartition(name: string): Partition {
  const found = readPartitions().find((partition) => partition.name === name);
  if (found === undefined) throw new Error(`${PARTITIONS_FILE}: found no partition ${name}, expected one`);
  return found;
}
