/** Small questions about the compiler's syntax tree, and snippets of source turned into it. */
import {
  CommonFlags,
  LiteralKind,
  Node,
  NodeKind,
  Source,
  SourceKind,
  Tokenizer,
  type ClassDeclaration,
  type DeclarationStatement,
  type DecoratorNode,
  type Expression,
  type IdentifierExpression,
  type LiteralExpression,
  type NamedTypeNode,
  type Parser,
  type Statement,
  type StringLiteralExpression,
  type TypeNode,
} from "assemblyscript";

export function sourceText(node: Node): string {
  return node.range.source.text.slice(node.range.start, node.range.end);
}

export function isExported(declaration: DeclarationStatement): boolean {
  return declaration.is(CommonFlags.Export);
}

/** The decorator of that name on a declaration, if it bears it. */
export function decoratorNamed(declaration: DeclarationStatement, name: string): DecoratorNode | undefined {
  return declaration.decorators?.find((decorator) => isIdentifier(decorator.name) && decorator.name.text === name);
}

export function dropDecorator(declaration: DeclarationStatement, decorator: DecoratorNode): void {
  const rest = declaration.decorators!.filter((other) => other !== decorator);
  declaration.decorators = rest.length > 0 ? rest : null;
}

export function isIdentifier(node: Node): node is IdentifierExpression {
  return node.kind === NodeKind.Identifier;
}

export function isLiteral(node: Node, kind: LiteralKind): node is LiteralExpression {
  return node.kind === NodeKind.Literal && (node as LiteralExpression).literalKind === kind;
}

/** The name of a plain type such as `i32` or `Reading`; undefined for anything else, nullable types included. */
export function plainTypeName(type: TypeNode | null): string | undefined {
  if (!type || type.kind !== NodeKind.NamedType || type.isNullable) return undefined;
  const { name, typeArguments } = type as NamedTypeNode;
  return name.next || typeArguments?.length ? undefined : name.identifier.text;
}

/** A literal as a value: text, integer or truth; undefined when it is none of them. */
export function literalValue(expression: Expression): string | number | boolean | undefined {
  if (isLiteral(expression, LiteralKind.String)) return (expression as StringLiteralExpression).value;
  if (isLiteral(expression, LiteralKind.Integer)) return Number(sourceText(expression).replaceAll("_", ""));
  if (expression.kind === NodeKind.True) return true;
  if (expression.kind === NodeKind.False) return false;
  return undefined;
}

/** Every node below and including `root`, in no particular order. */
export function* walk(root: Node): Generator<Node> {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof Source && next !== root) continue; // ranges point back at their source
    if (next instanceof Node) yield next;
    if (next instanceof Node || Array.isArray(next)) waiting.push(...Object.values(next));
  }
}

/** Parses `code` as top-level statements of the file `source` stands for. Only imports of the SDK reach the parser's queue. */
export function parseStatements(parser: Parser, source: Source, code: string): Statement[] {
  parser.currentSource = source;
  return parseAll(parser, snippet(source, code));
}

/** Parses a file that is to stand in the place of one of the compiler's library. */
export function parseLibrarySource(parser: Parser, path: string, text: string): Source {
  const source = new Source(SourceKind.Library, path, text);
  parser.currentSource = source;
  source.statements = parseAll(parser, new Tokenizer(source, parser.diagnostics));
  return source;
}

function parseAll(parser: Parser, tokenizer: Tokenizer): Statement[] {
  const statements: Statement[] = [];
  while (tokenizer.peek() !== END_OF_FILE) {
    const statement = parser.parseTopLevelStatement(tokenizer, null);
    if (!statement) throw new Error(`generated code does not parse:\n${tokenizer.source.text}`);
    statements.push(statement);
  }
  return statements;
}

export function parseMember(parser: Parser, declaration: ClassDeclaration, code: string): DeclarationStatement {
  parser.currentSource = declaration.range.source;
  const member = parser.parseClassMember(snippet(declaration.range.source, code), declaration);
  if (!member) throw new Error(`generated code does not parse:\n${code}`);
  return member as DeclarationStatement;
}

function snippet(source: Source, code: string): Tokenizer {
  return new Tokenizer(new Source(SourceKind.User, source.normalizedPath, code), []);
}

/** Token.EndOfFile of the compiler's tokenizer, which keeps that enum to itself. */
const END_OF_FILE = new Tokenizer(new Source(SourceKind.User, "empty.ts", ""), []).next();
