/** Where a module's bytes go: code per source folder, taken from the names the compiler gives to functions. */
import type { FunctionSize } from "./functionSize.js";

export interface SizeRow {
  folder: string;
  functions: number;
  bytes: number;
}

/** Folders by the head of a function's name; the first that matches wins. */
const FOLDERS: ReadonlyArray<[RegExp, string | ((match: RegExpExecArray) => string)]> = [
  [/^assembly\/kernel\/([a-z0-9]+)\//, (match) => `kernel/${match[1]}`],
  [/^assembly\/kernel\//, "kernel"],
  [/^assembly\/(lib|sdk)\//, (match) => match[1]!],
  [/^(start:|~start)/, "start"],
  [/^~lib\//, "std"],
  [/^(.*)\//, "app"],
];

export function folderOf(name: string): string {
  const source = name.replace(/^start:(?=.*\/)/, "").replace(/^export:/, "");
  for (const [pattern, folder] of FOLDERS) {
    const match = pattern.exec(source);
    if (match) return typeof folder === "string" ? folder : folder(match);
  }
  return "other";
}

/** Rows, largest first, and a last one for what is not code: types, tables, data. */
export function sizeRows(sizes: readonly FunctionSize[], moduleBytes: number): SizeRow[] {
  const rows = new Map<string, SizeRow>();
  let code = 0;
  for (const { name, bytes } of sizes) {
    const folder = folderOf(name);
    const row = rows.get(folder) ?? { folder, functions: 0, bytes: 0 };
    row.functions++;
    row.bytes += bytes;
    code += bytes;
    rows.set(folder, row);
  }
  const sorted = [...rows.values()].sort((a, b) => b.bytes - a.bytes || a.folder.localeCompare(b.folder));
  return [...sorted, { folder: "data, tables", functions: 0, bytes: moduleBytes - code }];
}

export function formatSizeTable(title: string, rows: readonly SizeRow[], memoryBytes: number): string {
  const total = rows.reduce((sum, row) => sum + row.bytes, 0);
  const width = Math.max(14, ...rows.map((row) => row.folder.length));
  const line = (folder: string, functions: string, bytes: string): string => `  ${folder.padEnd(width)} ${functions.padStart(9)} ${bytes.padStart(7)}`;
  return [
    `${title}: ${total} bytes, ${memoryBytes} bytes of linear memory`,
    line("folder", "functions", "bytes"),
    ...rows.map((row) => line(row.folder, row.functions ? String(row.functions) : "", String(row.bytes))),
  ].join("\n");
}
