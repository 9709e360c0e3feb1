import { Partition } from "../../../../../assembly/kernel/host/constants";
import { FlashDevice } from "../../../../../assembly/kernel/store/flash/flashDevice";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";

let hasPartition: bool = true;
let answer: i32 = Status.Ok;
let call: string = "";

function note(name: string, partition: i32, a: i32, b: usize, c: i32): i32 {
  call = name + " " + partition.toString() + " " + a.toString() + " " + b.toString() + " " + c.toString();
  return answer;
}

export function flash_geometry(partition: i32, dst: usize, cap: i32): i32 {
  if (!hasPartition || cap != 12) return Status.NotFound;
  store<i32>(dst, 4096);
  store<i32>(dst, 128, 4);
  store<i32>(dst, 16, 8);
  return Status.Ok;
}

export function flash_read(partition: i32, offset: i32, dst: usize, len: i32): i32 {
  return note("read", partition, offset, dst, len);
}

export function flash_program(partition: i32, offset: i32, src: usize, len: i32): i32 {
  return note("program", partition, offset, src, len);
}

export function flash_erase(partition: i32, sector: i32): i32 {
  return note("erase", partition, sector, 0, 0);
}

export function flash_sync(partition: i32): i32 {
  return note("sync", partition, 0, 0, 0);
}

describe("kernel/store/flash/flashDevice", () => {
  it("takes its geometry from the board", () => {
    const device = new FlashDevice(Partition.Store);
    device.measure();
    expect(device.sectorBytes).toBe(4096);
    expect(device.sectorCount).toBe(128);
    expect(device.programBytes).toBe(16);
  });

  it("passes calls on to its partition, and answers as the row does", () => {
    const device = new FlashDevice(Partition.State);
    answer = Status.Ok;
    expect(device.read(32, 1000, 48)).toBe(Status.Ok);
    expect(call).toBe("read 1 32 1000 48");
    expect(device.program(4096, 2000, 16)).toBe(Status.Ok);
    expect(call).toBe("program 1 4096 2000 16");
    answer = Status.Io;
    expect(device.erase(7)).toBe(Status.Io);
    expect(call).toBe("erase 1 7 0 0");
    expect(device.sync()).toBe(Status.Io);
    expect(call).toBe("sync 1 0 0 0");
  });

  it("has no sectors on a board without the partition, and the store says Unsupported", () => {
    hasPartition = false;
    const device = new FlashDevice(Partition.Store);
    expect(new TreeStore(device).mount()).toBe(Status.Unsupported);
    expect(device.sectorCount).toBe(0);
    hasPartition = true;
  });
});
