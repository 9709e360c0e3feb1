/** The examples for ThingsBoard on simulated boards, over TLS, with a server that restarts, links that go and power that is cut. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { makeCertificates } from "../../toolchain/devcloud/certificates.js";
import { client, isUp, onStage, type Play, SOON_MS, until, untilFlashRests } from "./thingsboardStage.js";

describe("scenarios/thingsboard", { concurrency: 2 }, () => {
  it("telemetry arrives with its time over a link that goes, a power cut and a server that restarts", () =>
    onStage("examples/thingsboard-telemetry", async (play) => {
      const { broker, stage } = play;
      const { board } = stage;
      await until(play, "telemetry", () => broker.device.telemetry.length > 0);
      board.link("down");
      await board.waitFor("status", ({ link, waiting }) => link === "down" && waiting >= 10, SOON_MS);
      board.powerCut("torn", 100);
      await board.waitFor("boot", undefined, SOON_MS);
      const before = broker.device.telemetry.length;
      const backAtMs = Date.now();
      board.link("up");
      await broker.restart();
      await board.waitFor("status", ({ client: state, waiting }) => state === "online" && waiting === 0, SOON_MS);
      const samples = broker.device.telemetry;
      assert.ok(samples.every(({ isTimed }) => isTimed));
      const captured = samples.slice(before).filter(({ ts }) => ts < backAtMs);
      assert.ok(captured.length >= 10, `${captured.length} samples with the time of capture, not of sending`);
      assert.deepEqual(
        broker.cloud.notices.filter((notice) => /json|null|topic/i.test(notice)),
        [],
      );
    }));

  it("T4, T14: calls: known and unknown methods, a late reply, one to the server, over a restart", () =>
    onStage("examples/thingsboard-rpc", async (play) => {
      const { broker, stage } = play;
      const { cloud, device } = broker;
      await until(play, "session", () => isUp(play));
      const isOn = stage.board.waitFor("gpio", ({ pin, level }) => pin === 2 && level === 1, SOON_MS);
      assert.deepEqual(await cloud.call(device, "setLamp", { on: true }), { on: true });
      await isOn;
      assert.deepEqual(await cloud.call(device, "setLamp"), { on: false });
      assert.deepEqual(await cloud.call(device, "setLamp", 5), { on: false });
      assert.deepEqual(await cloud.call(device, "setLam", {}), { error: "unknown method", method: "setLam" });
      assert.deepEqual(await cloud.call(device, "setLamps", {}), { error: "unknown method", method: "setLamps" });
      assert.equal(await cloud.call(device, "blink", {}), "done");
      assert.equal(await cloud.call(device, "askTime", {}), "known");
      await broker.restart();
      await until(play, "session after the restart", () => isUp(play));
      assert.deepEqual(await cloud.call(device, "setLamp", { on: true }), { on: true });
    }));

  it("attributes: updates by key, deletion, answers, and what changed while the device was away", () =>
    onStage("examples/thingsboard-attributes", async (play) => {
      const { broker, stage } = play;
      const { cloud, device } = broker;
      await until(play, "session", () => isUp(play));
      cloud.setShared(device, { interval: 10, other: "x" });
      await until(play, "ten", () => client(play, "interval") === "ten");
      cloud.setShared(device, { mode: "eco", ask: 1 });
      await until(play, "answer", () => client(play, "seen") === "eco");
      await broker.stop();
      cloud.setShared(device, { interval: 20 });
      await broker.restart();
      await until(play, "missed update", () => client(play, "interval") === "other");
      stage.board.link("down");
      await stage.board.waitFor("status", ({ link }) => link === "down", SOON_MS);
      cloud.deleteShared(device, ["interval"]);
      stage.board.link("up");
      await until(play, "missed deletion", () => client(play, "interval") === "default");
    }));

  it("20 sends in about 10 s with a limit of 2:1, and the session stands", () =>
    onStage(
      "examples/thingsboard-telemetry",
      async (play) => {
        const { broker } = play;
        await until(play, "session", () => isUp(play));
        const from = broker.publications().length;
        await until(play, "20 messages", () => broker.publications().length >= from + 20, 30_000);
        const { receivedAtMs } = broker.publications()[from]!;
        const took = broker.publications()[from + 19]!.receivedAtMs - receivedAtMs;
        assert.ok(took >= 9000, `${took} ms`);
        assert.deepEqual(broker.cloud.notices, []);
        assert.equal(broker.connects, 1);
      },
      {},
      { limits: { messages: "2:1", telemetryMessages: "2:1" } },
    ));
});

const KEYS = { key: "provision-key-000000", secret: "provision-secret-000" };
const PORCH = { appConfig: { ...KEYS, name: "porch" }, mqttConfig: { user: undefined, clientId: undefined } };
/** Programs of the state partition with which the credentials are stored; their second copy follows. */
const WRITES_UNTIL_STORED = 1;

describe("scenarios/thingsboard: provisioning", { concurrency: 2 }, () => {
  for (const [kind, appConfig, type] of [
    ["a token of the server's", {}, "ACCESS_TOKEN"],
    ["a token of its own", { token: "my-token" }, "ACCESS_TOKEN"],
    ["basic credentials", { clientId: "c", userName: "u", password: "p" }, "MQTT_BASIC"],
  ] as const) {
    it(`gives ${kind}, and the device comes back with it`, () =>
      onStage(
        "examples/thingsboard-provisioning",
        async (play) => {
          const { cloud } = play.broker;
          await until(play, "provisioned device", () => (cloud.devices.find("porch")?.telemetry.length ?? 0) > 0);
          assert.equal(cloud.devices.find("porch")!.credentials.credentialsType, type);
          assert.deepEqual(cloud.devices.find("porch")!.telemetry[0]!.values, { provisioned: true });
        },
        { appConfig: { ...KEYS, name: "porch", ...appConfig }, mqttConfig: { user: undefined, clientId: undefined } },
      ));
  }

  /** Receives the answer, and loses its power in the so manieth write after that. */
  async function cutAtAnswer({ stage, broker }: Play, writes: number): Promise<void> {
    await until({ stage, broker }, "request", () => broker.cloud.heldAnswers === 1);
    await untilFlashRests(stage.board);
    const boots = stage.board.waitFor("boot", undefined, SOON_MS);
    stage.board.powerCutAfter(writes, "torn", 100);
    await stage.board.freshStatus(); // It takes its commands in order: the cut is set.
    broker.cloud.releaseAnswers();
    await boots;
  }

  it("keeps what it was given over a power cut between its receipt and its use, and over a reset after that", () =>
    onStage(
      "examples/thingsboard-provisioning",
      async (play) => {
        const { broker, stage } = play;
        await cutAtAnswer(play, WRITES_UNTIL_STORED + 1);
        const porch = broker.cloud.devices.find("porch")!;
        await until(play, "start with the credentials", () => porch.telemetry.length > 0);
        assert.deepEqual(porch.telemetry[0]!.values, { started: true });
        stage.board.powerCut("clean", 100);
        await until(play, "start after a reset", () => porch.telemetry.length > 1);
        assert.equal(broker.cloud.provisionings, 1);
      },
      PORCH,
      {},
      ({ cloud }) => cloud.holdAnswers(),
    ));

  it("does not use what a power cut kept it from storing", () =>
    onStage(
      "examples/thingsboard-provisioning",
      async (play) => {
        const { broker, stage } = play;
        await cutAtAnswer(play, WRITES_UNTIL_STORED);
        await until(play, "second request", () => broker.cloud.provisionings === 2);
        await until(play, "refusal: the name is taken", () => stage.board.logText.includes("trying again in five minutes"));
        assert.deepEqual(broker.cloud.devices.find("porch")!.telemetry, []);
        assert.equal(broker.connects, 0, "no session but those of provisioning");
      },
      PORCH,
      {},
      ({ cloud }) => cloud.holdAnswers(),
    ));

  for (const [what, appConfig] of [
    ["whose secret is wrong", { ...KEYS, secret: "guess", name: "porch" }],
    ["whose name is taken", { ...KEYS, name: "sim-board" }],
  ] as const) {
    it(`tells a device ${what}, which stays away`, () =>
      onStage(
        "examples/thingsboard-provisioning",
        async (play) => {
          await until(play, "refusal", () => play.stage.board.logText.includes("trying again in five minutes"));
          assert.equal(play.broker.cloud.provisionings, 1);
          assert.equal(play.broker.connects, 0);
        },
        { ...PORCH, appConfig },
      ));
  }

  it("T6: gives key and secret to no server that cannot prove who it is", async () => {
    const [own, other] = await Promise.all([makeCertificates(), makeCertificates()]);
    await onStage(
      "examples/thingsboard-provisioning",
      async ({ stage, broker }) => {
        await stage.board.waitFor("status", ({ lastCause }) => lastCause < 0, SOON_MS);
        assert.match(stage.board.logText, /not signed by tls\.ca/);
        assert.equal(broker.cloud.devices.find("porch"), undefined);
      },
      { appConfig: { ...KEYS, name: "porch" }, mqttConfig: { user: undefined, clientId: undefined } },
      { tls: { ...own, caPem: other.caPem } },
    );
  });

  it("takes the device's own certificate, and the server knows it by that", async () => {
    const own = await makeCertificates({ hosts: ["porch"] });
    const hash = own.certificatePem.replace(/-----[A-Z ]+-----|\s/g, "");
    await onStage(
      "examples/thingsboard-provisioning",
      async (play) => {
        const { cloud } = play.broker;
        await until(play, "provisioned device", () => (cloud.devices.find("porch")?.telemetry.length ?? 0) > 0);
        assert.equal(cloud.devices.find("porch")!.credentials.credentialsType, "X509_CERTIFICATE");
      },
      {
        appConfig: { ...KEYS, name: "porch", certificate: hash.slice(0, 400), certificateRest: hash.slice(400) },
        mqttConfig: { user: undefined, clientId: undefined },
        tlsConfig: { certificate: own.certificatePem, key: own.keyPem },
      },
    );
  });
});
