/**
 * Which functions can come back to themselves: through calls alone a program runs for ever, too, in less stack than there is
 * (a tree of calls sixty deep has no end in anybody's lifetime).
 */
import { ByteReader } from "./byteReader.js";
import { OP_CALL, OP_CALL_INDIRECT, skipInstruction } from "./instructions.js";

/** What one body calls: indices of functions, imports counted; `isIndirect` when it calls by reference as well. */
interface Calls {
  readonly direct: readonly number[];
  readonly isIndirect: boolean;
}

/** Returns the offset of a body's first instruction, behind its locals. */
export function codeStart(body: Uint8Array): number {
  const reader = new ByteReader(body);
  for (let groups = reader.u32(); groups > 0; groups--) {
    reader.u32();
    reader.u8();
  }
  return reader.offset;
}

/**
 * Tells for each body whether its function lies on a cycle of calls. Whom a call by reference reaches is not looked up: a
 * function that makes one counts as lying on a cycle, so every cycle has a function that counts.
 */
export function findRecursive(bodies: readonly Uint8Array[], importedFunctions: number): boolean[] {
  const calls = bodies.map(readCalls);
  return calls.map(({ isIndirect }, index) => isIndirect || reaches(calls, index, importedFunctions));
}

/** Returns how many functions call one another in a row at most, leaving out those that lie on a cycle of calls: any other call comes to an end. */
export function longestChain(bodies: readonly Uint8Array[], importedFunctions: number, isRecursive: readonly boolean[]): number {
  const calls = bodies.map(readCalls);
  const known = new Map<number, number>();
  const chainFrom = (index: number): number => {
    const before = known.get(index);
    if (before !== undefined) return before;
    const own = calls[index]!.direct.map((callee) => callee - importedFunctions).filter((callee) => callee >= 0 && !isRecursive[callee]);
    const chain = 1 + Math.max(0, ...own.map(chainFrom));
    known.set(index, chain);
    return chain;
  };
  return Math.max(0, ...bodies.map((_, index) => (isRecursive[index] ? 0 : chainFrom(index))));
}

function readCalls(body: Uint8Array): Calls {
  const reader = new ByteReader(body, codeStart(body));
  const direct: number[] = [];
  let isIndirect = false;
  while (!reader.isDone) {
    const at = reader.offset;
    const opcode = skipInstruction(reader);
    if (opcode === OP_CALL) direct.push(new ByteReader(body, at + 1).u32());
    isIndirect ||= opcode === OP_CALL_INDIRECT;
  }
  return { direct, isIndirect };
}

/** Returns true when direct calls lead from function `index` back to it. */
function reaches(calls: readonly Calls[], index: number, importedFunctions: number): boolean {
  const seen = new Set<number>();
  const waiting = [index];
  for (let caller = waiting.pop(); caller !== undefined; caller = waiting.pop()) {
    for (const callee of calls[caller]?.direct ?? []) {
      const own = callee - importedFunctions;
      if (own === index) return true;
      if (own < 0 || seen.has(own)) continue;
      seen.add(own);
      waiting.push(own);
    }
  }
  return false;
}
