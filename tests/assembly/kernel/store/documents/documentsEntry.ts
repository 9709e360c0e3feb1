/** Documents over a store of a test, as a module of its own, for documents.test.ts. */
import { Documents } from "../../../../../assembly/kernel/store/documents/documents";
import { readResult } from "../../../../../assembly/kernel/store/documents/resultText";
import { Store } from "../../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { MapStore } from "../../../../fakes/mapStore";
import { NorDevice } from "../../../../fakes/norDevice";

const input: usize = memory.data(4096);
const output: usize = memory.data(16384);
const SECTOR_BYTES: i32 = 1024;
const SECTORS: i32 = 16;
const OUTPUT_BYTES: i32 = 16384;

let map = new MapStore();
let device: NorDevice | null = null;
let records: Store = map;
let documents = new Documents(records);

export function inputAt(): usize {
  return input;
}

export function outputAt(): usize {
  return output;
}

/** Starts with an empty store: over arrays, or the engine over flash. */
export function reset(isOnFlash: bool): void {
  map = new MapStore();
  records = map;
  device = null;
  if (isOnFlash) {
    device = new NorDevice(SECTOR_BYTES, SECTORS);
    return restart();
  }
  documents = new Documents(records);
  documents.open();
}

/** The engine mounts anew; paths are to be declared again. */
export function restart(): void {
  const engine = new TreeStore(device!);
  assert(engine.mount() == Status.Ok);
  records = engine;
  settle();
  documents = new Documents(records);
  documents.open();
}

function settle(): void {
  while (records.step()) {}
}

export function addPath(length: i32): i32 {
  const status = documents.index(input, length);
  while (documents.step()) settle();
  return status;
}

/** input: key, document. */
export function put(keyBytes: i32, documentBytes: i32): i32 {
  const status = documents.put(input, keyBytes, input + keyBytes, documentBytes, 0, 0, 0);
  settle();
  return status;
}

/** input: key, patch. */
export function update(keyBytes: i32, patchBytes: i32): i32 {
  return documents.update(input, keyBytes, input + keyBytes, patchBytes, -1);
}

export function remove(keyBytes: i32): i32 {
  return documents.remove(input, keyBytes);
}

/** The document's bytes in output, or a status. */
export function get(keyBytes: i32): i32 {
  const status = documents.get(input, keyBytes);
  if (status < 0) return status;
  documents.found.copy(0, documents.found.length, output);
  return documents.found.length;
}

/** Bytes of `u8 keyBytes, key, u16 length, result` in output, one after the other, or a status. */
export function ask(length: i32, isOrdered: bool, budget: i32): i32 {
  const query = documents.query;
  let status = query.open(input, length, isOrdered);
  let at = output;
  while (status >= 0 || status == Status.Busy) {
    status = query.next(budget);
    if (status < 0) continue;
    const item = query.result.item;
    store<u8>(at, item.keyBytes);
    memory.copy(at + 1, item.key, item.keyBytes);
    at += 1 + item.keyBytes;
    const got = readResult(query.program, query.result, 0, at + 2, OUTPUT_BYTES - <i32>(at - output) - 2);
    store<u16>(at, got);
    at += 2 + got;
  }
  if (map.violation.length > 0 || (device && device!.violation.length > 0)) return -100;
  return status == Status.NotFound ? <i32>(at - output) : status;
}
