/** Checks the author's entry file, and exports beside its setup what the host calls. */
import {
  NodeKind,
  type DeclarationStatement,
  type ExportStatement,
  type FunctionDeclaration,
  type Node,
  type Parser,
  type Source,
  type VariableStatement,
} from "assemblyscript";
import type { Problems } from "./problems.js";
import { isExported, parseStatements, plainTypeName } from "./syntax.js";

const OWN_EXPORTS = ["abi_version", "step", "fuel", "__collect"];
const SETUP = "export function setup(): void { ... }";

export function checkEntry(source: Source, problems: Problems): void {
  const setup = source.statements.find((statement) => isFunction(statement) && statement.name.text === "setup") as
    FunctionDeclaration | undefined;
  if (!setup || !isExported(setup)) {
    problems.atRange(
      (setup?.name ?? source.statements[0] ?? source).range,
      "an app must export its setup function",
      `write \`${SETUP}\`; it runs once, when the app starts`,
    );
  } else if (setup.signature.parameters.length > 0 || plainTypeName(setup.signature.returnType) !== "void") {
    problems.at(setup.name, "setup takes no parameters and returns nothing", `write \`${SETUP}\``);
  }
  for (const statement of source.statements) checkStatement(statement, problems);
}

/** Adds abi_version, step and, for an app with a collector, __collect. */
export function exportRuntime(parser: Parser, source: Source, hasCollector: boolean): void {
  const code = [
    'export { abi_version, step } from "wasmote/runtime";',
    ...(hasCollector ? ['export { collectGarbage as __collect } from "wasmote/collector";'] : []),
  ];
  source.statements.push(...parseStatements(parser, source, code.join("\n")));
}

function checkStatement(statement: Node, problems: Problems): void {
  if (statement.kind === NodeKind.Export || statement.kind === NodeKind.ExportDefault) {
    const [member] = (statement as ExportStatement).members ?? [];
    refuseExport(statement, member?.exportedName.text ?? "this", problems);
    return;
  }
  const declarations =
    statement.kind === NodeKind.Variable ? (statement as VariableStatement).declarations : [statement as DeclarationStatement];
  for (const declaration of declarations) {
    const name = (declaration as Partial<DeclarationStatement>).name?.text;
    if (name === undefined) continue;
    if (OWN_EXPORTS.includes(name))
      problems.at(declaration.name, `\`${name}\` is a name the SDK exports for the host`, "give it another name");
    else if (name !== "setup" && isExported(declaration)) refuseExport(declaration.name, name, problems);
  }
}

function refuseExport(node: Node, name: string, problems: Problems): void {
  problems.at(node, `an app exports nothing but setup, not ${name}`, "take `export` off it, or move it to another file of the app");
}

function isFunction(node: Node): node is FunctionDeclaration {
  return node.kind === NodeKind.FunctionDeclaration;
}
