/** Numbers that stand twice because one side cannot import the other: both sides are read as text. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { contractNumber } from "../../../toolchain/build/contract.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import * as wire from "../../../toolchain/transform/wire.js";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function constant(path: string, name: string): number {
  const match = new RegExp(`${name}: i32 = (\\w+)`).exec(read(path));
  assert.ok(match, `${path} has no ${name}`);
  return Number(match[1]);
}

/** Members of an enum as "Name=value". */
function members(path: string, name: string): string[] {
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(read(path))?.[1];
  assert.ok(body, `${path} has no enum ${name}`);
  return [...body.matchAll(/(\w+) = (\d+)/g)].map((match) => `${match[1]}=${match[2]}`);
}

describe("assembly/sdk: numbers that stand twice", () => {
  it("agree with the transform", () => {
    assert.equal(wire.FLAG_OFFLINE, constant("assembly/sdk/flags.ts", "FLAG_OFFLINE"));
    assert.equal(wire.FLAG_ENVELOPE, constant("assembly/sdk/flags.ts", "FLAG_ENVELOPE"));
    assert.equal(wire.FLAG_TEXT, constant("assembly/sdk/flags.ts", "FLAG_TEXT"));
    assert.equal(1 << wire.QOS_SHIFT, constant("assembly/sdk/flags.ts", "FLAG_QOS_1"));
    assert.equal(wire.EXCHANGE_BYTES, constant("assembly/sdk/buffers.ts", "EXCHANGE_BYTES"));
    assert.equal(wire.RECEIPT_BYTES, constant("assembly/sdk/buffers.ts", "RECEIPT_BYTES"));
  });

  it("agree with the host's tables", () => {
    assert.equal(constant("assembly/sdk/runtime.ts", "ABI_VERSION"), contractNumber("ABI_VERSION"));
    assert.equal(constant("assembly/sdk/buffers.ts", "EXCHANGE_BYTES"), contractNumber("EXCHANGE_BYTES"));
    const fields = [...read("host/include/stats.def").matchAll(/^STATS_FIELD\((\w+)\)/gm)].map((match) => match[1]!);
    const counters = /enum Counter \{([^}]*)\}/.exec(read("assembly/sdk/client.ts"))![1]!.match(/\w+/g)!;
    assert.deepEqual(
      counters.map((name) => name[0]!.toLowerCase() + name.slice(1)),
      fields,
    );
  });

  it("agree with the kernel", () => {
    // One enum each, in lib: neither side declares its own.
    for (const name of ["ResetReason", "LogLevel"]) {
      assert.ok(members("assembly/lib/device.ts", name).length >= 3);
      for (const side of ["kernel/host/constants", "sdk/board", "sdk/log"])
        assert.doesNotMatch(read(`assembly/${side}.ts`), RegExp(`enum ${name}`));
    }
  });
});
