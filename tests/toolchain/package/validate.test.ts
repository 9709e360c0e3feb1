/** What is refused before it is signed, each with its reason. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";

import { buildApp } from "../../../toolchain/build/index.js";
import { encodeManifest, ModuleKind, readManifest } from "../../../toolchain/build/manifest.js";
import { SectionId, WasmModule } from "../../../toolchain/build/wasmModule.js";
import { validateApp } from "../../../toolchain/package/index.js";

describe("an app that is to be signed", () => {
  let bytes: Uint8Array;
  before(async () => {
    bytes = readFileSync(await buildApp("examples/comfortable"));
  });

  const changed = (change: (module: WasmModule) => void): Uint8Array => {
    const module = WasmModule.parse(bytes.slice());
    change(module);
    return module.toBytes();
  };
  const withManifest = (fields: Partial<NonNullable<ReturnType<typeof readManifest>>>): Uint8Array =>
    changed((module) => {
      module.sections[0]!.contents = encodeManifest({ ...readManifest(module)!, ...fields });
    });
  const refuses = (module: Uint8Array, reason: RegExp): void => assert.throws(() => validateApp(module, "x.wasm"), reason);

  it("passes as it was built, and tells what its package must say", () => {
    const facts = validateApp(bytes, "x.wasm");
    const manifest = readManifest(WasmModule.parse(bytes))!;
    assert.deepEqual([facts.abi, facts.memoryBytes, facts.hasCollector], [manifest.abi, manifest.memoryBytes, true]);
    assert.ok(facts.rows > 15);
  });

  it("must be valid", () => {
    refuses(bytes.subarray(0, bytes.length - 1), /x\.wasm: not a valid WebAssembly module: /);
    const bad = changed((module) => module.setBodies(module.bodies().map((body, i) => (i === 0 ? Uint8Array.of(0, 0x6a, 0x0b) : body))));
    refuses(bad, /not a valid WebAssembly module/);
  });

  it("must have the manifest of an app, of this ABI, with memory below a page and loop passes", () => {
    refuses(
      changed((module) => module.sections.shift()),
      /no manifest of an app/,
    );
    refuses(withManifest({ kind: ModuleKind.Kernel }), /no manifest of an app/);
    refuses(withManifest({ abi: 9 }), /of ABI 9, expected 1/);
    refuses(withManifest({ memoryBytes: 65536 }), /grants 65536 bytes of memory/);
    refuses(withManifest({ memoryBytes: 0 }), /grants 0 bytes of memory/);
    refuses(withManifest({ fuel: 0 }), /no loop passes/);
  });

  it("must have one memory of one page", () => {
    const memory = (...contents: number[]) => changed((module) => module.setSection(SectionId.Memory, Uint8Array.from(contents)));
    refuses(memory(1, 1, 2, 2), /one memory of one page/);
    refuses(memory(1, 0, 0), /one memory of one page/);
  });

  it("may import rows of the wall alone", () => {
    const strange = changed((module) => {
      const section = module.section(SectionId.Import)!;
      section.contents = Buffer.from(Buffer.from(section.contents).toString("latin1").replace("io_sensor", "io_senzor"), "latin1");
    });
    refuses(strange, /imports host\.io_senzor, which no board offers/);
  });

  it("must have its loops and recursions guarded", () => {
    refuses(
      changed((module) => {
        const entries = module.exports().filter(({ name }) => name !== "fuel");
        const text = entries.map(({ name, kind, index }) => Uint8Array.from([name.length, ...Buffer.from(name), kind, ...leb(index)]));
        module.setEntries(SectionId.Export, text);
      }),
      /exports no global fuel/,
    );
    const guard = /\x23(.)\x45\x04\x40\x00\x0b/s; // global.get, i32.eqz, if, unreachable, end
    const unguarded = changed((module) => {
      let isDone = false;
      module.setBodies(
        module.bodies().map((body) => {
          const text = Buffer.from(body).toString("latin1");
          if (isDone || !guard.test(text)) return body;
          isDone = true;
          // i32.eqz becomes i32.clz: still valid, and counts no more.
          return Buffer.from(text.replace(guard, "\x23$1\x67\x04\x40\x00\x0b"), "latin1");
        }),
      );
      assert.ok(isDone);
    });
    refuses(unguarded, /a loop or a recursion of function \d+ has no guard/);
  });

  it("must have functions that fit a board's stack", () => {
    const nops = Uint8Array.from([0, ...Array<number>(2100).fill(0x01), 0x00, 0x0b]);
    const large = changed((module) => module.setBodies(module.bodies().map((body, i, all) => (i === all.length - 1 ? nops : body))));
    refuses(large, /at most 2000 fit/);
  });
});

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}
