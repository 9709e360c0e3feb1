/** The memory of kernels (assembly/kernel/runtime): what lies in front of an object, where the next one begins, and where it ends. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evaluate } from "../../../toolchain/build/binaryen.js";
import { BuildError } from "../../../toolchain/build/errors.js";
import { answerOf, compileLines, MEMORY_BYTES } from "../build/temporaryKernel.js";

/** What `answer` of these lines answers, compiled; and again when all that runs at the start ran while the module was built. */
async function answersOf(source: string): Promise<unknown[]> {
  const module = await compileLines(source);
  return [await answerOf(module), await answerOf(await evaluate(module, "start"))];
}

const PLACE = "function place(object: usize): i32 { return <i32>object; }\n";

describe("assembly/kernel/runtime", () => {
  it("puts four bytes in front of an array, four-byte steps apart, and none in front of an object", async () => {
    const answers = await answersOf(`
      class Pair { first: i32 = 1; last: u8 = 2; }
      const a = heap.alloc(0), five = new StaticArray<u8>(5), b = heap.alloc(0), pair = new Pair(), c = heap.alloc(0), one = heap.alloc(1), d = heap.alloc(0);
      export function answer(): i32 {
        if (changetype<usize>(five) != a + 4 || b != a + 12 || five.length != 5 || five[4] != 0) return 1;
        if (changetype<usize>(pair) != b || c != b + 8 || pair.last != 2) return 2;
        if (one != c || d != c + 4) return 3;
        return (a | b | c | d) & 3;
      }`);
    assert.deepEqual(answers, [0, 0]);
  });

  it("tells the length of arrays, made or laid down by the compiler, and calls through a table of functions", async () => {
    const answers = await answersOf(`
      const made = new StaticArray<u16>(7);
      const laid: StaticArray<u8> = [1, 2, 3];
      const calls: StaticArray<(value: i32) => i32> = [(value: i32): i32 => value + 1, (value: i32): i32 => value * 2];
      let which = 1;
      export function answer(): i32 {
        if (made.length != 7 || laid.length != 3 || calls.length != 2 || laid[2] != 3) return 1;
        return unchecked(calls[which])(20) + unchecked(calls[0])(1);
      }`);
    assert.deepEqual(answers, [42, 42]);
  });

  it("calls the method of an object's own class, asks for it, and leaves both alone in fields of 64 bits at a multiple of four", async () => {
    const answers = await answersOf(`
      abstract class Shape { constructor(public tag: i64) {} abstract area(): i32; twice(): i32 { return 2 * this.area(); } }
      class Square extends Shape { constructor(private readonly side: i32) { super(-5); } area(): i32 { return this.side * this.side; } }
      class Strip extends Shape { constructor(private readonly long: i32) { super(i64.MAX_VALUE); } area(): i32 { return this.long; } }
      const odd = heap.alloc(4);
      const shapes: StaticArray<Shape> = [new Square(3), new Strip(12)];
      export function answer(): i32 {
        const square = unchecked(shapes[0]), strip = unchecked(shapes[1]);
        if (!(square instanceof Square) || strip instanceof Square || odd == 0) return 1;
        if (square.tag != -5 || strip.tag != i64.MAX_VALUE) return 2;
        return square.twice() + strip.twice();
      }`);
    assert.deepEqual(answers, [42, 42]);
  });

  it("hands out every byte that a kernel is granted, and traps at the next", async () => {
    const module = await compileLines(`
      ${PLACE}
      export function answer(): i32 {
        const left = ${MEMORY_BYTES} - place(heap.alloc(0));
        const all = heap.alloc(left);
        store<u8>(all + left - 1, 1);
        heap.alloc(0);
        return place(all) + left;
      }`);
    assert.equal(await answerOf(module), MEMORY_BYTES);
    for (const beyond of ["heap.alloc(left + 1)", "changetype<usize>(new StaticArray<u8>(left - 3))"]) {
      const over = await compileLines(`
        ${PLACE}
        export function answer(): i32 {
          const left = ${MEMORY_BYTES} - place(heap.alloc(0));
          return place(${beyond});
        }`);
      await assert.rejects(answerOf(over), WebAssembly.RuntimeError, beyond);
    }
  });

  it("refuses a kernel whose objects do not fit when they are made at its build", async () => {
    const module = await compileLines(
      `const room = new StaticArray<u8>(${MEMORY_BYTES}); export function answer(): i32 { return room[0]; }`,
    );
    await assert.rejects(
      evaluate(module, "start"),
      (error) => error instanceof BuildError && /does not fit into its memory/.test(error.message),
    );
  });
});
