import { Ring } from "../../../../../assembly/kernel/store/flash/ring";
import {
  FLAG_CLOCK,
  FLAG_ENTRIES,
  FLAG_EXPIRY,
  FLAG_OVERWRITE,
  FLAG_PREVIOUS,
  KIND_MOVED,
  KIND_PUT,
  KIND_REMOVE,
  KIND_SYSTEM,
  RecordView,
  SYSTEM_CUT,
  packHeader,
} from "../../../../../assembly/kernel/store/log/record";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 512;
const KEY_BYTES: i32 = 64;
const UNIT: i32 = 16;
/** Where the header lies: in a sector of the log whose sequence is not its number. */
const SECTOR: i32 = 2;
const SEQUENCE: u32 = 7;
const AT_UNIT: i32 = 5;
/** Places tried beside it: two bits of check let one in four pass. */
const PLACES: i32 = 300;

/** One header with what lies behind it, on a device of its own. */
class Header {
  readonly device: NorDevice = new NorDevice(SECTOR_BYTES, 4);
  readonly view: RecordView = new RecordView();
  /** A view does not hold its log. */
  private ring: Ring | null = null;
  bytes: i32 = 0;

  constructor(kind: i32, flags: u32, key: i32, valueBytes: i32, seed: i32) {
    const ring = new Ring(this.device);
    this.ring = ring;
    ring.measure();
    ring.setSequence(SECTOR, SEQUENCE);
    this.view.ring = ring;
    const extensions = ((flags & FLAG_EXPIRY) != 0 ? 4 : 0) + ((flags & FLAG_PREVIOUS) != 0 ? 3 : 0) + (kind == KIND_MOVED ? 5 : 0);
    const behind = extensions + (kind == KIND_SYSTEM ? 0 : key + 1);
    for (let i = 0; i < SECTOR_BYTES - AT_UNIT * UNIT - 4; i++) store<u8>(this.at + 4 + i, seed * 89 + i * i * 13 + (i >> 2));
    store<u32>(this.at, packHeader(kind, key, flags, valueBytes, ring.addressAt(SECTOR, AT_UNIT), this.at + 4, behind));
    this.bytes = 4 + behind;
  }

  get at(): usize {
    return this.device.base + SECTOR * SECTOR_BYTES + AT_UNIT * UNIT;
  }

  load(): i32 {
    return this.view.load((SECTOR * SECTOR_BYTES) / UNIT + AT_UNIT);
  }

  /** How many bits of header, extensions and key are taken for sound when they turn. */
  unseen(): i32 {
    let unseen = 0;
    for (let bit = 0; bit < this.bytes * 8; bit++) {
      const at = this.at + (bit >> 3);
      const shift = (<u8>bit) & 7;
      const mask: u8 = 1 << shift;
      store<u8>(at, load<u8>(at) ^ mask);
      unseen += i32(this.load() >= 0);
      store<u8>(at, load<u8>(at) ^ mask);
    }
    return unseen;
  }
}

/** Both the header as it is, and no bit of it turned, is taken for one. */
function expectGuarded(kind: i32, flags: u32, key: i32, valueBytes: i32, seed: i32): void {
  const header = new Header(kind, flags, key, valueBytes, seed);
  expect(header.load()).toBe(Status.Ok);
  expect(header.unseen()).toBe(0, "kind " + kind.toString() + ", key " + key.toString() + ", seed " + seed.toString());
  expect(header.load()).toBe(Status.Ok);
}

describe("kernel/store/log/record, a header", () => {
  it("is none with any bit of it, its extensions or its key turned, whatever lies behind", () => {
    for (let seed = 0; seed < 8; seed++) {
      for (let key = 0; key < KEY_BYTES; key += 3) {
        expectGuarded(KIND_PUT, 0, key, 40, seed);
        expectGuarded(KIND_PUT, FLAG_EXPIRY | FLAG_CLOCK | FLAG_PREVIOUS | FLAG_ENTRIES | FLAG_OVERWRITE, key, 300, seed);
        expectGuarded(KIND_MOVED, FLAG_PREVIOUS | FLAG_EXPIRY, key, 0, seed);
        expectGuarded(KIND_REMOVE, FLAG_PREVIOUS, key, 1, seed);
      }
      expectGuarded(KIND_SYSTEM, 0, SYSTEM_CUT, 12, seed);
    }
  });

  it("is none at most other places: what lay in a sector before it was opened again", () => {
    const header = new Header(KIND_PUT, 0, 3, 40, 1);
    let taken = 0;
    for (let sequence = SEQUENCE + 1; sequence <= SEQUENCE + PLACES; sequence++) {
      header.view.ring.setSequence(SECTOR, sequence);
      taken += i32(header.load() >= 0);
    }
    expect(taken).toBeLessThan(PLACES / 3);
  });

  it("has index entries only if their length stands before and behind them, alike, and is not that of blank flash", () => {
    const header = new Header(KIND_PUT, FLAG_ENTRIES, 3, 20, 1);
    const view = header.view;
    expect(header.load()).toBe(Status.Ok);
    const length = header.at + view.entriesOffset - 1;
    for (let bytes = 0; bytes < 256; bytes++) {
      memory.fill(length, 0x5a, 258);
      store<u8>(length, bytes);
      store<u8>(length + 1 + bytes, bytes);
      const isBlank = bytes == 255;
      expect(view.loadTail()).toBe(isBlank ? Status.Corrupt : Status.Ok, bytes.toString());
      expect(view.entriesBytes).toBe(isBlank ? 0 : <u8>bytes, bytes.toString());
      store<u8>(length + 1 + bytes, bytes ^ 1);
      expect(view.loadTail()).toBe(Status.Corrupt, bytes.toString());
      expect(view.entriesBytes).toBe(0);
    }
  });
});
