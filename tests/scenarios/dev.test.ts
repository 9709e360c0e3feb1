/** The development loop: what is saved runs, what does not build is refused, and no reading is lost over it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { ROOT } from "../../toolchain/build/paths.js";
import { DevLoop } from "../../toolchain/dev/loop.js";
import { waitForPublication } from "../../toolchain/devcloud/broker.js";
import { weigh } from "../../toolchain/scripts/evidence.js";
import { setStage } from "../../toolchain/scripts/stage.js";
import { readArrivals } from "../../toolchain/scripts/unattended.js";

describe("scenarios/dev", () => {
  it("swaps a saved app in the running board, keeps the one before when it does not build, and loses nothing", async (context) => {
    const folder = join(ROOT, "build", `dev-${process.pid}`, "meter");
    mkdirSync(folder, { recursive: true });
    context.after(() => rmSync(join(folder, ".."), { recursive: true, force: true }));
    cpSync(join(ROOT, "tests/scenarios/apps/update-old/app.ts"), join(folder, "app.ts"));
    const source = readFileSync(join(folder, "app.ts"), "utf8");
    const stage = await setStage({ app: folder });
    const { board, broker, topicPrefix } = stage;
    context.after(() => stage.close());
    const loop = new DevLoop(board, folder, stage.app);
    context.after(() => loop.close());
    await board.waitForStatus(({ deliveredTotal }) => deliveredTotal > 3);

    const refused = once(loop, "refused");
    writeFileSync(join(folder, "app.ts"), source.replace("out.generation = 1;", "out.generation = nothing;"));
    assert.match(((await refused)[0] as Error).message, /nothing/);

    const swapped = once(loop, "swapped");
    writeFileSync(join(folder, "app.ts"), source.replace("out.generation = 1;", "out.generation = 7;"));
    const [ms] = (await swapped) as [number];
    context.diagnostic(`swapped ${Math.round(ms)} ms after it was saved`);
    await waitForPublication(broker, "reading of the saved app", ({ payload }) => payload.toString().includes('"generation":7'));
    assert.equal(board.resets, 0);

    const accepted = [...board.accepted];
    await board.waitForStatus(({ deliveredTotal }) => deliveredTotal >= accepted.length, 20_000);
    const { arrivals } = readArrivals(broker.publications(), topicPrefix);
    const findings = weigh({ accepted, arrivals, expired: 0, evicted: 0, faultWindows: [] });
    assert.deepEqual([findings.lost, findings.outOfOrder], [0, 0]);
  });
});
