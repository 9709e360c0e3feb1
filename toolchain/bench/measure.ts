/** Measures every kernel build on every engine, and keeps the report. */
import { writeFileSync } from "node:fs";
import { ENGINES, makeFigures, type Report } from "./figures.js";
import { buildStoreModules, buildTargetModules, type Measured, TARGET_BUILDS } from "./modules.js";
import { REPORT_FILE } from "./paths.js";
import { buildPrograms, readMap, runProgram } from "./program.js";
import { makeStoreFigures } from "./storeFigures.js";

/** Builds and runs everything, or some of it alone; the figures repeat exactly. Writes build/bench-target.json. Throws BuildError. */
export async function measureTarget(only?: readonly Measured[]): Promise<Report> {
  const builds = TARGET_BUILDS.filter((build) => !only || only.includes(build));
  const modules = await buildTargetModules(builds);
  const code = !only || only.includes("store") ? await buildStoreModules() : null;
  const programs = { builds, hasStore: code !== null };
  const folder = await buildPrograms({ ...programs, hasTailCalls: true });
  const folderWithoutTailCalls = await buildPrograms({ ...programs, hasTailCalls: false });
  const report: Report = { builds: {} };
  for (const build of builds) {
    report.builds[build] = {};
    for (const engine of ENGINES) {
      const name = `${build}-${engine}`;
      report.builds[build][engine] = makeFigures({
        engine,
        printed: await runProgram(folder, name),
        printedWithoutTailCalls: await runProgram(folderWithoutTailCalls, name),
        map: readMap(folder, name),
        modules: modules[build]!,
      });
    }
  }
  if (code !== null) {
    report.store = {};
    for (const engine of ENGINES) report.store[engine] = { ...makeStoreFigures(await runProgram(folder, `store-${engine}`)), code };
  }
  writeFileSync(REPORT_FILE, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
