import { Status } from "../lib/status";
import { DatabaseQueries } from "./databaseQueries";
import { storeStats, storeVerify, yieldFor } from "./syscalls";

/** As store_stats and store_verify tell it. */
const STATE_BYTES: i32 = 32;
const STATE: usize = memory.data(32, 8);
const VERIFIED_BYTES: i32 = 12;
const VERIFIED: usize = memory.data(12, 8);

/** How the store is that documents lie in, with the messages that wait. */
export class DatabaseHealth extends DatabaseQueries {
  /** Learns what the getters below tell. Ok, Io, Unsupported. */
  measure(): Status {
    return storeStats(STATE, STATE_BYTES) as Status;
  }

  /** Records in the store: documents, messages, and what it keeps about them. */
  get records(): i32 {
    return load<i32>(STATE);
  }

  /** Bytes of flash: used by records and index, free to be put, to be had again from what was replaced or removed. */
  get usedBytes(): i32 {
    return load<i32>(STATE, 4);
  }

  get freeBytes(): i32 {
    return load<i32>(STATE, 8);
  }

  get reclaimableBytes(): i32 {
    return load<i32>(STATE, 12);
  }

  /** Erases of the sector that was erased least, and most. */
  get eraseMin(): u32 {
    return load<u32>(STATE, 16);
  }

  get eraseMax(): u32 {
    return load<u32>(STATE, 20);
  }

  /** Sectors given up since the start, and what was found damaged since then. */
  get badSectors(): i32 {
    return load<i32>(STATE, 24);
  }

  get damaged(): i32 {
    return load<i32>(STATE, 28);
  }

  /** Compares all records with their checksums, and all indexes with the records, some at a time. Ok: nothing is wrong; Corrupt; Io, Unsupported. */
  verify(): Status {
    let status = storeVerify(1, VERIFIED, VERIFIED_BYTES);
    while (status == Status.Busy) {
      yieldFor(0);
      status = storeVerify(0, VERIFIED, VERIFIED_BYTES);
    }
    if (status < 0) return status as Status;
    return (load<i32>(VERIFIED, 4) | load<i32>(VERIFIED, 8)) == 0 ? Status.Ok : Status.Corrupt;
  }
}
