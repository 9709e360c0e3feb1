import { Status } from "../../../../assembly/lib/status";
import { RowTable } from "../../../../assembly/kernel/client/rowTable";

function fill(table: RowTable, row: i32, byte: u8): void {
  memory.fill(table.address(row), byte, table.length(row));
}

function holds(table: RowTable, row: i32, byte: u8): bool {
  for (let i = 0; i < table.length(row); i++) if (load<u8>(table.address(row) + i) != byte) return false;
  return true;
}

describe("kernel/client/rowTable", () => {
  it("numbers rows from 0 and refuses when rows or bytes run out", () => {
    const table = new RowTable(3, 10);
    expect(table.add(4)).toBe(0);
    expect(table.add(7)).toBe(Status.NoSpace, "bytes");
    expect(table.add(4)).toBe(1);
    expect(table.add(1)).toBe(2);
    expect(table.add(1)).toBe(Status.NoSpace, "rows");
  });

  it("keeps numbers and bytes of the others when a row goes", () => {
    const table = new RowTable(4, 16);
    for (let row = 0; row < 4; row++) fill(table, table.add(4), <u8>(row + 1));
    table.remove(1);
    expect(table.length(1)).toBe(-1);
    expect(holds(table, 0, 1)).toBe(true);
    expect(holds(table, 2, 3)).toBe(true);
    expect(holds(table, 3, 4)).toBe(true);
    expect(table.add(4)).toBe(1, "its number is free again");
    fill(table, 1, 9);
    expect(holds(table, 3, 4)).toBe(true);
  });

  it("resizes a row, and leaves it alone when there is no room", () => {
    const table = new RowTable(2, 10);
    fill(table, table.add(4), 1);
    fill(table, table.add(4), 2);
    expect(table.resize(0, 7)).toBe(Status.NoSpace);
    expect(holds(table, 0, 1)).toBe(true);
    expect(table.length(0)).toBe(4);
    expect(table.resize(0, 6)).toBe(Status.Ok);
    fill(table, 0, 3);
    expect(holds(table, 1, 2)).toBe(true);
    expect(table.length(0)).toBe(6);
  });

  it("knows no row outside its range", () => {
    const table = new RowTable(2, 4);
    expect(table.length(-1)).toBe(-1);
    expect(table.length(2)).toBe(-1);
    expect(table.length(0)).toBe(-1);
  });

  it("survives a long, mixed life", () => {
    const table = new RowTable(6, 64);
    const value = new StaticArray<i32>(6);
    let seed: u32 = 7;
    for (let i = 0; i < 20000; i++) {
      seed = seed * 1664525 + 1013904223;
      const row = <i32>((seed >> 8) % 6);
      const size = <i32>((seed >> 16) % 20);
      if (table.length(row) >= 0 && seed >> 28 < 8) table.remove(row);
      else if (table.length(row) >= 0 && table.resize(row, size) == Status.Ok) fill(table, row, <u8>(value[row] = i & 255));
      else {
        const added = table.add(size);
        if (added >= 0) fill(table, added, <u8>(value[added] = i & 255));
      }
      for (let other = 0; other < 6; other++) {
        if (table.length(other) > 0 && !holds(table, other, <u8>value[other])) expect(other).toBe(-1, `step ${i}`);
      }
    }
  });
});
