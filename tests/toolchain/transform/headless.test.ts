/** Objects without a head: which classes keep theirs, and that the others work without. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BuildError } from "../../../toolchain/build/errors.js";
import { answerOf, compileLines } from "../build/temporaryKernel.js";

/** Lines that answer how many bytes an object of a class without fields of its own takes, beside its one field of four. */
const headOf = (made: string): string => `
  export function answer(): i32 {
    const before = heap.alloc(0);
    const object = ${made};
    object.base = 5;
    return object.base == 5 ? <i32>(heap.alloc(0) - before) - 4 : -1;
  }`;

const BASE = "class Base { base: i32 = 0; seven(): i32 { return 7; } get eight(): i32 { return 8; } set eight(value: i32) {} }";

describe("toolchain/transform/headless", () => {
  it("takes the head of a class that stands alone, and of one that adds to another", async () => {
    for (const [classes, made] of [
      [BASE, "new Base()"],
      [`${BASE} class Own extends Base { nine(): i32 { return 9; } }`, "new Own()"],
      [`${BASE} class Own extends Base { constructor() { super(); } }`, "new Own()"],
      [`${BASE} class Own extends Base {}  class Other { seven(): i32 { return 77; } }`, "new Own()"],
      [`${BASE} class Of<T> extends Base {}`, "new Of<Base>()"],
    ] as const) {
      assert.equal(await answerOf(await compileLines(classes + headOf(made))), 0, classes);
    }
  });

  it("leaves it where a method is overridden, in whatever order the classes come, and where there is an interface", async () => {
    for (const [classes, made] of [
      [`${BASE} class Own extends Base { seven(): i32 { return 77; } }`, "new Base()"],
      [`class Own extends Middle { seven(): i32 { return 77; } } class Middle extends Base {} ${BASE}`, "new Middle()"],
      [`${BASE} class Own extends Base { get eight(): i32 { return 88; } }`, "new Own()"],
      [`interface Says { seven(): i32; } class Own implements Says { base: i32 = 0; seven(): i32 { return 7; } }`, "new Own()"],
    ] as const) {
      assert.equal(await answerOf(await compileLines(classes + headOf(made))), 8, classes);
    }
  });

  it("refuses what it cannot see: a class extended, and overridden, under another name", async () => {
    const importing = (rest: string): Promise<unknown> =>
      compileLines(
        `import { Base as Mother } from "./mother"; class Own extends Mother { ${rest} } export function answer(): i32 { return new Own().seven(); }`,
        {
          mother: `export ${BASE}`,
        },
      );
    await assert.rejects(
      importing("seven(): i32 { return 77; }"),
      (error) => error instanceof BuildError && /Base.seven is overridden/.test(error.message),
    );
    await importing("nine(): i32 { return 9; }");
  });

  it("leaves the compiler to refuse a question for the class of an object that has no head", async () => {
    const asking = `${BASE} class Own extends Base {} let it: Base = new Own(); export function answer(): i32 { return i32(it instanceof Own); }`;
    await assert.rejects(compileLines(asking), (error) => error instanceof BuildError && /instanceof/.test(error.message));
  });
});
