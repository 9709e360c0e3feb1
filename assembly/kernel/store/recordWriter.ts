import { Status } from "../../lib/status";
import {
  BODY_CRC_BYTES,
  DISPOSITION_VOID,
  HEADER_OFFSET,
  MAX_PART_BYTES,
  RECORD_PREFIX,
  bodyBytes,
  packHeader,
  recordBytes,
  writeMark,
} from "./recordHeader";
import { RecordRef } from "./recordStore";
import { DATA_OFFSET } from "./sectorHeader";
import { SectorRing } from "./sectorRing";
import { toUnits } from "./units";

/** Bytes collected before they are programmed: a page of common NOR flash. */
const STAGE_BYTES: i32 = 256;

/** Writes one record at a time at the end of the log. */
export class RecordWriter {
  /** Where the record begun lies; -1: none is. */
  position: i32 = -1;
  /** Most sectors that the log may hold. */
  sectorLimit: i32;

  /** Bytes of the body still to come, its CRC included. */
  private missing: i32 = 0;
  private crc: u32 = 0;
  private isProgrammed: bool = false;
  private staged: i32 = 0;
  /** Where the staged bytes go. */
  private stagePosition: i32 = 0;
  private readonly stage: StaticArray<u8> = new StaticArray<u8>(STAGE_BYTES);

  constructor(private readonly ring: SectorRing) {
    this.sectorLimit = ring.sectorCount;
  }

  /** Bytes left in the sector being written. */
  private get room(): i32 {
    const ring = this.ring;
    return ring.newest < 0 ? 0 : ring.endOf(ring.newest) - ring.writePosition;
  }

  /** As RecordStore.begin. Sets sequence, boot and position of `record`. */
  begin(record: RecordRef): i32 {
    if (this.position >= 0) return Status.Invalid;
    const status = this.reserve(record);
    if (status < 0) return status;
    const ring = this.ring;
    record.sequence = ring.lastSequence + 1;
    record.boot = ring.boot;
    record.position = ring.writePosition;
    this.position = ring.writePosition;
    this.stagePosition = this.position + HEADER_OFFSET;
    this.crc = packHeader(ring.device, changetype<usize>(this.stage), record, ring.placeOf(this.position));
    this.staged = RECORD_PREFIX - HEADER_OFFSET;
    this.missing = bodyBytes(record) + BODY_CRC_BYTES;
    this.isProgrammed = false;
    ring.addCount(ring.newest, 0, 1);
    return Status.Ok;
  }

  /** Sees to it that the whole record can be written, and opens the sector it begins in. Ok, Invalid, TooLarge, NoSpace, Io. */
  private reserve(record: RecordRef): i32 {
    if ((record.topicBytes | record.contextBytes | record.dataBytes | record.ttlSeconds) < 0) return Status.Invalid;
    if (max(max(record.topicBytes, record.contextBytes), record.dataBytes) > MAX_PART_BYTES) return Status.TooLarge;
    const ring = this.ring;
    const total = recordBytes(record);
    const sectorRoom = ring.sectorBytes - DATA_OFFSET;
    if (total > (this.sectorLimit - 1) * sectorRoom) return Status.TooLarge;
    let room = this.room;
    const maySpan = total > ring.sectorBytes >> 2;
    if (room < RECORD_PREFIX || (total > room && !maySpan)) room = 0;
    const sectors = (max(total - room, 0) + sectorRoom - 1) / sectorRoom;
    if (sectors > min(ring.ready, this.sectorLimit - ring.used)) return Status.NoSpace;
    return room == 0 ? this.open(DATA_OFFSET) : Status.Ok;
  }

  /** Goes on in the next sector. Ok, NoSpace, Io. */
  private open(firstOffset: i32): i32 {
    const ring = this.ring;
    const status = ring.open(firstOffset);
    if (status < 0) return status;
    const start = ring.newest * ring.sectorBytes + DATA_OFFSET;
    if (this.position < 0) ring.writePosition = start;
    this.stagePosition = start;
    return Status.Ok;
  }

  /** As RecordStore.write. After Io the record is forgotten. */
  write(src: usize, len: i32): i32 {
    if (this.position < 0 || len < 0 || len > this.missing - BODY_CRC_BYTES) return Status.Invalid;
    this.crc = this.ring.device.crc32(this.crc, src, len);
    const status = this.put(src, len);
    if (status < 0) this.abort();
    return status;
  }

  /** As RecordStore.commit. After Io the record is forgotten. */
  commit(): i32 {
    if (this.position < 0 || this.missing != BODY_CRC_BYTES) return Status.Invalid;
    let status = this.put(changetype<usize>(this) + offsetof<RecordWriter>("crc"), BODY_CRC_BYTES);
    if (status >= 0) status = this.flush();
    if (status >= 0) status = this.ring.device.sync();
    if (status < 0) {
      this.abort();
      return status;
    }
    this.ring.writePosition = this.stagePosition;
    this.ring.lastSequence++;
    this.position = -1;
    return Status.Ok;
  }

  /**
   * Forgets the record begun. What was programmed of it stays behind, void: its number is given to the next record, and
   * that alone tells a reader so when the mark cannot be programmed.
   */
  abort(): void {
    if (this.position < 0) return;
    const ring = this.ring;
    ring.addCount(ring.sectorOf(this.position), 0, -1);
    if (this.isProgrammed) {
      ring.writePosition = min(this.stagePosition + toUnits(this.staged + this.missing), ring.endOf(ring.newest));
      writeMark(ring.device, this.position, DISPOSITION_VOID);
    }
    this.position = -1;
  }

  /** Collects bytes, and programs them whenever the stage or the sector is full. Ok, Io. */
  private put(src: usize, len: i32): i32 {
    while (len > 0) {
      const ring = this.ring;
      let space = min(STAGE_BYTES, ring.endOf(ring.newest) - this.stagePosition) - this.staged;
      if (space == 0) {
        let status = this.flush();
        if (status < 0) return status;
        if (this.stagePosition == ring.endOf(ring.newest)) {
          status = this.open(DATA_OFFSET + min(toUnits(this.missing), ring.sectorBytes - DATA_OFFSET));
          if (status < 0) return status;
        }
        continue;
      }
      space = min(space, len);
      memory.copy(changetype<usize>(this.stage) + this.staged, src, space);
      this.staged += space;
      this.missing -= space;
      src += space;
      len -= space;
    }
    return Status.Ok;
  }

  /** Programs what was collected, filled up to whole units. Ok, Io. */
  private flush(): i32 {
    const stage = changetype<usize>(this.stage);
    const len = toUnits(this.staged);
    if (len == 0) return Status.Ok;
    memory.fill(stage + this.staged, 0xff, len - this.staged);
    this.isProgrammed = true;
    const status = this.ring.device.program(this.stagePosition, stage, len);
    if (status < 0) return status;
    this.stagePosition += len;
    this.staged = 0;
    return Status.Ok;
  }
}
