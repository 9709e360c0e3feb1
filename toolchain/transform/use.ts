/** What the language offers and a device cannot do, and decorators in places where they have no effect. */
import {
  DecoratorKind,
  NodeKind,
  type DeclarationStatement,
  type DecoratorNode,
  type FunctionDeclaration,
  type Node,
  type Source,
} from "assemblyscript";
import { nearestName } from "../config/nearestName.js";
import type { Problems } from "./problems.js";
import { decoratorNamed, sourceText, walk } from "./syntax.js";

const OURS = ["payload", "tether"];

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
  for (const decorator of declaration.decorators ?? []) checkName(decorator, problems);
  const isClass = declaration.kind === NodeKind.ClassDeclaration;
  const isFunction = declaration.kind === NodeKind.FunctionDeclaration && (declaration as FunctionDeclaration).body !== null;
  const payload = decoratorNamed(declaration, "payload");
  if (payload && !(isClass && isTopLevel)) problems.at(payload, "@payload belongs on a class at the top of a file", "move it there");
  const tether = decoratorNamed(declaration, "tether");
  if (tether && !(isFunction && isTopLevel)) problems.at(tether, "@tether belongs on a function at the top of a file", "move it there");
}

/** The compiler passes over a decorator that it does not know: a misspelt @tether would never publish, and say nothing. */
function checkName(decorator: DecoratorNode, problems: Problems): void {
  const name = sourceText(decorator).replace(/^@|\([^]*$/g, "");
  if (decorator.decoratorKind !== DecoratorKind.Custom || OURS.includes(name)) return;
  const near = nearestName(name, OURS);
  problems.at(decorator, `there is no decorator @${name}`, near === null ? "remove it: an app has @payload and @tether" : `write @${near}`);
}
