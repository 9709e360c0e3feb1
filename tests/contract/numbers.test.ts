/** Numbers that are written once per side: statuses, constants of the wall, counters, ABI, partitions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { enumValues, parseDef, pascalCase, readText } from "./tables.js";

/** The one text between two markers, or an error: a marker that moved must not make a comparison empty. */
function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from + start.length);
  assert.ok(from >= 0 && to > from, `found no ${start} ... ${end}`);
  return text.slice(from + start.length, to);
}

/** Member names of an AssemblyScript enum in order. */
function members(body: string): string[] {
  return [...body.replace(/\/\*\*.*?\*\//gs, "").matchAll(/^\s*(\w+),?/gm)].map(([, name]) => name!);
}

describe("statuses", () => {
  it("have the same names and numbers on both sides", () => {
    const host = [...readText("host/include/status.h").matchAll(/^\s+X\((\w+), (-?\d+)\)/gm)].map(
      ([, name, value]) => [pascalCase(name!), Number(value)] as const,
    );
    const guest = enumValues(between(readText("assembly/lib/status.ts"), "enum Status {", "}"));
    assert.ok(host.length >= 14);
    assert.deepEqual([...guest], host);
  });

  it("are never renumbered: Ok is 0 and each next one lower", () => {
    const guest = enumValues(between(readText("assembly/lib/status.ts"), "enum Status {", "}"));
    assert.deepEqual(
      [...guest.values()],
      [...guest.keys()].map((_, i) => (i === 0 ? 0 : -i)),
    );
  });
});

describe("constants of the kernel's wall", () => {
  const host = readText("host/include/platform.h");
  const guest = readText("assembly/kernel/host/constants.ts") + readText("assembly/lib/device.ts");
  const enums: Array<[string, string]> = [
    ["LinkState", "LINK"],
    ["Partition", "PARTITION"],
    ["ResetReason", "RESET"],
    ["LogLevel", "LOG"],
  ];

  for (const [name, prefix] of enums) {
    it(`${name} is PLATFORM_${prefix}_*`, () => {
      const expected = [...host.matchAll(new RegExp(`PLATFORM_${prefix}_(\\w+) = (\\d+)`, "g"))]
        .filter(([, member]) => member !== "COUNT")
        .map(([, member, value]) => [pascalCase(member!), Number(value)]);
      assert.ok(expected.length >= 3);
      assert.deepEqual([...enumValues(between(guest, `enum ${name} {`, "}"))], expected);
    });
  }

  it("NET_TLS is the same flag", () => {
    assert.equal(/NET_TLS: i32 = (\d+)/.exec(guest)?.[1], /PLATFORM_NET_TLS = (\d+)/.exec(host)?.[1]);
  });
});

describe("counters", () => {
  const fields = [...readText("host/include/stats.def").matchAll(/^STATS_FIELD\((\w+)\)/gm)].map(([, name]) => name!);

  it("stand in the kernel in the order of stats.def", () => {
    assert.ok(fields.length >= 20);
    assert.deepEqual(members(between(readText("assembly/kernel/client/stats.ts"), "enum Field {", "}")), fields);
  });

  it("stand in the SDK in the order of stats.def", () => {
    const sdk = members(between(readText("assembly/sdk/client.ts"), "enum Counter {", "}"));
    assert.deepEqual(
      sdk.map((name) => name.charAt(0).toLowerCase() + name.slice(1)),
      fields,
    );
  });
});

describe("rows of the kernel's dispatch", () => {
  const calls = parseDef(readText("host/include/app_imports.def"))
    .filter(({ macro }) => macro === "KERNEL_CALL")
    .map(({ name }) => name);
  /** Names and numbers of an enum of rows: from 0, or as one says. */
  const enumOf = (path: string): [string, number][] => {
    let next = 0;
    const body = between(readText(path), "enum Row {", "}").replace(/\/\*\*.*?\*\//gs, "");
    return [...body.matchAll(/^\s*(\w+)(?: = (\d+))?,/gm)].map(([, name, number]) => {
      const value = number === undefined ? next : Number(number);
      next = value + 1;
      return [name!, value];
    });
  };

  it("are numbered as those of the app's wall", () => {
    const rows = enumOf("assembly/kernel/syscalls.ts");
    assert.ok(rows.length >= 24);
    for (const [name, number] of rows) assert.equal(calls[number], name);
  });

  it("of ThingsBoard begin where its exports say, in the same order", () => {
    const [first, end] = ["THINGSBOARD_ROWS", "THINGSBOARD_ROWS_END"].map((name) =>
      Number(new RegExp(`${name}: i32 = (\\d+);`).exec(readText("assembly/kernel/syscalls.ts"))![1]),
    );
    const own = calls.filter((name) => name.startsWith("tb_"));
    assert.deepEqual(calls.slice(first, end), own);
    assert.deepEqual(
      enumOf("assembly/kernel/thingsboard/calls.ts"),
      own.map((name, i) => [name, i]),
    );
  });
});

describe("the ABI", () => {
  const def = readText("host/include/exports.def");
  const number = (macro: string): string => new RegExp(`^${macro}\\((\\d+)\\)`, "m").exec(def)![1]!;
  const constant = (path: string, name: string): string | undefined => new RegExp(`${name}: i32 = (\\d+);`).exec(readText(path))?.[1];

  it("has one version in host, kernel and SDK", () => {
    assert.equal(constant("assembly/kernel/exports.ts", "ABI_VERSION"), number("ABI_VERSION"));
    assert.equal(constant("assembly/sdk/runtime.ts", "ABI_VERSION"), number("ABI_VERSION"));
  });

  it("has one size of the exchange buffer", () => {
    assert.equal(constant("assembly/kernel/exports.ts", "EXCHANGE_BYTES"), number("EXCHANGE_BYTES"));
    assert.equal(constant("assembly/sdk/buffers.ts", "EXCHANGE_BYTES"), number("EXCHANGE_BYTES"));
  });
});

describe("numbers of updates", () => {
  const header = readText("host/update/update.h");
  const log = readText("host/update/slot_log.h");

  for (const [name, file, prefix, text, count] of [
    ["Phase", "phase.ts", "UPDATE_(?=IDLE|LOADING|VERIFYING|VERIFIED|TRIAL\\b)", header, 5],
    ["News", "phase.ts", "UPDATE_NEWS_", log, 3],
    ["Algorithm", "checksum.ts", "UPDATE_(?=NO_ALGORITHM|CRC32|MD5|SHA)", readText("host/update/update_crypto.h"), 6],
  ] as const) {
    it(`${name} is the same on both sides`, () => {
      const host = [...text.matchAll(new RegExp(`\\b${prefix}(\\w+) = (\\d+)`, "g"))].map(
        ([, member, value]) => [pascalCase(member!).replace("NoAlgorithm", "None"), Number(value)] as const,
      );
      const guest = enumValues(between(readText(`assembly/kernel/update/${file}`), `enum ${name} {`, "}"));
      assert.equal(host.length, count);
      assert.deepEqual([...guest], host);
    });
  }
});
