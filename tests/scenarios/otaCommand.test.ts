/** npm run ota -- push against a running board: progress, states, and exit codes; over topics and by URL. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { ROOT } from "../../toolchain/build/paths.js";
import { AedesBroker } from "../../toolchain/devcloud/aedesBroker.js";
import { makeCertificates } from "../../toolchain/devcloud/certificates.js";
import { privateKey, publicKeyBytes } from "../../toolchain/package/index.js";
import { setStage } from "../../toolchain/scripts/stage.js";

const folder = mkdtempSync(join(tmpdir(), "wasmote-ota-"));
process.env["WASMOTE_KEYS"] = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

const APPS = "tests/scenarios/apps";

async function ota(password: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, [join(ROOT, "toolchain", "run.mjs"), "ota", ...args], {
    cwd: ROOT,
    env: { ...process.env, WASMOTE_MQTT_PASSWORD: password },
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (out += text.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, out };
}

describe("scenarios/npm run ota", () => {
  it("ends with 0 once the board has confirmed, by URL and over topics, and with 1 when it runs the one before again", async () => {
    const tls = await makeCertificates();
    for (const [name, text] of Object.entries({ ca: tls.caPem, cert: tls.certificatePem, key: tls.keyPem })) {
      writeFileSync(join(folder, `${name}-tls.pem`), text);
    }
    const broker = await AedesBroker.start({ tls });
    const stage = await setStage({ app: `${APPS}/update-old`, broker, board: { updateKeys: [publicKeyBytes(privateKey())] } });
    const push = (app: string, counter: number, ...more: string[]): Promise<{ code: number; out: string }> =>
      ota(
        broker.password,
        ...["push", "--app", `${APPS}/${app}`, "--to", `mqtts://localhost:${broker.port}`, "--topic", stage.topicPrefix],
        ...["--ca", join(folder, "ca-tls.pem"), "--user", broker.user, "--name", "update-old", "--version", app],
        ...["--counter", String(counter), "--seconds", "60", ...more],
      );
    try {
      const serving = ["--serve", "https://localhost:0", "--cert", join(folder, "cert-tls.pem"), "--cert-key", join(folder, "key-tls.pem")];
      const byUrl = await push("update-new", 1, ...serving);
      assert.equal(byUrl.code, 0, byUrl.out);
      assert.match(byUrl.out, /update-old update-new, \d+ bytes, counter 1\n {2}https:\/\/localhost:\d+\/package\.wmpk\n {2}0 %\n/);
      assert.match(byUrl.out, /UPDATED update-new, runs update-new\n$/);
      const trapped = await push("update-trap", 2);
      assert.equal(trapped.code, 1, trapped.out);
      assert.match(
        trapped.out,
        /UPDATING update-trap, runs update-new\n(.*\n)* {2}FAILED: .*stopped again and again.*, runs update-new\n$/,
      );
      const refused = await push("update-hold", 1);
      assert.equal(refused.code, 1, refused.out);
      assert.match(refused.out, /FAILED update-hold: counter: found 1, expected more than 1/);
      const last = await push("update-hold", 3);
      assert.equal(last.code, 0, last.out);
    } finally {
      await stage.close();
    }
  });
});
