/** Measures every kernel build on every engine, and keeps the report. */
import { writeFileSync } from "node:fs";
import { ENGINES, makeFigures, type Report } from "./figures.js";
import { buildStoreModules, buildTargetModules, TARGET_BUILDS } from "./modules.js";
import { REPORT_FILE } from "./paths.js";
import { buildPrograms, readMap, runProgram } from "./program.js";
import { makeStoreFigures } from "./storeFigures.js";

/** Builds and runs everything; the figures repeat exactly. Writes build/bench-target.json. Throws BuildError. */
export async function measureTarget(): Promise<Report> {
  const modules = await buildTargetModules();
  const code = await buildStoreModules();
  const folder = await buildPrograms({ hasTailCalls: true });
  const folderWithoutTailCalls = await buildPrograms({ hasTailCalls: false });
  const report: Report = { builds: {} };
  for (const build of TARGET_BUILDS) {
    report.builds[build] = {};
    for (const engine of ENGINES) {
      const name = `${build}-${engine}`;
      report.builds[build][engine] = makeFigures({
        engine,
        printed: await runProgram(folder, name),
        printedWithoutTailCalls: await runProgram(folderWithoutTailCalls, name),
        map: readMap(folder, name),
        modules: modules[build],
      });
    }
  }
  report.store = {};
  for (const engine of ENGINES) report.store[engine] = { ...makeStoreFigures(await runProgram(folder, `store-${engine}`)), code };
  writeFileSync(REPORT_FILE, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
