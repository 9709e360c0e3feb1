/** Texts of kernels as bytes: what the plugin makes of literals, and what it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type Compiled } from "../../../toolchain/build/compile.js";
import { BuildError } from "../../../toolchain/build/errors.js";
import { kernelArgs } from "../../../toolchain/build/kernel.js";
import { narrowTextFile, TextBytesTransform } from "../../../toolchain/transform/index.js";
import { answerOf } from "../build/temporaryKernel.js";

const ENTRY = "tests/toolchain/transform/temporary.ts";
const LIB = 'import { copyText, equalsText, textByte } from "../../../assembly/lib/text"; import "../../../assembly/kernel/host/abort";\n';

/** Compiles lines as a kernel's, with the plugin or, as an app's library would be, without. */
function compileLines(source: string, isNarrow = true): Promise<Compiled> {
  return compile({
    entry: ENTRY,
    args: kernelArgs({ name: "temporary", entry: ENTRY, memoryBytes: 4096 }),
    transforms: isNarrow ? [new TextBytesTransform()] : [],
    virtualFile: (path) => (path.endsWith(ENTRY) ? LIB + source : isNarrow ? narrowTextFile(path) : null),
  });
}

const holds = ({ module }: Compiled, text: Buffer): boolean => Buffer.from(module.toBytes()).includes(text);

describe("toolchain/transform/textBytes", () => {
  const greeting = `
    const HELLO: string = "hello, world";
    function textOf(isGreeting: bool): string { return isGreeting ? HELLO : "hello, world"; }
    const place: usize = memory.data(16);
    export function answer(): i32 {
      const length = copyText(place, textOf(load<u8>(place) == 0));
      return equalsText(place, length, "hello, world") && textByte(HELLO, 4) == 0x6f ? HELLO.length : -1;
    }`;

  it("lays each text down once, a byte a character, and finds it there", async () => {
    const narrow = await compileLines(greeting);
    assert.ok(holds(narrow, Buffer.from("hello, world")));
    assert.ok(!holds(narrow, Buffer.from("hello, world", "utf16le")));
    assert.equal(Buffer.from(narrow.module.toBytes()).toString("latin1").split("hello, world").length, 2);
    assert.equal(await answerOf(narrow.module), 12);
  });

  it("is not needed: the same lines work on the compiler's own strings", async () => {
    const wide = await compileLines(greeting, false);
    assert.ok(holds(wide, Buffer.from("hello, world", "utf16le")));
    assert.equal(await answerOf(wide.module), 12);
  });

  it("leaves alone what only the compiler reads", async () => {
    const { module } = await compileLines(`
      @external("host", "sys_abort") declare function again(): void;
      class Pair { first: i32 = 0; second: i32 = 0; }
      export function answer(): i32 { if (changetype<usize>(0) == 1) again(); return <i32>offsetof<Pair>("second"); }`);
    assert.equal(await answerOf(module), 4);
  });

  it("refuses what would read two bytes a character, and what has more than ASCII", async () => {
    for (const [line, says] of [
      [`const T: string = "abc"; export function answer(): i32 { return T.charCodeAt(1); }`, /one byte a character\n  use textByte/],
      [`export function answer(): i32 { return textByte("\u00e9", 0); }`, /not ASCII/],
    ] as const) {
      await assert.rejects(compileLines(line), (error) => error instanceof BuildError && says.test(error.message));
    }
  });
});
