/**
 * A prettier plugin for AssemblyScript. Prettier's parser refuses decorators on functions; to it they are comments of the
 * same length, printed back as they were written. All else is formatted as TypeScript.
 */
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";
import ts from "typescript";

import lift from "./lift.cjs";

const FORMAT = "estree-assemblyscript";

function mask(text) {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const written = new Map();
  let masked = text;
  for (const decorator of lift.liftedDecorators(ts, file)) {
    const start = decorator.getStart(file);
    const original = text.slice(start, decorator.end);
    written.set(start, original);
    const inside = original.slice(2, -2).replaceAll("*", " ");
    masked = `${masked.slice(0, start)}/*${inside}*/${masked.slice(decorator.end)}`;
  }
  return { masked, written };
}

const parser = {
  ...typescript.parsers.typescript,
  astFormat: FORMAT,
  async parse(text, options) {
    const { masked, written } = mask(text);
    const tree = await typescript.parsers.typescript.parse(masked, options);
    for (const comment of tree.comments ?? []) {
      const original = written.get(typescript.parsers.typescript.locStart(comment));
      if (original !== undefined) comment.decorator = original;
    }
    return tree;
  },
};

const printer = {
  ...estree.printers.estree,
  printComment(path, options) {
    return path.node.decorator ?? estree.printers.estree.printComment(path, options);
  },
};

export const parsers = { assemblyscript: parser };
export const printers = { [FORMAT]: printer };
