/**
 * What we change in wasm3, as edits that check the text they expect. Its source is never committed.
 *
 * An edit: the file, why, the exact text it expects, and what stands there instead. The text stands once in the file, or
 * `times` times, and all are edited. It reaches far enough that a source which mends the same thing by itself no longer
 * matches: an edit on top of such a mend would not be one.
 * A version: how to know it, and the edits it needs. Sources that match no version are refused by prepare.mjs.
 */
import { faults } from "./faults.mjs";
import { fast } from "./fast.mjs";
import { fused } from "./fused.mjs";
import { names } from "./names.mjs";
import { small } from "./small.mjs";

export const VERSIONS = [
  {
    name: "0.5.0 as of March 2023 (npm react-native-webassembly 0.3.3)",
    recognise: (header) => header.includes('#define M3_VERSION       "0.5.0"'),
    edits: [...faults, ...fast, ...fused, ...small, ...names],
  },
];
