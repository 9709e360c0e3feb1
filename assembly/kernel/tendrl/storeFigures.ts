import { Status } from "../../lib/status";
import { Store, StoreStats } from "../store/store";
import { DiskFigures, heartbeat } from "./heartbeat";

/** Flash as the store has it. */
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
    const stats = this.stats;
    return this.store.stats(stats) == Status.Ok ? stats.usedBytes + stats.freeBytes : 0;
  }
}

/** Has heartbeats tell of a store. */
export function showFlash(store: Store): void {
  heartbeat.disk = new StoreFigures(store);
}
