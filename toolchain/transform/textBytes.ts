/**
 * The compiler plugin of kernels: string literals as bytes. The compiler lays a literal out as an object, two bytes a character behind a head of
 * 20; a kernel reads its ASCII literals through lib/text.ts alone, so one byte behind four is enough. Each text lies there once.
 */
import {
  LiteralKind,
  Node,
  NodeKind,
  Source,
  type CallExpression,
  type ExpressionStatement,
  type Parser,
  type PropertyAccessExpression,
  type StringLiteralExpression,
} from "assemblyscript";
import { Problems } from "./problems.js";
import { isIdentifier, isLiteral, parseStatements } from "./syntax.js";

/** What kernels are made of; the standard library keeps its own strings. */
const KERNEL_SOURCE = /^assembly\/(?!sdk\/)|^tests\//;

/** Functions of strings that would look for two bytes a character. */
const WIDE = new Set(["charAt", "charCodeAt", "codePointAt"]);

const TEXTS = "~lib/wasmote/texts.ts";

export class TextBytesTransform {
  /** The compiler's hook: all files are parsed, nothing is resolved yet. */
  afterParse(parser: Parser): void {
    const problems = new Problems(parser);
    const names = new Map<string, string>();
    for (const source of parser.sources) {
      if (KERNEL_SOURCE.test(source.normalizedPath)) replaceTexts(parser, source, names, problems);
    }
    if (problems.isEmpty) parser.parseFile([...names].map(([text, name]) => declaration(name, text)).join("\n"), TEXTS, false);
  }
}

/** What a kernel reads instead of a file of assembly/, or null. path: absolute. */
export function narrowTextFile(path: string): string | null {
  return /[/\\]assembly[/\\]lib[/\\]textShift\.ts$/.test(path) ? "export const TEXT_SHIFT: usize = 0;\n" : null;
}

/** Length as the compiler keeps it, in bytes of UTF-16, then the characters: `literal.length` stays what it is. */
function declaration(name: string, text: string): string {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32LE(text.length * 2);
  bytes.write(text, 4, "latin1");
  return `// @ts-ignore: decorator\n@global @lazy const ${name}: usize = memory.data<u8>([${[...bytes].join(",")}], 4) + 4;`;
}

function replaceTexts(parser: Parser, source: Source, names: Map<string, string>, problems: Problems): void {
  const replace = (literal: StringLiteralExpression): Node => {
    const text = literal.value;
    if (!/^[\0-\x7f]*$/.test(text))
      problems.at(literal, "a text of a kernel that is not ASCII", "write its bytes, such as \\u00e9 in JSON");
    const name = names.get(text) ?? `__text_${names.size}`;
    names.set(text, name);
    return (parseStatements(parser, source, `changetype<string>(${name});`)[0] as ExpressionStatement).expression;
  };
  for (const statement of source.statements) visit(statement, replace, problems);
}

/** Puts another node in the place of each string literal below `node`; those that only the compiler reads stay. */
function visit(node: object, replace: (literal: StringLiteralExpression) => Node, problems: Problems): void {
  const holder = node as Record<string, unknown>;
  for (const [key, child] of Object.entries(holder)) {
    if (typeof child !== "object" || child === null || child instanceof Source) continue;
    if (!(child instanceof Node)) {
      if (Array.isArray(child)) visit(child, replace, problems);
      continue;
    }
    if (isLiteral(child, LiteralKind.String)) {
      if (!isPath(node)) holder[key] = replace(child as StringLiteralExpression);
      continue;
    }
    if (child.kind === NodeKind.Decorator || isOffsetOf(child)) continue;
    if (child.kind === NodeKind.PropertyAccess && WIDE.has((child as PropertyAccessExpression).property.text)) {
      problems.at(child, "a kernel's texts have one byte a character", "use textByte of lib/text");
    }
    visit(child, replace, problems);
  }
}

/** offsetof<T>("field"): the compiler's own question. */
function isOffsetOf(node: Node): boolean {
  if (node.kind !== NodeKind.Call) return false;
  const callee = (node as CallExpression).expression;
  return isIdentifier(callee) && callee.text === "offsetof";
}

function isPath(node: object): boolean {
  return node instanceof Node && (node.kind === NodeKind.Import || node.kind === NodeKind.Export);
}
