import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { join } from "node:path";
import * as prettier from "prettier";
import { ROOT } from "../../../toolchain/build/paths.js";

const format = (text: string): Promise<string> =>
  prettier.format(text, { parser: "assemblyscript", printWidth: 140, plugins: [join(ROOT, "toolchain", "editor", "prettier.mjs")] });

describe("toolchain/editor/prettier.mjs", () => {
  it("keeps decorators on functions as written and formats around them", async () => {
    const text = '@external( "host",\n  "a*b" )\nexport declare function f( x:i32 ) :void\n\n@inline function g():void{}\n';
    assert.equal(
      await format(text),
      '@external( "host",\n  "a*b" )\nexport declare function f(x: i32): void;\n\n@inline function g(): void {}\n',
    );
  });

  it("formats decorators on classes itself", async () => {
    assert.equal(await format("@payload\nclass A { x:i32=0 }"), "@payload\nclass A {\n  x: i32 = 0;\n}\n");
  });

  it("leaves formatted text alone", async () => {
    const once = await format("@tether({ every: 5 })\nfunction f( out:A ):void { out.x=1 }\n");
    assert.equal(await format(once), once);
  });
});
