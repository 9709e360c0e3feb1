/** Requests, answers and properties of MQTT 5 on a simulated board, with mosquitto and a client that is no device of ours. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import { MosquittoBroker } from "../../toolchain/devcloud/mosquittoBroker.js";
import { setStage } from "../../toolchain/scripts/stage.js";

const DEADLINE_MS = 30_000;

/** Another party on the broker, which keeps what it hears. */
class Party {
  private readonly heard: IPublishPacket[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(readonly client: MqttClient) {
    client.on("message", (_topic, _payload, packet) => {
      this.heard.push(packet);
      for (const look of this.waiting) look();
    });
  }

  static async join(broker: MosquittoBroker, ...filters: string[]): Promise<Party> {
    const client = await mqtt.connectAsync(`mqtts://${broker.host}:${broker.directPort}`, {
      ca: broker.caPem,
      username: broker.user,
      password: broker.password,
      protocolVersion: 5,
    });
    await client.subscribeAsync(filters, { qos: 2 });
    return new Party(client);
  }

  /** The first message on a topic. */
  hears(topic: string): Promise<IPublishPacket> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing on ${topic} in ${DEADLINE_MS} ms`)), DEADLINE_MS);
      const look = (): void => {
        const found = this.heard.find((packet) => packet.topic === topic);
        if (found === undefined) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }
}

const said = ({ payload }: IPublishPacket): string => payload.toString();

describe("scenarios/requests", () => {
  it("asks and is answered, by number; gives up in time; answers; passes properties both ways", async () => {
    const broker = await MosquittoBroker.start();
    const party = await Party.join(broker, "clock/ask", "silence/ask", "said/#", "asker/+");
    const stage = await setStage({ app: "tests/scenarios/apps/requests", broker, kernel: "minimal-plain-v5" });
    try {
      const { properties } = await party.hears("clock/ask");
      const responseTopic = properties!.responseTopic!;
      assert.equal(responseTopic, "board/answers");
      assert.ok(properties!.messageExpiryInterval! <= 10);
      const correlationData = properties!.correlationData!;
      const another = Buffer.from(correlationData).fill(0xee, 4);
      await party.client.publishAsync(responseTopic, "wrong", { qos: 1, properties: { correlationData: another } });
      await party.client.publishAsync(responseTopic, "noon", { qos: 1, properties: { correlationData } });
      assert.equal(said(await party.hears("said/clock")), "noon");
      assert.equal(said(await party.hears("said/silence")), "none in time");

      const marked = (await party.hears("said/with")).properties!;
      assert.equal(marked.payloadFormatIndicator, true);
      assert.equal(marked.contentType, "text/plain");
      assert.deepEqual({ ...marked.userProperties }, { a: ["1", "2"] });
      assert.ok(marked.messageExpiryInterval! > 0 && marked.messageExpiryInterval! <= 60);

      const question = { responseTopic: "asker/1", correlationData: Buffer.from("q1"), userProperties: { unit: "mm" } };
      await party.client.publishAsync("board/ask", "how much?", { qos: 2, properties: question });
      const answer = await party.hears("asker/1");
      assert.deepEqual([said(answer), answer.properties!.correlationData!.toString()], ["3 mm", "q1"]);
      assert.equal((await stage.board.freshStatus()).appRestarts, 0);
    } finally {
      await party.client.endAsync();
      await stage.close();
    }
  });
});
