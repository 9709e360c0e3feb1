/**
 * Makes a TypeScript syntax tree say what the AssemblyScript compiler and our transform make of it, so that the checker
 * reports no false errors. Only these are lifted; all else is checked as it stands:
 *
 *     @inline function f()             decorators of AssemblyScript on functions, variables and namespaces are dropped
 *     @tether({ every: 5 })            becomes the statement tether({ every: 5 }), whose options are then checked
 *     function f(out: Reading): void   may be called without its argument, and then gives a result
 *
 * CommonJS, because TypeScript loads its plugins by require.
 */
"use strict";

const DROPPED = new Set(["builtin", "external", "final", "global", "inline", "lazy", "unsafe"]);
const TETHER = "tether";

function decoratorName(ts, decorator) {
  let expression = decorator.expression;
  while (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression)) expression = expression.expression;
  return ts.isIdentifier(expression) ? expression.text : "";
}

function canBeLifted(ts, statement) {
  return ts.isFunctionDeclaration(statement) || ts.isVariableStatement(statement) || ts.isModuleDeclaration(statement);
}

function lifted(ts, statement) {
  if (!canBeLifted(ts, statement)) return [];
  return (statement.modifiers ?? []).filter((modifier) => {
    if (!ts.isDecorator(modifier)) return false;
    const name = decoratorName(ts, modifier);
    return DROPPED.has(name) || (name === TETHER && ts.isFunctionDeclaration(statement));
  });
}

function innerStatements(ts, statement) {
  const body = ts.isModuleDeclaration(statement) ? statement.body : undefined;
  return body && ts.isModuleBlock(body) ? body : undefined;
}

/** The decorators that lift would take away, at any depth. */
function* liftedDecorators(ts, container) {
  for (const statement of container.statements) {
    yield* lifted(ts, statement);
    const inner = innerStatements(ts, statement);
    if (inner) yield* liftedDecorators(ts, inner);
  }
}

/** Tells whether lift would change the file. */
function needsLift(ts, file) {
  return !liftedDecorators(ts, file).next().done;
}

/** A node that stands where `place` does in the text, so that what is reported about it points there. */
function placed(ts, node, place) {
  ts.setTextRange(node, place);
  node.flags &= ~ts.NodeFlags.Synthesized;
  return node;
}

function dropModifiers(ts, statement, dropped) {
  const rest = statement.modifiers.filter((modifier) => !dropped.includes(modifier));
  statement.modifiers = rest.length > 0 ? ts.setTextRange(ts.factory.createNodeArray(rest), statement.modifiers) : undefined;
  statement.modifierFlagsCache = 0; // computed anew from what is left
}

/** The parameter gets an initial value of a type that fits any, the result becomes `any`: a result there is, of no text. */
function openSignature(ts, declaration) {
  const [parameter] = declaration.parameters;
  if (parameter && !parameter.initializer) {
    const end = { pos: parameter.end, end: parameter.end };
    const nothing = placed(ts, ts.factory.createNull(), end);
    parameter.initializer = placed(ts, ts.factory.createNonNullExpression(nothing), end);
  }
  if (declaration.type) declaration.type = placed(ts, ts.factory.createKeywordTypeNode(ts.SyntaxKind.AnyKeyword), declaration.type);
}

/** Changes the tree of a file that nobody has bound or checked yet. */
function lift(ts, container) {
  const statements = container.statements.flatMap((statement) => {
    const inner = innerStatements(ts, statement);
    if (inner) lift(ts, inner);
    const dropped = lifted(ts, statement);
    if (dropped.length === 0) return [statement];
    dropModifiers(ts, statement, dropped);
    const tethers = dropped.filter((decorator) => decoratorName(ts, decorator) === TETHER);
    if (tethers.length > 0) openSignature(ts, statement);
    return [...tethers.map(({ expression }) => placed(ts, ts.factory.createExpressionStatement(expression), expression)), statement];
  });
  container.statements = ts.setTextRange(ts.factory.createNodeArray(statements), container.statements);
}

module.exports = { lift, liftedDecorators, needsLift };
