import { Status } from "../../lib/status";
import { Core } from "./core";
import { Item } from "./item";
import { FLAG_CLOCK, FLAG_MORE, KIND_MOVED, KIND_REMOVE, KIND_SYSTEM, SYSTEM_CUT } from "./log/record";
import { SCRATCH } from "./scratch";
import { HEADER_UNITS } from "./flash/sector";

/** Reads the log as the list of changes that it is, as Store.changes. isBatch: a batch is begun, what ends the log with more to come is not committed. */
export function nextChange(core: Core, version: i64, out: Item, isBatch: bool): i32 {
  let status = seek(core, version);
  const walker = core.walker;
  while (status >= 0) {
    status = walker.next();
    if (status < 0) return status;
    const view = walker.view;
    if (!view.isData || view.kind == KIND_MOVED || view.address <= version) continue;
    const counts = isCommitted(core, view.address, isBatch);
    if (counts < 0) return counts;
    if (counts == 0) continue;
    out.keyBytes = view.keyBytes;
    memory.copy(out.key, view.key, view.keyBytes);
    out.version = view.address;
    out.isRemoved = view.kind == KIND_REMOVE;
    out.valueBytes = view.valueBytes;
    out.entriesBytes = view.entriesBytes;
    out.expiresAt = view.expiresAt;
    out.isClockValid = view.has(FLAG_CLOCK);
    out.position = view.unit;
    out.valueOffset = view.valueOffset;
    out.generation = core.ring.generation;
    out.isImage = false;
    return Status.Ok;
  }
  return status;
}

/** Goes to the record at `version`, or to the oldest. Ok, Expired, NotFound, Io. */
function seek(core: Core, version: i64): i32 {
  const ring = core.ring;
  if (ring.newest < 0) return Status.NotFound;
  if (version == 0) return core.walker.seekSector(ring.tail);
  if (version < <i64>ring.sequenceOf(ring.tail) * ring.sectorUnits) return Status.Expired;
  const sector = ring.sectorAt(version);
  const offset = <i32>(version % ring.sectorUnits);
  if (sector < 0) return version >= ring.writeAddress ? Status.NotFound : Status.Expired;
  if (offset < HEADER_UNITS) return core.walker.seekSector(sector);
  core.walker.seek(sector * ring.sectorUnits + offset);
  return Status.Ok;
}

/** Whether the batch counts to which the walker's record belongs: 1 or 0; NotFound: it is not committed yet; Io. */
function isCommitted(core: Core, address: i64, isBatch: bool): i32 {
  const ahead = core.ahead;
  ahead.follow(core.walker);
  let hasMore = core.walker.view.has(FLAG_MORE);
  while (true) {
    const status = ahead.next();
    if (status == Status.NotFound) return hasMore && isBatch ? Status.NotFound : i32(!hasMore);
    if (status < 0) return status;
    const view = ahead.view;
    if (view.kind == KIND_SYSTEM && view.system == SYSTEM_CUT) {
      if (hasMore) return 0;
      const read = view.readAt(view.valueOffset, SCRATCH, 8);
      if (read < 0) return Status.Io;
      return i32(<i32>(<u32>address - load<u32>(SCRATCH, 4)) < 0);
    }
    if (!hasMore) return 1;
    hasMore = view.isData && view.has(FLAG_MORE);
  }
}
