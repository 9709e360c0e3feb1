import { join } from "node:path";
import { ROOT } from "../build/paths.js";

export const BENCH_DIR = join(ROOT, "tests", "bench");
export const TARGET_DIR = join(BENCH_DIR, "target");
export const BUDGETS_FILE = join(BENCH_DIR, "budgets.json");
export const README_FILE = join(ROOT, "README.md");
/** Everything built for the target. */
export const OUTPUT_DIR = join(ROOT, "build", "bench-target");
export const REPORT_FILE = join(ROOT, "build", "bench-target.json");
