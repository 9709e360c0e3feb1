import { Status } from "../../lib/status";
import { BODY_CRC_BYTES, HEADER_OFFSET, RECORD_PREFIX, bodyBytes, bodyCrcSeed, readMark, recordBytes, unpackHeader } from "./recordHeader";
import { RecordRef } from "./recordStore";
import { DATA_OFFSET } from "./sectorHeader";
import { SectorRing } from "./sectorRing";
import { UNIT, isBlank } from "./units";

const CHUNK_BYTES: i32 = 128;

/** Finds records in the ring, checks and reads them. Programs nothing. */
export class RecordReader {
  /** How the record last loaded left the store: 0 still live, a Disposition, or DISPOSITION_VOID. */
  disposition: i32 = 0;
  /** Whether the mark of the record last loaded is as after an erase: only then may it be programmed. */
  isMarkBlank: bool = true;
  /** CRC with which its body's begins. */
  private bodyCrc: u32 = 0;
  private readonly prefixBuffer: StaticArray<u8> = new StaticArray<u8>(RECORD_PREFIX);
  private readonly chunkBuffer: StaticArray<u8> = new StaticArray<u8>(CHUNK_BYTES);

  constructor(private readonly ring: SectorRing) {}

  /** Loads the record at `position`. Ok with `out` filled, NotFound (no header there that checks), Io. */
  load(position: i32, out: RecordRef): i32 {
    const prefix = changetype<usize>(this.prefixBuffer);
    const status = this.ring.device.read(position, prefix, RECORD_PREFIX);
    if (status < 0) return status;
    const place = this.ring.placeOf(position);
    if (!unpackHeader(this.ring.device, prefix + HEADER_OFFSET, place, this.ring.lastSequence, out)) return Status.NotFound;
    out.position = position;
    this.disposition = readMark(prefix);
    this.isMarkBlank = isBlank(prefix, UNIT);
    this.bodyCrc = bodyCrcSeed(prefix + HEADER_OFFSET, place);
    return Status.Ok;
  }

  /** Finds the first record at or behind `position` in the same sector, before the place to write at. Ok, NotFound, Io. */
  findInSector(position: i32, out: RecordRef): i32 {
    const sector = this.ring.sectorOf(position);
    const write = this.ring.writePosition;
    const end = this.ring.sectorOf(write) == sector ? write : this.ring.endOf(sector);
    for (; position + RECORD_PREFIX <= end; position += UNIT) {
      const status = this.load(position, out);
      if (status != Status.NotFound) return status;
    }
    return Status.NotFound;
  }

  /** Finds the first record at or behind `position` in the log. Ok, NotFound, Io. */
  find(position: i32, out: RecordRef): i32 {
    const last = this.ring.sectorOf(this.ring.writePosition);
    let sector = this.ring.sectorOf(position);
    while (true) {
      const status = this.findInSector(position, out);
      if (status != Status.NotFound || sector == last) return status;
      sector = this.ring.following(sector);
      position = this.ring.firstRecordOf(sector);
    }
  }

  /** Where the search for the record behind `record` begins. */
  behind(record: RecordRef): i32 {
    return min(record.position + recordBytes(record), this.ring.endOf(this.ring.sectorOf(record.position)));
  }

  /** Compares the body of the record last loaded with its checksum. Ok, Corrupt, Io. */
  verify(record: RecordRef): i32 {
    const chunk = changetype<usize>(this.chunkBuffer);
    const ring = this.ring;
    const total = bodyBytes(record);
    let crc = this.bodyCrc;
    for (let offset = 0; offset < total;) {
      const len = min(total - offset, CHUNK_BYTES);
      const status = this.readBody(record.position, offset, chunk, len);
      if (status < 0) return status;
      crc = ring.device.crc32(crc, chunk, len);
      offset += len;
    }
    const status = this.readBody(record.position, total, chunk, BODY_CRC_BYTES);
    if (status < 0) return status;
    return load<u32>(chunk) == crc ? Status.Ok : Status.Corrupt;
  }

  /** Reads len bytes at `offset` of the body of the record at `position`, following it from sector to sector. Ok, Io. */
  readBody(position: i32, offset: i32, dst: usize, len: i32): i32 {
    const ring = this.ring;
    let sector = ring.sectorOf(position);
    let at = position + RECORD_PREFIX + offset;
    while (len > 0) {
      let end = ring.endOf(sector);
      while (at >= end) {
        sector = ring.following(sector);
        at += sector * ring.sectorBytes + DATA_OFFSET - end;
        end = ring.endOf(sector);
      }
      const part = min(len, end - at);
      const status = ring.device.read(at, dst, part);
      if (status < 0) return status;
      at += part;
      dst += part;
      len -= part;
    }
    return Status.Ok;
  }
}
