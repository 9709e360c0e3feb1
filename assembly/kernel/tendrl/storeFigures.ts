import { Status } from "../../lib/status";
import { Partition } from "../host/constants";
import { flashGeometry } from "../host/imports";
import { Store, StoreStats } from "../store/store";
import { DiskFigures, heartbeat } from "./heartbeat";

/** What flash_geometry gives: u32[3]. */
const GEOMETRY_BYTES: i32 = 12;
const geometry: usize = memory.data(12, 8);

/** Flash as the store has it: what can still be stored, of the whole partition. */
class StoreFigures extends DiskFigures {
  private readonly stats: StoreStats = new StoreStats();

  constructor(private readonly store: Store) {
    super();
  }

  get freeBytes(): i32 {
    const stats = this.stats;
    return this.store.stats(stats) == Status.Ok ? stats.freeBytes : 0;
  }

  get sizeBytes(): i32 {
    if (flashGeometry(Partition.Store, geometry, GEOMETRY_BYTES) < 0) return 0;
    return load<i32>(geometry) * load<i32>(geometry, 4);
  }
}

/** Has heartbeats tell of a store. */
export function showFlash(store: Store): void {
  heartbeat.disk = new StoreFigures(store);
}
