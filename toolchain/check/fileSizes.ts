/** How long a file or a C function may grow: the house limits. TypeScript functions are eslint's. */

interface Limit {
  pattern: RegExp;
  lines: number;
}

/** The first pattern that matches a path decides. Golden data is as long as it is. */
const LIMITS: readonly Limit[] = [
  { pattern: /^tests\/vectors\//, lines: Infinity },
  { pattern: /^(main\/app_main|host\/sim\/main)\.c$/, lines: 120 },
  { pattern: /(^|\/)index\.ts$/, lines: 60 },
  { pattern: /(^|\/)README\.md$/, lines: 150 },
  { pattern: /(^|\/)ARCHITECTURE\.md$/, lines: 80 },
  { pattern: /\.(h|def)$|\/imports\.ts$/, lines: 200 },
  { pattern: /\.(ts|mts|cts|js|mjs|cjs|c)$/, lines: 400 },
];

export const MAX_FUNCTION_LINES = 50;

export interface Oversize {
  path: string;
  /** 1-based line of the function, 0 for the whole file. */
  line: number;
  lines: number;
  limit: number;
}

/** What in one file is over its limit. */
export function findOversize(path: string, text: string): Oversize[] {
  const found: Oversize[] = [];
  const all = text.split("\n");
  const lines = text.endsWith("\n") ? all.length - 1 : all.length;
  const limit = LIMITS.find(({ pattern }) => pattern.test(path))?.lines ?? Infinity;
  if (lines > limit) found.push({ path, line: 0, lines, limit });
  if (path.endsWith(".c")) found.push(...findLongFunctions(path, all));
  return found;
}

/** A C function's braces stand alone in the first column; so do no others that follow a closing parenthesis. */
function findLongFunctions(path: string, lines: readonly string[]): Oversize[] {
  const found: Oversize[] = [];
  let start = -1;
  lines.forEach((line, i) => {
    if (line === "{" && /\)\s*$/.test(lines[i - 1] ?? "")) start = i;
    if (line !== "}" || start < 0) return;
    const length = i - start - 1;
    if (length > MAX_FUNCTION_LINES) found.push({ path, line: start, lines: length, limit: MAX_FUNCTION_LINES });
    start = -1;
  });
  return found;
}

export function describeOversize({ path, line, lines, limit }: Oversize): string {
  return line === 0 ? `${path}: ${lines} lines, at most ${limit}` : `${path}:${line}: a function of ${lines} lines, at most ${limit}`;
}
