/**
 * Files that import each other in a circle. Which of them is evaluated first depends on who was asked for first, so a constant
 * made of another file's constant is there for one entry and missing for the next: AssemblyScript's TS2448.
 * TypeScript's own parser and resolver read both languages.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const RESOLUTION: ts.CompilerOptions = { moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext, allowJs: true };

/** Returns each circle as a line, `a.ts -> b.ts -> a.ts`. files: paths relative to `root`; those that are no modules are left out. */
export function findImportCircles(root: string, files: readonly string[]): string[] {
  const cache = ts.createModuleResolutionCache(root, (name) => name, RESOLUTION);
  const modules = files.filter((path) => /\.(ts|mts|mjs)$/.test(path) && !path.endsWith(".d.ts"));
  return circlesOf(new Map(modules.map((path) => [path, importsOf(root, path, cache)])));
}

function importsOf(root: string, path: string, cache: ts.ModuleResolutionCache): string[] {
  const absolute = join(root, path);
  const source = ts.createSourceFile(absolute, readFileSync(absolute, "utf8"), ts.ScriptTarget.ESNext);
  return source.statements.flatMap((statement) => {
    const name = importedBy(statement);
    if (!name?.startsWith(".")) return [];
    const target = ts.resolveModuleName(name, absolute, RESOLUTION, ts.sys, cache).resolvedModule?.resolvedFileName;
    return target === undefined ? [] : [relative(root, target).replaceAll("\\", "/")];
  });
}

/** What a statement imports or exports again when it runs: types alone are gone by then. */
function importedBy(statement: ts.Statement): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const { moduleSpecifier } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return undefined;
  const isTypes = ts.isImportDeclaration(statement) ? namesTypesAlone(statement.importClause) : statement.isTypeOnly;
  return isTypes ? undefined : moduleSpecifier.text;
}

function namesTypesAlone(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined || clause.name !== undefined) return clause?.isTypeOnly ?? false;
  const names = clause.namedBindings;
  return clause.isTypeOnly || (names !== undefined && ts.isNamedImports(names) && names.elements.every((name) => name.isTypeOnly));
}

/** Goes down each way once; one that comes back to itself is a circle. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
    if (done.has(path)) return;
    done.add(path);
    way.push(path);
    for (const next of imports.get(path) ?? []) visit(next);
    way.pop();
  };
  for (const path of imports.keys()) visit(path);
  return circles;
}
