import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SETUP, refusal } from "../build/temporaryApp.js";

interface Case {
  mistake: string;
  source: string;
  /** Line and column of the place. */
  at: string;
  says: RegExp;
  remedy: RegExp;
}

const READING = "@payload class Reading { value: i32 = 0; }\n";
const tether = (options: string, signature = "reading(out: Reading): void {}"): string =>
  `${READING}@tether(${options}) function ${signature}\n${SETUP}`;

const CASES: readonly Case[] = [
  {
    mistake: "a misspelt @tether, which would never publish",
    source: `${READING}@tethr({}) function reading(out: Reading): void {}\n${SETUP}`,
    at: "2:1",
    says: /there is no decorator @tethr/,
    remedy: /write @tether/,
  },
  {
    mistake: "a decorator of another framework",
    source: `@Component class Reading {}\n${SETUP}`,
    at: "1:1",
    says: /there is no decorator @Component/,
    remedy: /an app has @payload and @tether/,
  },
  {
    mistake: "an import that the SDK does not have",
    source: `import { Sensors } from "wasmote";\nnew Sensors();\n${SETUP}`,
    at: "1:10",
    says: /has no exported member 'Sensors'/,
    remedy: /assembly\/sdk\/index\.ts lists/,
  },
  {
    mistake: "a method of a function",
    source: `import { log } from "wasmote";\nexport function setup(): void { log.info("x"); }\n`,
    at: "2:37",
    says: /'info' does not exist on type 'function'/,
    remedy: /the file that the type names/,
  },
  {
    mistake: "an object without a class",
    source: `export function setup(): void { const o = { a: 1 }; }\n`,
    at: "1:43",
    says: /<object>/,
    remedy: /declare one/,
  },
  {
    mistake: "a number where text is wanted",
    source: `export function setup(): void { const s: string = "a" + 5; }\n`,
    at: "1:57",
    says: /not assignable to type '~lib\/string\/String'/,
    remedy: /value\.toString\(\)/,
  },
  {
    mistake: "for...of",
    source: `const names = ["a"];\nexport function setup(): void { for (const n of names) {} }\n`,
    at: "2:33",
    says: /Iterators/,
    remedy: /there is no for\.\.\.of/,
  },
  {
    mistake: "a field of a type that cannot be sent",
    source: `@payload class Reading {\n  when: Date = new Date(0);\n}\n${SETUP}`,
    at: "2:9",
    says: /Reading\.when has a type/,
    remedy: /use bool, i8 to u64/,
  },
  {
    mistake: "a field that may be null",
    source: `@payload class Reading {\n  name: string | null = null;\n}\n${SETUP}`,
    at: "2:9",
    says: /Reading\.name has a type/,
    remedy: /use bool/,
  },
  {
    mistake: "a field without a type",
    source: `@payload class Reading {\n  value = 0;\n}\n${SETUP}`,
    at: "2:3",
    says: /Type expected/,
    remedy: /value: i32 = 0/,
  },
  {
    mistake: "an array without a length",
    source: `@payload class Reading {\n  s: StaticArray<f32> = make();\n}\n${SETUP}`,
    at: "2:3",
    says: /its length must be written/,
    remedy: /new StaticArray<f32>\(4\)/,
  },
  {
    mistake: "an array of 300 elements",
    source: `@payload class Reading {\n  s: StaticArray<u8> = new StaticArray<u8>(300);\n}\n${SETUP}`,
    at: "2:3",
    says: /has 300 elements/,
    remedy: /1 to 255/,
  },
  {
    mistake: "an array of arrays",
    source: `@payload class Reading {\n  s: StaticArray<StaticArray<u8>> = [];\n}\n${SETUP}`,
    at: "2:6",
    says: /array of a type/,
    remedy: /use bool/,
  },
  {
    mistake: "a payload without fields",
    source: `@payload class Reading {}\n${SETUP}`,
    at: "1:16",
    says: /has no fields/,
    remedy: /at least one/,
  },
  {
    mistake: "a generic payload",
    source: `@payload class Reading<T> { value: i32 = 0; }\n${SETUP}`,
    at: "1:16",
    says: /is generic/,
    remedy: /one class for each/,
  },
  {
    mistake: "a payload that extends",
    source: `class Base {}\n@payload class Reading extends Base { value: i32 = 0; }\n${SETUP}`,
    at: "2:32",
    says: /extends another class/,
    remedy: /a field instead/,
  },
  {
    mistake: "a constructor with parameters",
    source: `@payload class Reading {\n  constructor(public value: i32) {}\n}\n${SETUP}`,
    at: "2:3",
    says: /constructor with parameters/,
    remedy: /initial values/,
  },
  {
    mistake: "a payload larger than a reading",
    source: `@payload class Reading { a: StaticArray<f64> = new StaticArray<f64>(64); }\n@tether() function reading(out: Reading): void {}\n${SETUP}`,
    at: "1:16",
    says: /takes 512 bytes, a reading holds 504/,
    remedy: /split it/,
  },
  {
    mistake: "a payload that contains itself",
    source: `@payload class Reading { next: Reading = new Reading(); }\n@tether() function reading(out: Reading): void {}\n${SETUP}`,
    at: "1:26",
    says: /contains itself/,
    remedy: /move its members up/,
  },
  {
    mistake: "two payloads of one name",
    source: `${READING}@payload class Reading { other: i32 = 0; }\n${SETUP}`,
    at: "2:16",
    says: /second @payload class/,
    remedy: /its own name/,
  },
  {
    mistake: "@payload inside a namespace",
    source: `namespace inner {\n  @payload class Reading { value: i32 = 0; }\n}\n${SETUP}`,
    at: "2:3",
    says: /@payload belongs on a class at the top/,
    remedy: /move it/,
  },
  {
    mistake: "an unknown option",
    source: tether("{ tagz: [] }"),
    at: "2:11",
    says: /no option "tagz"/,
    remedy: /one of tags, writeOffline/,
  },
  {
    mistake: "tags that are no list",
    source: tether('{ tags: "sensors" }'),
    at: "2:17",
    says: /"tags" is not what it must be/,
    remedy: /a list of texts/,
  },
  {
    mistake: "every of zero",
    source: tether("{ every: 0 }"),
    at: "2:18",
    says: /"every"/,
    remedy: /integer from 1 to 2147483647 \(milliseconds\)/,
  },
  {
    mistake: "an option that is computed",
    source: `const rate = 5;\n${tether("{ every: rate }")}`,
    at: "3:18",
    says: /"every"/,
    remedy: /written out/,
  },
  { mistake: "qos 2", source: tether("{ qos: 2 }"), at: "2:16", says: /"qos"/, remedy: /0 to 1/ },
  { mistake: "a topic with a wildcard", source: tether('{ topic: "a/+/b" }'), at: "2:18", says: /"topic"/, remedy: /without wildcards/ },
  { mistake: "options that are no object", source: tether("5000"), at: "2:9", says: /takes one object/, remedy: /@tether\(\{/ },
  {
    mistake: "a parameter too many",
    source: tether("", "reading(out: Reading, more: i32): void {}"),
    at: "2:20",
    says: /signature that cannot be published/,
    remedy: /reading\(out: Reading\): void/,
  },
  {
    mistake: "a result that is a number",
    source: tether("", "reading(): i32 { return 1; }"),
    at: "2:20",
    says: /signature/,
    remedy: /reading\(\): string/,
  },
  {
    mistake: "a parameter that is no payload",
    source: `class Plain {}\n@tether() function reading(out: Plain): void {}\n${SETUP}`,
    at: "2:33",
    says: /not a @payload class/,
    remedy: /put @payload in front/,
  },
  {
    mistake: "two tethers on one topic",
    source: `${READING}@tether({ topic: "t" }) function a(out: Reading): void {}\n@tether({ topic: "t" }) function b(out: Reading): void {}\n${SETUP}`,
    at: "3:34",
    says: /a and b both publish to t/,
    remedy: /another topic/,
  },
  {
    mistake: "@tether on a method",
    source: `class Sensors {\n  @tether() read(): void {}\n}\n${SETUP}`,
    at: "2:3",
    says: /@tether belongs on a function/,
    remedy: /move it/,
  },
  {
    mistake: "context over the exchange buffer",
    source: tether(`{ entity: "${"e".repeat(520)}" }`),
    at: "2:",
    says: /bytes, 512 fit/,
    remedy: /shorten/,
  },
  { mistake: "no setup", source: "let x: i32 = 0;\n", at: "1:1", says: /must export its setup/, remedy: /export function setup\(\): void/ },
  {
    mistake: "a setup that is not exported",
    source: "function setup(): void {}\n",
    at: "1:10",
    says: /must export its setup/,
    remedy: /export function setup/,
  },
  {
    mistake: "a setup with a parameter",
    source: "export function setup(x: i32): void {}\n",
    at: "1:17",
    says: /takes no parameters/,
    remedy: /export function setup\(\)/,
  },
  {
    mistake: "another export",
    source: `${SETUP}export function other(): void {}\n`,
    at: "2:17",
    says: /exports nothing but setup, not other/,
    remedy: /take `export` off/,
  },
  {
    mistake: "an export list",
    source: `${SETUP}function other(): void {}\nexport { other };\n`,
    at: "3:1",
    says: /not other/,
    remedy: /take `export` off/,
  },
  {
    mistake: "a name of the SDK's exports",
    source: `${SETUP}function step(): void {}\n`,
    at: "2:10",
    says: /`step` is a name/,
    remedy: /another name/,
  },
  {
    mistake: "a name of the generated code",
    source: `${SETUP}function __fill_x(): void {}\n`,
    at: "2:10",
    says: /belong to the generated code/,
    remedy: /another name/,
  },
  {
    mistake: "throw",
    source: `export function setup(): void {\n  throw new Error("no");\n}\n`,
    at: "2:3",
    says: /throw ends the app/,
    remedy: /return a Status/,
  },
  {
    mistake: "try",
    source: `export function setup(): void {\n  try { setup(); } catch (e) {}\n}\n`,
    at: "2:3",
    says: /no try\/catch/,
    remedy: /check the result/,
  },
];

describe("toolchain/transform: mistakes", () => {
  for (const { mistake, source, at, says, remedy } of CASES) {
    it(`points at ${mistake} and says what to do`, async (context) => {
      const message = await refusal(context, source);
      const line = message.split("\n").find((candidate) => says.test(candidate));
      assert.ok(line, message);
      assert.ok(line.includes(`app.ts:${at}`), `expected ${at} in: ${message}`);
      assert.match(message, remedy);
    });
  }

  it("reports several mistakes at once", async (context) => {
    const message = await refusal(context, `@payload class A { x: Date = 0; }\n@payload class B { y: any = 0; }\n`);
    assert.match(message, /A\.x/);
    assert.match(message, /B\.y/);
    assert.match(message, /setup/);
  });
});
