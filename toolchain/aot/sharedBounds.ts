/**
 * One check for all fields of an object that are read or written in a row. Where accesses from the same local follow one another with
 * no branch and no call between them, the farthest is checked in front of the first: if it is outside, the row ends in that trap anyway,
 * and nothing outside the module's memory has seen the part that is left out. This adds checks and takes none away: the compiler finds
 * by itself that those behind are implied.
 */
import { accessBytes } from "./bounds.js";

const FUNCTION_START = "  u8* const w2c_data = ";
const ACCESS = /\b([if](?:32|64)_(?:load|store)\w*)\(w2c_data, (\w+), (\d+)u/;
const ASSIGNMENT = /^ +(w2c_\w+) (\S*)= (.*);$/;
const LOCAL = /^w2c_[lp]\d+$/;
const STACK = /^w2c_[a-z]\d+$/;
const CALL_OR_IF = /^ +(?:if \(w2c_i\d+\) \{|\(?\*?\w+\)?\(.*\);$)/;
const CALLED = /\b([A-Za-z_]\w*)\)?\(/g;
const HARMLESS =
  /^(?:[usf](?:8|16|32|64)|[if](?:32|64)_(?:load|store)\w*|[if](?:32|64)_reinterpret_[if](?:32|64)|I(?:32|64)_(?:CLZ|CTZ|POPCNT|ROTL|ROTR))$/;

/** Accesses from one local, between two things that end a row. */
interface Row {
  readonly line: number;
  readonly first: number;
  end: number;
}

/** Returns the C of a module, its bounds already held against constants, with the checks in front of rows. */
export function withSharedBounds(source: string): string {
  const lines = source.split("\n");
  const rows = new Rows();
  let isInside = false;
  lines.forEach((line, at) => {
    if (line.startsWith(FUNCTION_START)) isInside = true;
    else if (line === "}") isInside = false;
    else if (isInside && isPlain(line)) return rows.take(line, at);
    rows.end(isInside ? line : "}");
  });
  return lines.flatMap((line, at) => [...(rows.checks.get(at) ?? []), line]).join("\n");
}

/** Neither branches nor calls, and cannot trap but by an access. */
function isPlain(line: string): boolean {
  if (!ASSIGNMENT.test(line) && !/^ +[if](?:32|64)_store\w*\(.*\);$/.test(line)) return false;
  return [...line.matchAll(CALLED)].every(([, name]) => HARMLESS.test(name!));
}

class Rows {
  /** What is put in front of which line. */
  readonly checks = new Map<number, string[]>();
  private readonly open = new Map<string, Row>();
  /** Places of the operand stack that hold what a local holds. */
  private readonly holds = new Map<string, string>();

  take(line: string, at: number): void {
    const access = ACCESS.exec(line);
    const local = access && this.holds.get(access[2]!);
    if (local) this.add(local, at, Number(access[3]) + accessBytes(access[1]!));
    this.assign(line);
  }

  /** A call, or what branches: behind it nothing is known where it can be reached from elsewhere. */
  end(line: string): void {
    for (const local of [...this.open.keys()]) this.close(local);
    if (ASSIGNMENT.test(line)) this.assign(line);
    else if (!CALL_OR_IF.test(line)) this.holds.clear();
  }

  private add(local: string, at: number, end: number): void {
    const row = this.open.get(local);
    if (row) row.end = Math.max(row.end, end);
    else this.open.set(local, { line: at, first: end, end });
  }

  private close(local: string): void {
    const row = this.open.get(local);
    this.open.delete(local);
    if (!row || row.end === row.first) return;
    this.checks.set(row.line, [...(this.checks.get(row.line) ?? []), `  CHECK_END(${local}, ${row.end}u)`]);
  }

  private assign(line: string): void {
    const [, to, operator, value] = ASSIGNMENT.exec(line) ?? [];
    if (to === undefined) return;
    this.holds.delete(to);
    if (LOCAL.test(to)) {
      this.close(to);
      for (const [place, local] of this.holds) if (local === to) this.holds.delete(place);
      if (operator === "" && STACK.test(value!) && !LOCAL.test(value!)) this.holds.set(value!, to);
    } else if (operator === "" && LOCAL.test(value!)) {
      this.holds.set(to, value!);
    }
  }
}
