/** What translated code does once, when an instance is made: from tables and in loops, for it is flash that nothing else uses. */
import { BuildError } from "../build/errors.js";
import { SectionId, type WasmModule } from "../build/wasmModule.js";
import { replaceOnce } from "./text.js";

const LOAD_DATA = /^ {2}LOAD_DATA\(instance->w2c_M0, (\d+)u, (data_segment_data_w2c_d\d+), (\d+)\);\n/gm;

const BEFORE_MEMORIES = /^static void init_memories\(/m;

const TYPES = /^static void init_func_types\(void\) \{\n(?: {2}func_types\[\d+\] = wasm_rt_register_func_type\(.*\);\n)*\}\n/m;

/**
 * Returns the C of a module, its bounds already held against constants, whose data segments are copied in a loop, and whose types are
 * numbered only where a table needs them. Throws BuildError where the text is not the translator's.
 */
export function withShortStart(source: string, module: WasmModule, where: string): string {
  const text = withSegmentTable(source, where);
  if (module.section(SectionId.Table) !== undefined) return text;
  const types = TYPES.exec(text)?.[0];
  if (types === undefined) throw new BuildError(`${where}: wasm2c wrote no types`);
  return replaceOnce(text, types, "static void init_func_types(void) {\n}\n", where);
}

/** Addresses and lengths are below 64 KiB, as those of a module of one page are. */
function withSegmentTable(source: string, where: string): string {
  const calls = [...source.matchAll(LOAD_DATA)];
  const expected = source.split("LOAD_DATA(instance->").length - 1;
  if (calls.length !== expected || !BEFORE_MEMORIES.test(source)) {
    throw new BuildError(`${where}: wasm2c fills memory ${expected} times, ${calls.length} of them are of a known form`);
  }
  if (calls.length === 0) return source;
  const rows = calls.map(([, at, name, bytes]) => `  {${name}, ${at}u, ${bytes}u},`);
  const table = `static const struct {\n  const u8* bytes;\n  u16 at;\n  u16 len;\n} data_segments[] = {\n${rows.join("\n")}\n};\n\n`;
  const loop = `  for (u32 i = 0; i < sizeof(data_segments) / sizeof(data_segments[0]); i++) {
    CHECK_SPAN(data_segments[i].at, data_segments[i].len);
    memcpy(instance->w2c_M0.data + data_segments[i].at, data_segments[i].bytes, data_segments[i].len);
  }
`;
  const [first] = calls;
  const text = source.replace(LOAD_DATA, (call, at) => (call === first![0] && at === first![1] ? loop : ""));
  return text.replace(BEFORE_MEMORIES, (head) => table + head);
}
