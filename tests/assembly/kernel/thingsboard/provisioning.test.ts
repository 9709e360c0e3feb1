/** kernel/thingsboard: provisioning, from the request to the first connection with what it brought, and over power cuts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, PowerCut, STATE, STATUS } from "../../../fakes/kernelBoard.js";
import { EVENT, SENT, ThingsboardBoard, TOKEN } from "../../../fakes/thingsboardBoard.js";

/** assembly/sdk/thingsboardWire.ts. */
const ALREADY_PROVISIONED = 1;
const SECRETS = ["provision-key", "provision-secret", "mine", 'u\\"x'];

/** Lets the board work; tells whether its power was cut. */
function runsIntoCut(things: ThingsboardBoard): boolean {
  try {
    things.run(3000);
    return false;
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    return true;
  }
}

function isOnFlash(things: ThingsboardBoard, text: string): boolean {
  return Buffer.from(things.board.stateFlash).includes(text);
}

describe("kernel/thingsboard: provisioning", () => {
  const REQUEST = { provisionDeviceKey: "provision-key-000000", provisionDeviceSecret: "provision-secret-000", deviceName: "new" };

  async function provision(more: object, isHeld = false): Promise<ThingsboardBoard> {
    const things = await ThingsboardBoard.make();
    if (isHeld) things.cloud.holdAnswers();
    delete things.board.config["mqtt.user"];
    things.certificate = "hash" in more ? String(more.hash) : null;
    things.board.power();
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Ok);
    assert.equal(things.board.publish("/provision/request", JSON.stringify({ ...REQUEST, ...more }), 0).result, 2);
    assert.equal(things.send(SENT.Telemetry, '{"a":1}', FLAG.offline | FLAG.qos1), STATUS.Busy);
    things.run(1500);
    assert.equal(things.board.server.all("publish").length, 0, "waits for a SUBACK that never comes");
    things.run(1500);
    return things;
  }

  for (const [what, more, type] of [
    ["a token of the server's", {}, "ACCESS_TOKEN"],
    ["a token of its own", { credentialsType: "ACCESS_TOKEN", token: "mine" }, "ACCESS_TOKEN"],
    ["basic credentials", { credentialsType: "MQTT_BASIC", clientId: "c", username: 'u\\"x', password: "p" }, "MQTT_BASIC"],
    ["a certificate", { credentialsType: "X509_CERTIFICATE", hash: "MIIB" }, "X509_CERTIFICATE"],
  ] as const) {
    it(`brings ${what}, stored before it is used`, async () => {
      const things = await provision(more);
      things.run(3000);
      assert.deepEqual(
        things.events().map(({ event, status }) => [event, status]),
        [[EVENT.Provisioned, STATUS.Ok]],
      );
      assert.equal(things.info().isProvisioned, 1);
      things.run(3000);
      const device = things.cloud.devices.find("new")!;
      assert.equal(device.credentials.credentialsType, type);
      assert.equal(things.session!.device, device, "online as itself");
      const [first, second] = things.board.server.all("connect");
      assert.deepEqual([first!.username, first!.password], ["provision", undefined]);
      if (type === "MQTT_BASIC") assert.deepEqual([second!.clientId, second!.username, second!.password?.toString()], ["c", 'u\\"x', "p"]);
      assert.equal(things.board.call("tb_provision", 60_000), ALREADY_PROVISIONED);
      things.send(SENT.Telemetry, '{"a":1}');
      things.run(500);
      assert.equal(device.telemetry.length, 1);
      things.board.power();
      assert.equal(things.board.call("tb_provision", 60_000), ALREADY_PROVISIONED, "after a reset");
      things.start();
      assert.equal(things.session!.device, device, "and online as itself again");
      assert.deepEqual(
        things.board.logs.filter((line) => SECRETS.some((secret) => line.includes(secret))),
        [],
        "no secret in the log",
      );
    });
  }

  it("uses credentials only once they are on flash, wherever the power is cut", async () => {
    let wasStored = false;
    let cuts = 0;
    for (const isTorn of [false, true]) {
      for (let cutIn = 1; ; cutIn++) {
        const things = await provision({ credentialsType: "ACCESS_TOKEN", token: "mine" }, true);
        const { board } = things;
        const { server } = board;
        const hear = server.onPacket;
        server.onPacket = (packet) => {
          if (packet.cmd === "connect" && packet.username === "mine")
            assert.ok(isOnFlash(things, "mine"), `used before stored, cut ${cutIn}`);
          hear(packet);
        };
        board.cutIn = cutIn;
        board.isTorn = isTorn;
        things.cloud.releaseAnswers();
        const isCut = runsIntoCut(things);
        board.cutIn = 0;
        assert.equal(server.all("connect").length, isCut ? 1 : 2, "the new credentials are for the next connection");
        board.power();
        const isProvisioned = things.info().isProvisioned === 1;
        if (!isCut) assert.ok(isProvisioned);
        assert.equal(board.call("tb_provision", 60_000), isProvisioned ? ALREADY_PROVISIONED : STATUS.Ok);
        wasStored ||= isCut && isProvisioned;
        if (isProvisioned) {
          things.start();
          assert.equal(things.session!.device, things.cloud.devices.find("new"));
        }
        if (!isCut) break;
        cuts++;
      }
    }
    assert.ok(cuts >= 4 && wasStored, `${cuts} cuts, one of them behind the moment from which on they count`);
  });

  it("asks a server that refused not again for five minutes, over resets too", async () => {
    const things = await provision({ deviceName: "mote" });
    things.run(1000);
    assert.equal(things.events()[0]!.status, STATUS.Refused);
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Refused);
    things.run(297_000);
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Refused);
    things.board.power();
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Refused);
    things.run(301_000);
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Ok);
    assert.equal(things.board.server.all("connect").length, 1);
  });

  it("is not begun where credentials cannot be stored", async () => {
    const minimal = await ThingsboardBoard.make("minimal-thingsboard");
    minimal.board.power();
    assert.equal(minimal.board.call("tb_provision", 60_000), STATUS.Unsupported);
    const foreign = await ThingsboardBoard.make();
    foreign.board.stateFlash.fill(0x5a);
    foreign.board.power();
    assert.equal(foreign.board.call("tb_provision", 60_000), STATUS.Unsupported);
    assert.match(foreign.board.logs.join(), /state partition does not mount/);
    for (const { board } of [minimal, foreign]) {
      board.run(1000);
      assert.deepEqual(board.opens, [], "no server was asked");
    }
  });

  for (const [what, request, status] of [
    ["a wrong secret", { provisionDeviceSecret: "guess" }, STATUS.NotFound],
    ["a name that is taken", { deviceName: "mote" }, STATUS.Refused],
  ] as const) {
    it(`tells ${what}, and stops`, async () => {
      const things = await provision(request);
      things.run(1000);
      assert.deepEqual(
        things.events().map(({ status: told }) => told),
        [status],
      );
      assert.equal(things.info().isProvisioned, 0);
      assert.equal(things.board.call("client_state"), STATE.Stopped);
      things.board.config["mqtt.user"] = TOKEN;
      things.start();
      assert.equal(things.session!.device, things.device, "and connects as configured");
      assert.equal(things.session!.filters.length, 4);
    });
  }

  it("T7: ends at its deadline when the server does not answer", async () => {
    const things = await ThingsboardBoard.make();
    things.board.server.onPacket = () => {};
    things.board.link = 0;
    things.board.power();
    assert.equal(things.board.call("tb_provision", 10_000), STATUS.Ok);
    things.board.publish("/provision/request", "{}", 0);
    things.run(9000);
    assert.deepEqual(things.events(), []);
    things.run(1500);
    assert.deepEqual(
      things.events().map(({ status }) => status),
      [STATUS.Timeout],
    );
    assert.equal(things.board.call("client_state"), STATE.Stopped);
  });

  it("does not begin while the client runs", async () => {
    const things = await ThingsboardBoard.online();
    assert.equal(things.board.call("tb_provision", 60_000), STATUS.Busy);
    assert.equal(things.board.call("tb_provision", 0), STATUS.Invalid);
  });
});
