/** What the language offers and a device cannot do, and decorators in places where they have no effect. */
import { NodeKind, type DeclarationStatement, type FunctionDeclaration, type Node, type Source } from "assemblyscript";
import type { Problems } from "./problems.js";
import { decoratorNamed, walk } from "./syntax.js";

export function checkUse(source: Source, problems: Problems): void {
  const topLevel = new Set<Node>(source.statements);
  for (const node of walk(source)) {
    if (node.kind === NodeKind.Throw) {
      problems.at(node, "throw ends the app: nothing can catch", 'return a Status, or call abort("why") to end and restart the app');
    } else if (node.kind === NodeKind.Try) {
      problems.at(node, "there is no try/catch", "check the result instead: a negative number is a Status");
    } else if ("decorators" in node) {
      checkPlaces(node as DeclarationStatement, topLevel.has(node), problems);
    }
    const name = (node as Partial<DeclarationStatement>).name;
    if ("decorators" in node && name?.text.startsWith("__")) {
      problems.at(name, `${name.text}: names that begin with __ belong to the generated code`, "give it another name");
    }
  }
}

function checkPlaces(declaration: DeclarationStatement, isTopLevel: boolean, problems: Problems): void {
  const isClass = declaration.kind === NodeKind.ClassDeclaration;
  const isFunction = declaration.kind === NodeKind.FunctionDeclaration && (declaration as FunctionDeclaration).body !== null;
  const payload = decoratorNamed(declaration, "payload");
  if (payload && !(isClass && isTopLevel)) problems.at(payload, "@payload belongs on a class at the top of a file", "move it there");
  const tether = decoratorNamed(declaration, "tether");
  if (tether && !(isFunction && isTopLevel)) problems.at(tether, "@tether belongs on a function at the top of a file", "move it there");
}
