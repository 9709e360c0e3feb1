/**
 * The compiler plugin behind @payload and @tether. It runs once, after parsing: reads the author's declarations, reports
 * what is wrong with them, and puts generated code beside them. Nothing of it is left at run time.
 */
import {
  NodeKind,
  SourceKind,
  type ClassDeclaration,
  type FunctionDeclaration,
  type ImportStatement,
  type Parser,
  type Source,
  type Statement,
} from "assemblyscript";
import { checkEntry, exportRuntime } from "./entry.js";
import { leastBytes, packMethod } from "./pack.js";
import { readPayload, type Payload } from "./payload.js";
import { Problems } from "./problems.js";
import { encodeSchema } from "./schema.js";
import { decoratorNamed, dropDecorator, parseMember, parseStatements } from "./syntax.js";
import { readTether, type Tether } from "./tether.js";
import { fillName, tetherCode } from "./tetherCode.js";
import { checkUse } from "./use.js";
import { EXCHANGE_BYTES, RECEIPT_BYTES } from "./wire.js";

export interface TransformOptions {
  /** The app's runtime has a collector, to be exported for the host. */
  hasCollector: boolean;
}

const TENDRL_TTL_SECONDS = 86_400;
const IMPORT = 'import * as __wasmote from "wasmote/generated";';

export class AppTransform {
  constructor(private readonly options: TransformOptions) {}

  /** The compiler's hook: all files are parsed, nothing is resolved yet. */
  afterParse(parser: Parser): void {
    const problems = new Problems(parser);
    const sources = parser.sources.filter(isAuthors);
    for (const source of sources) checkUse(source, problems);
    const payloads = collectPayloads(sources, problems);
    const tethers = collectTethers(sources, payloads, problems);
    const entry = sources.find((source) => source.sourceKind === SourceKind.UserEntry);
    if (entry) checkEntry(entry, problems);
    if (!problems.isEmpty) return;
    const code = tethers.map((tether) => ({ tether, text: generate(tether, payloads, problems) }));
    if (!problems.isEmpty) return;
    for (const { declaration, fields, name } of payloads.values()) {
      declaration.members.push(parseMember(parser, declaration, packMethod({ declaration, fields, name })));
    }
    for (const { tether, text } of code) insert(parser, tether, text);
    for (const source of sources) source.statements.unshift(...parseStatements(parser, source, IMPORT));
    if (entry) exportRuntime(parser, entry, this.options.hasCollector);
  }
}

/** The author's own files: neither the standard library nor the SDK. */
function isAuthors(source: Source): boolean {
  return !/^(~lib\/|assembly\/(sdk|lib)\/)/.test(source.normalizedPath);
}

/** Whether a file uses the typed face of Tendrl, whose @tether gives what it stores a day. */
function isTendrlApp({ statements }: Source): boolean {
  return statements.some(
    (statement) => statement.kind === NodeKind.Import && (statement as ImportStatement).path.value === "wasmote/tendrl",
  );
}

function collectPayloads(sources: readonly Source[], problems: Problems): Map<string, Payload> {
  const declarations = new Map<string, ClassDeclaration>();
  for (const statement of sources.flatMap((source) => source.statements)) {
    if (statement.kind !== NodeKind.ClassDeclaration) continue;
    const declaration = statement as ClassDeclaration;
    const decorator = decoratorNamed(declaration, "payload");
    if (!decorator) continue;
    dropDecorator(declaration, decorator);
    const name = declaration.name.text;
    if (declarations.has(name))
      problems.at(declaration.name, `a second @payload class is called ${name}`, "give each its own name, also across files");
    declarations.set(name, declaration);
  }
  const isPayload = (name: string): boolean => declarations.has(name);
  return new Map([...declarations].map(([name, declaration]) => [name, readPayload(declaration, isPayload, problems)]));
}

function collectTethers(sources: readonly Source[], payloads: ReadonlyMap<string, Payload>, problems: Problems): Tether[] {
  const tethers: Tether[] = [];
  const defaultTtl = sources.some(isTendrlApp) ? TENDRL_TTL_SECONDS : 0;
  for (const statement of sources.flatMap((source) => source.statements)) {
    if (statement.kind !== NodeKind.FunctionDeclaration) continue;
    const declaration = statement as FunctionDeclaration;
    const decorator = decoratorNamed(declaration, "tether");
    if (!decorator) continue;
    dropDecorator(declaration, decorator);
    const tether = readTether(declaration, decorator, (name) => payloads.has(name), defaultTtl, problems);
    if (!tether) continue;
    const twin = tethers.find((other) => other.options.topic === tether.options.topic);
    if (twin)
      problems.at(
        declaration.name,
        `@tether functions ${twin.name} and ${tether.name} both publish to ${tether.options.topic}`,
        "give one of them another topic",
      );
    tethers.push(tether);
  }
  return tethers;
}

function generate(tether: Tether, payloads: ReadonlyMap<string, Payload>, problems: Problems): string {
  if (tether.payloadName === undefined) return tetherCode(tether, [], problems);
  const payload = payloads.get(tether.payloadName)!;
  const schema = encodeSchema(payload, payloads, problems);
  if (!problems.isEmpty) return "";
  const least = leastBytes(payload, payloads);
  const room = EXCHANGE_BYTES - RECEIPT_BYTES;
  if (least > room)
    problems.at(
      payload.declaration.name,
      `@payload class ${payload.name} takes ${least} bytes, a reading holds ${room}`,
      "split it, or use smaller types",
    );
  return tetherCode(tether, schema, problems);
}

/** Renames the author's function and puts the one that publishes under its name behind it. */
function insert(parser: Parser, { declaration, name }: Tether, text: string): void {
  const source = declaration.range.source;
  const statements: Statement[] = parseStatements(parser, source, text);
  declaration.name.text = fillName(name);
  declaration.flags &= ~1; // no longer exported under any name
  source.statements.splice(source.statements.indexOf(declaration) + 1, 0, ...statements);
}
