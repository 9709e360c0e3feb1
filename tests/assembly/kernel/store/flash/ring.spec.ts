import { Ring } from "../../../../../assembly/kernel/store/flash/ring";
import { HEADER_UNITS } from "../../../../../assembly/kernel/store/flash/sector";
import { UNIT } from "../../../../../assembly/kernel/store/flash/units";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 1024;
const SECTORS: i32 = 4;
const SECTOR_UNITS: i32 = SECTOR_BYTES / UNIT;
const bytes = memory.data(256);

let device: NorDevice = changetype<NorDevice>(0);

function makeRing(): Ring {
  device = new NorDevice(SECTOR_BYTES, SECTORS);
  const ring = new Ring(device);
  assert(ring.measure());
  return ring;
}

/** With so many sectors ready, the first of them opened. */
function openRing(ready: i32): Ring {
  const ring = makeRing();
  while (ring.ready < ready) assert(ring.prepare() == Status.Ok);
  assert(ring.open(HEADER_UNITS) == Status.Ok);
  return ring;
}

describe("kernel/store/flash/ring", () => {
  it("erases a sector before it is used, unless it is all blank behind its format part", () => {
    for (let unit = HEADER_UNITS - 1; unit <= SECTOR_UNITS; unit++) {
      const ring = makeRing();
      expect(ring.header.writeFormat(0, 7)).toBe(Status.Ok);
      // An erase that was cut short may leave any unit as it was.
      if (unit < SECTOR_UNITS) expect(device.program(unit * UNIT, bytes, UNIT)).toBe(Status.Ok);
      expect(ring.prepare()).toBe(Status.Ok);
      expect(ring.ready).toBe(1);
      expect(device.eraseTotal).toBe(i32(unit < SECTOR_UNITS), unit.toString());
      expect(ring.header.load(0)).toBe(Status.Ok);
      expect(ring.header.eraseCount).toBe(7 + u32(unit < SECTOR_UNITS), unit.toString());
      expect(device.violation).toBe("");
    }
  });

  it("erases what another version, or one with other sectors, made ready", () => {
    const ring = makeRing();
    const other = new Ring(new NorDevice(2 * SECTOR_BYTES, SECTORS));
    assert(other.measure());
    expect(other.header.writeFormat(0, 7)).toBe(Status.Ok);
    device.program(0, (other.device as NorDevice).base, UNIT);
    expect(ring.header.load(0)).toBe(Status.Ok);
    expect(ring.header.isForeign).toBe(true);
    expect(ring.prepare()).toBe(Status.Ok);
    expect(device.eraseTotal).toBe(1);
  });

  it("finds the last unit that is not blank", () => {
    const ring = makeRing();
    for (let unit = HEADER_UNITS; unit <= SECTOR_UNITS; unit += 7) {
      expect(ring.usedEnd(1, HEADER_UNITS)).toBe(unit == HEADER_UNITS ? HEADER_UNITS : unit - 7 + 1, unit.toString());
      if (unit < SECTOR_UNITS) device.program(SECTOR_BYTES + unit * UNIT, bytes, UNIT);
    }
    device.program(2 * SECTOR_BYTES - UNIT, bytes, UNIT);
    expect(ring.usedEnd(1, HEADER_UNITS)).toBe(SECTOR_UNITS);
    expect(ring.usedEnd(1, SECTOR_UNITS)).toBe(SECTOR_UNITS);
    expect(ring.usedEnd(0, HEADER_UNITS)).toBe(HEADER_UNITS);
    expect(ring.usedEnd(2, 1)).toBe(1);
  });

  it("leaves a unit blank in front of the next record, in the same sector", () => {
    for (let room = 0; room < 4; room++) {
      const ring = openRing(2);
      ring.writeOffset = SECTOR_UNITS - room;
      expect(ring.leaveBlank()).toBe(Status.Ok);
      expect(ring.newest).toBe(room < 2 ? 1 : 0, room.toString());
      expect(ring.writeOffset).toBe(room < 2 ? HEADER_UNITS + 1 : SECTOR_UNITS - room + 1, room.toString());
      expect(ring.room).toBeGreaterThan(0);
    }
    const ring = openRing(1);
    ring.writeOffset = SECTOR_UNITS - 1;
    expect(ring.leaveBlank()).toBe(Status.NoSpace);
  });

  it("passes over a sector that fails when it is opened or erased, and over none else", () => {
    const ring = openRing(3);
    device.failAt = device.operations + 1;
    expect(ring.open(HEADER_UNITS)).toBe(Status.Io);
    expect(ring.bad).toBe(1);
    expect(ring.isMember(1)).toBe(false);
    expect(ring.ready).toBe(1);
    expect(ring.open(HEADER_UNITS)).toBe(Status.Ok);
    expect(ring.newest).toBe(2);
    expect(ring.sequenceOf(2)).toBe(ring.sequenceOf(0) + 1);
    expect(ring.after(0)).toBe(2);
    device.failAt = device.operations + 1;
    expect(ring.prepare()).toBe(Status.Io);
    expect(ring.bad).toBe(2);
    expect(ring.wantsReady).toBe(false);
    expect(ring.prepare()).toBe(Status.NoSpace);
    expect(ring.freeUnits).toBe(ring.room);
    expect(device.violation).toBe("");
  });

  it("follows bytes from sector to sector, past one that is bad, to the end of the log", () => {
    const ring = openRing(3);
    for (let i = 0; i < 256; i++) store<u8>(bytes + i, i);
    device.failAt = device.operations + 1;
    ring.open(HEADER_UNITS);
    expect(ring.open(HEADER_UNITS)).toBe(Status.Ok);
    const at = (SECTOR_UNITS - 3) * UNIT;
    device.program(at, bytes, 3 * UNIT);
    device.program(2 * SECTOR_BYTES + HEADER_UNITS * UNIT, bytes + 3 * UNIT, 4 * UNIT);
    const read = new StaticArray<u8>(7 * UNIT);
    for (let offset = 0; offset <= 7 * UNIT; offset += 5) {
      const len = 7 * UNIT - offset;
      expect(ring.read(SECTOR_UNITS - 3, offset, changetype<usize>(read), len)).toBe(Status.Ok);
      for (let i = 0; i < len; i++) assert(read[i] == offset + i);
    }
    const rest = ring.payloadUnits * UNIT + 3 * UNIT;
    expect(ring.read(SECTOR_UNITS - 3, rest - 1, changetype<usize>(read), 1)).toBe(Status.Ok);
    expect(ring.read(SECTOR_UNITS - 3, rest - 1, changetype<usize>(read), 2)).toBe(Status.NotFound);
    expect(ring.read(SECTOR_UNITS - 3, rest, changetype<usize>(read), 1)).toBe(Status.NotFound);
    expect(device.violation).toBe("");
  });
});
