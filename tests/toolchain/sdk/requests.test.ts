/** The SDK's properties and requests from outside: what crosses the wall, and what happens when answers are late or wrong. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

const IMPORTS = `import { Client, Message, Properties, Property, Status, log, received, requests } from "wasmote";
const client = new Client();
const properties = new Properties(24);
function told(answer: Message | null, request: i32): void { log(answer ? (answer.is("yes") ? "yes" : "other") : "none"); log(request.toString()); }
function heard(message: Message): void { HEARD }
`;

/** A board with a clock of its own, and an inbox. */
async function boardWith(
  context: TestContext,
  setup: string,
  heard = "",
): Promise<{ board: AppBoard; at(ms: number): void; deliver(topic: string, properties: Buffer, payload: string): void }> {
  const board = await boardFor(context, `${IMPORTS.replace("HEARD", heard)}export function setup(): void { ${setup} }\n`);
  let nowMs = 1000;
  const inbox: { topic: Buffer; properties: Buffer; payload: Buffer }[] = [];
  board.answers["time"] = ([dst], memory) => (new DataView(memory.buffer).setBigInt64(dst!, BigInt(nowMs), true), 0);
  board.answers["random"] = ([dst, len], memory) => (memory.fill(0x5a, dst!, dst! + len!), 0);
  board.answers["publish"] = () => 2;
  board.answers["event_next"] = ([header], memory) => {
    const [message] = inbox;
    if (!message) return 0;
    const view = new DataView(memory.buffer, header!, 16);
    view.setUint16(0, message.topic.length, true);
    view.setUint32(4, message.payload.length, true);
    view.setUint32(12, message.properties.length, true);
    return 1;
  };
  board.answers["event_read"] = ([offset, dst, cap], memory) => {
    const { topic, properties, payload } = inbox[0]!;
    const part = Buffer.concat([topic, properties, payload]).subarray(offset!, offset! + cap!);
    memory.set(part, dst!);
    return part.length;
  };
  board.answers["event_done"] = () => (inbox.shift(), 0);
  board.setup();
  return {
    board,
    at: (ms) => void board.step((nowMs = ms)),
    deliver(topic, properties, payload) {
      inbox.push({ topic: Buffer.from(topic), properties, payload: Buffer.from(payload) });
      board.step(nowMs);
    },
  };
}

const logged = (board: AppBoard): string[] => board.callsOf("log").map((call) => text(call.spans[0]));

/** u16 length, properties, payload of the nth publish. */
function published(board: AppBoard, nth: number): { properties: Buffer; payload: string } {
  const body = Buffer.from(board.callsOf("publish")[nth]!.spans[1]!);
  const end = 2 + body.readUInt16LE(0);
  return { properties: body.subarray(2, end), payload: body.subarray(end).toString() };
}

/** Correlation data of the nth request, as a property. */
function correlation(board: AppBoard, nth: number): Buffer {
  const { properties } = published(board, nth);
  return properties.subarray(properties.lastIndexOf(Buffer.from([0x09, 0x00, 0x08])));
}

describe("assembly/sdk/properties.ts", () => {
  it("writes properties in front of the payload, in the order they were added", async (context) => {
    const { board } = await boardWith(context, 'client.publishWith(properties.text().user("a", "é").contentType("x"), "t", "body", 0, 9);');
    const { properties, payload } = published(board, 0);
    assert.equal(properties.toString("hex"), "0101" + "26000161" + "0002c3a9" + "03000178");
    assert.equal(payload, "body");
    assert.deepEqual(board.callsOf("publish")[0]!.args.slice(4, 6), [0x40, 9]);
  });

  it("refuses what does not fit its buffer or the call, and starts anew after clear", async (context) => {
    const { board } = await boardWith(
      context,
      `log(client.publishWith(properties.contentType("0123456789012345678901"), "t", "x").toString());
       log(client.publishWith(properties.clear().text(), "t", "${"x".repeat(493)}").toString());
       log(client.publishWith(properties.clear().text(), "t", "x").toString());`,
    );
    assert.deepEqual(logged(board), ["-12", "-12", "2"]);
  });

  it("finds what came: numbers, texts, user properties by name and turn; nothing behind the end of what is held", async (context) => {
    const { deliver, board } = await boardWith(
      context,
      'client.subscribe("t", heard);',
      `log(received.find(Property.MessageExpiry) ? received.number.toString() : "-");
       log(received.find(Property.SubscriptionIdentifier) ? received.number.toString() : "-");
       log(received.findUser("k", 1) && received.is("2") ? "second" : "-");
       log(received.find(Property.ContentType) ? "type" : "no type");`,
    );
    deliver("t", Buffer.from("0200010000" + "0b8001" + "2600016b000131" + "2600016b000132", "hex"), "x");
    assert.deepEqual(logged(board), ["65536", "128", "second", "no type"]);
    deliver("t", Buffer.concat([Buffer.from([3, 2, 0]), Buffer.alloc(600)]), "");
    assert.deepEqual(logged(board).slice(4), ["-", "-", "-", "no type"]);
  });
});

describe("assembly/sdk/requests.ts", () => {
  it("gives each request its answer, whatever the order, and none twice", async (context) => {
    const { board, deliver } = await boardWith(
      context,
      'requests.open(client, "me"); requests.send("a", "1", told); requests.send("b", "2", told);',
    );
    const ofAnEarlierStart = Buffer.from(correlation(board, 0)).fill(0, 3, 7);
    deliver("me", ofAnEarlierStart, "yes");
    deliver("me", Buffer.alloc(0), "yes");
    assert.deepEqual(logged(board), []);
    for (const nth of [1, 0, 1]) deliver("me", correlation(board, nth), "yes");
    assert.deepEqual(logged(board), ["yes", "2", "yes", "1"]);
  });

  it("ends each in its own time, once, with one timer; an answer after that is late", async (context) => {
    const { board, at, deliver } = await boardWith(
      context,
      'requests.open(client, "me"); requests.send("a", "1", told, 500); requests.send("a", "2", told, 100); requests.send("a", "3", told, 300);',
    );
    at(1000);
    for (const ms of [1099, 1100, 1299, 1300, 1499, 1500, 2500]) at(ms);
    assert.deepEqual(logged(board), ["none", "2", "none", "3", "none", "1"]);
    deliver("me", correlation(board, 0), "yes");
    assert.equal(logged(board).length, 6);
  });

  it("refuses a request too many, and one before it is opened", async (context) => {
    const { board } = await boardWith(
      context,
      `log(requests.send("a", "", told).toString()); requests.open(client, "me");
       for (let i = 0; i < 5; i++) log(requests.send("a", "", told).toString());`,
    );
    assert.deepEqual(logged(board), ["-7", "1", "2", "3", "4", "-3"]);
  });

  it("answers to the topic and with the data that were given, or says that no answer is wanted", async (context) => {
    const { board, deliver } = await boardWith(context, 'client.subscribe("q", heard);', 'log(requests.answer("here").toString());');
    deliver("q", Buffer.from("0900027131" + "08000161", "hex"), "?");
    deliver("q", Buffer.alloc(0), "?");
    assert.deepEqual(logged(board), ["2", "-6"]);
    assert.equal(text(board.callsOf("publish")[0]!.spans[0]), "a");
    assert.deepEqual([published(board, 0).properties.toString("hex"), published(board, 0).payload], ["0900027131", "here"]);
  });
});
