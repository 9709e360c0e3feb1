import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { BuildError, NoSuchTarget, buildApp, buildKernel } from "../../../toolchain/build/index.js";
import { KERNELS } from "../../../toolchain/build/kernels.js";
import { ROOT } from "../../../toolchain/build/paths.js";
import { WasmModule } from "../../../toolchain/build/wasmModule.js";
import { SETUP, refusal, writeApp } from "./temporaryApp.js";

describe("toolchain/build: kernels", () => {
  for (const { name, memoryBytes } of KERNELS) {
    it(`builds ${name}, manifest first, names stripped`, async () => {
      const bytes = readFileSync(await buildKernel(name));
      const module = WasmModule.parse(bytes);
      const [first, ...rest] = module.sections;
      assert.equal(first!.name, "wasmote");
      assert.equal(rest.filter((section) => section.id === 0).length, 0);
      const manifest = new DataView(first!.contents.buffer, first!.contents.byteOffset, first!.contents.length);
      assert.equal(manifest.byteLength, 16);
      assert.deepEqual([manifest.getUint8(0), manifest.getUint8(1), manifest.getUint16(2, true)], [1, 0, 1]);
      assert.equal(manifest.getUint32(4, true), memoryBytes);
      assert.ok(memoryBytes < 65536);
      assert.ok(WebAssembly.validate(bytes));
    });
  }

  it("says which kernels there are", async () => {
    await assert.rejects(buildKernel("huge"), (error) => error instanceof NoSuchTarget && /full-plain, minimal-plain/.test(error.message));
  });
});

describe("toolchain/build: apps", () => {
  it("writes what the host must know into the manifest", async (context) => {
    const folder = writeApp(context, { "app.ts": SETUP, "asconfig.json": '{ "options": { "runtime": "minimal" }, "wasmote": { "memoryBytes": 16384, "fuel": 5000 } }' });
    const output = await buildApp(folder, { output: join(folder, "app.wasm") });
    const module = WasmModule.parse(readFileSync(output));
    const { contents } = module.sections[0]!;
    const manifest = new DataView(contents.buffer, contents.byteOffset, contents.length);
    assert.deepEqual([manifest.getUint8(1), manifest.getUint32(4, true), manifest.getUint32(8, true), manifest.getUint8(12)], [1, 16384, 5000, 1]);
    assert.deepEqual(module.exports().map((row) => row.name).sort(), ["__collect", "abi_version", "fuel", "setup", "step"]);
  });

  it("imports nothing but rows, and no memory", async () => {
    for (const example of ["heartbeat", "telemetry", "command", "comfortable"]) {
      const module = WasmModule.parse(readFileSync(await buildApp(`examples/${example}`)));
      for (const row of module.imports()) assert.match(`${row.module}.${row.name}`, /^(host|kernel)\.[a-z][a-z0-9_]*$/);
    }
  });

  it("builds again only when something that counts has changed", async (context) => {
    const folder = writeApp(context, { "app.ts": `import { half } from "./half";\n${SETUP}let x: i32 = half(4);\n`, "half.ts": "export function half(x: i32): i32 { return x >> 1; }\n" });
    const output = join(folder, "app.wasm");
    const builtAt = async (): Promise<number> => (await buildApp(folder, { output }), statSync(output).mtimeMs);
    const first = await builtAt();
    assert.equal(await builtAt(), first);
    const same = readFileSync(join(folder, "half.ts"));
    writeFileSync(join(folder, "half.ts"), same); // a new time is no change
    assert.equal(await builtAt(), first);
    writeFileSync(join(folder, "half.ts"), "export function half(x: i32): i32 { return x / 2; }\n");
    const second = await builtAt();
    assert.notEqual(second, first);
    writeFileSync(join(folder, "asconfig.json"), '{ "wasmote": { "memoryBytes": 4096 } }');
    const third = await builtAt();
    assert.notEqual(third, second);
    writeFileSync(output, "spoilt");
    await builtAt();
    assert.ok(WebAssembly.validate(readFileSync(output)));
  });

  it("gives the size table also when nothing was built", async (context) => {
    const folder = writeApp(context, SETUP);
    const reports: string[] = [];
    for (let i = 0; i < 2; i++) await buildApp(folder, { output: join(folder, "app.wasm"), report: (text) => void reports.push(text) });
    assert.match(reports[0]!, /^app .*: \d+ bytes, \d+ bytes of linear memory\n +folder +functions +bytes\n/);
    assert.equal(reports[1], reports[0]);
  });

  it("gives an app the memory that it needs", async (context) => {
    const built = async (code: string): Promise<{ memoryBytes: number; report: string }> => {
      const folder = writeApp(context, `${SETUP}${code}`);
      let report = "";
      const output = await buildApp(folder, { output: join(folder, "app.wasm"), report: (text) => void (report = text) });
      const { contents } = WasmModule.parse(readFileSync(output)).sections[0]!;
      return { memoryBytes: new DataView(contents.buffer, contents.byteOffset).getUint32(4, true), report };
    };
    const small = await built("");
    assert.ok(small.memoryBytes < 2048, String(small.memoryBytes));
    assert.match(small.report, /\d{3} bytes of static data, 10[234]\d for what is made at the start; for more: "wasmote": \{ "memoryBytes": n \}/);
    const large = await built("const t = memory.data(9000);\nstore<u8>(t, 1);\n");
    assert.ok(large.memoryBytes > small.memoryBytes + 8970 && large.memoryBytes < small.memoryBytes + 9032, String(large.memoryBytes));
  });

  it("links of the SDK what an app uses", async (context) => {
    const built = async (more: string): Promise<WasmModule & { staticBytes: number; length: number }> => {
      const code = `import { Client, requests } from "wasmote";\nexport function setup(): void { const client = new Client(); client.start(); ${more} }\n`;
      const folder = writeApp(context, code);
      let report = "";
      const bytes = readFileSync(await buildApp(folder, { output: join(folder, "app.wasm"), report: (text) => void (report = text) }));
      return Object.assign(WasmModule.parse(bytes), { staticBytes: Number(/(\d+) bytes of static data/.exec(report)?.[1]), length: bytes.length });
    };
    const rows = (module: WasmModule): string[] => module.imports().map(({ name }) => name);
    const thrifty = await built("");
    const subscriber = await built('client.subscribe("a", () => {});');
    const asker = await built('requests.open(client, "a");');
    assert.ok(!rows(thrifty).includes("event_next") && rows(subscriber).includes("event_next") && rows(asker).includes("event_next"));
    const pays = (one: { staticBytes: number; length: number }): number[] => [one.staticBytes - thrifty.staticBytes, one.length - thrifty.length];
    const [subscriberRam, subscriberFlash] = pays(subscriber);
    const [askerRam, askerFlash] = pays(asker);
    assert.ok(thrifty.length < 1000, String(thrifty.length)); // with nothing of what the others need
    // A buffer for what comes in and two tables; requests and what they wait for are made when the app starts, by code.
    assert.ok(subscriberRam! > 600 && askerRam! > 600, `${subscriberRam}, ${askerRam}`);
    assert.ok(subscriberFlash! > 900 && askerFlash! > subscriberFlash! + 300, `${subscriberFlash}, ${askerFlash}`);
  });

  it("is the same module each time", async (context) => {
    const [one, two] = [writeApp(context, SETUP), writeApp(context, SETUP)];
    const bytes = await Promise.all([one, two].map(async (folder) => readFileSync(await buildApp(folder, { output: join(folder, "app.wasm") }))));
    assert.deepEqual(bytes[0], bytes[1]);
  });
});

describe("toolchain/build: what it refuses", () => {
  const cases: ReadonlyArray<[string, string | Record<string, string>, RegExp]> = [
    ["a type error", `${SETUP}let x: i32 = "text";\n`, /app\.ts:2:14: Type '.*' is not assignable to type 'i32'\.\n {2}make both types agree/],
    ["an unknown name", "export function setup(): void { nothing(); }\n", /app\.ts:1:33: Cannot find name 'nothing'\.\n {2}declare it/],
    ["a closure", "export function setup(): void { let x = 1; const f = (): i32 => x; f(); }\n", /Closures[\s\S]*make them global/],
    ["a package", `import { x } from "lodash";\n${SETUP}x();\n`, /app\.ts:1:\d+: File .*lodash.* not found[\s\S]*no packages/],
    ["console", 'export function setup(): void { console.log("x"); }\n', /imports env\.console\.log[\s\S]*log\(\) from "wasmote"/],
    ["an import of its own", `@external("host", "format_disk") declare function format(): void;\nexport function setup(): void { format(); }\n`, /imports host\.format_disk, which no board offers/],
    ["a row with other types", `@external("host", "log") declare function log(x: f64): void;\nexport function setup(): void { log(1); }\n`, /imports host\.log with other types than its row "i\(i<i\)"/],
    ["an unknown setting", { "app.ts": SETUP, "asconfig.json": '{ "wasmote": { "memory": 1 } }' }, /"wasmote\.memory" is unknown\n {2}expected memoryBytes or fuel/],
    ["memory of 64 KiB", { "app.ts": SETUP, "asconfig.json": '{ "wasmote": { "memoryBytes": 65536 } }' }, /"wasmote\.memoryBytes" is 65536\n {2}expected an integer from 2048 to 65520/],
    ["settings that are no JSON", { "app.ts": SETUP, "asconfig.json": "{" }, /asconfig\.json: .*\n {2}expected JSON/],
    ["static data over the memory", { "app.ts": `${SETUP}const t = memory.data(9000);\nstore<u8>(t, 1);\n`, "asconfig.json": '{ "wasmote": { "memoryBytes": 8192 } }' }, /Low memory limit[\s\S]*"memoryBytes"/],
  ];
  for (const [what, files, expected] of cases) {
    it(`refuses ${what}, with place and remedy`, async (context) => {
      assert.match(await refusal(context, files), expected);
    });
  }

  it("refuses a function too large for a board's stack, by name, and takes its half", async (context) => {
    const app = (statements: number): string =>
      `import { now } from "wasmote";\nlet x: i64 = 0;\nfunction long(): void {\n${"  x = x * now() + now();\n".repeat(statements)}}\nexport function setup(): void { long(); }\n`;
    const message = await refusal(context, app(400));
    assert.match(message, /app\/(long|setup): \d+ bytes of code, at most 2000 fit/);
    assert.match(message, /split the function/);
    await assert.rejects(refusal(context, app(60)), /accepted what it must refuse/);
  });

  it("says where an app must be", async () => {
    await assert.rejects(buildApp("examples/nowhere"), (error) => error instanceof BuildError && /no app\.ts there[\s\S]*examples\/heartbeat/.test(error.message));
  });

  it("finds an app by its path from the repository", async () => {
    assert.equal(await buildApp("examples/heartbeat"), join(ROOT, "build", "apps", "heartbeat.wasm"));
  });
});
