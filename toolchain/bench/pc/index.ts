/** `npm run bench`: everything measured in one run on this machine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import { ROOT } from "../../build/paths.js";
import { measureCodecs, measureStore } from "./modules.js";
import { PlainBroker } from "./plainBroker.js";
import { buildPrograms } from "./programs.js";
import { measureRates } from "./rates.js";
import { makeReport, type Report } from "./report.js";

/** As tests/bench/pc/apps/publisher and tests/bench/pc/mosquitto_client.c have them. */
const TOPIC_BYTES = 28;
const PAYLOAD_BYTES = 100;
const WARM_UP_MS = 200;

export interface PcBenchOptions {
  readonly rounds: number;
  /** How long each rate is measured. */
  readonly spanMs: number;
  /** Progress. */
  readonly say: (text: string) => void;
}

/** Measures, and writes build/bench.json. Throws BuildError. */
export async function runPcBench({ rounds, spanMs, say }: PcBenchOptions): Promise<Report> {
  const programs = await buildPrograms();
  const load = loadavg()[0]!;
  const broker = await PlainBroker.start();
  try {
    const rates = await measureRates(programs, broker, { rounds, ms: spanMs, warmUpMs: WARM_UP_MS, say });
    say("bench: codec and store ...\n");
    const report = makeReport({
      ...rates,
      codecNs: await measureCodecs(programs, rounds),
      store: await measureStore(programs, rounds),
      conditions: {
        node: process.versions.node,
        cpu: cpus()[0]?.model ?? "unknown processor",
        cpus: cpus().length,
        load,
        mosquitto: broker.version,
        topicBytes: TOPIC_BYTES,
        payloadBytes: PAYLOAD_BYTES,
        rounds,
        spanMs,
      },
    });
    mkdirSync(join(ROOT, "build"), { recursive: true });
    writeFileSync(join(ROOT, "build", "bench.json"), `${JSON.stringify(report, null, 2)}\n`);
    return report;
  } finally {
    await broker.close();
  }
}
