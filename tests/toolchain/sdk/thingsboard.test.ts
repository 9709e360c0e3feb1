/** assembly/sdk/thingsboard from outside: what crosses the wall, and which callback an event reaches. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type AppBoard, text } from "../build/appBoard.js";
import { boardFor } from "../build/temporaryApp.js";

const EVENT = { update: 0x100, answer: 0x101, call: 0x102, callAnswer: 0x103, state: 0x105 } as const;

interface Event {
  readonly event: number;
  readonly id?: number;
  readonly status?: number;
  readonly payload?: string;
}

const app = (setup: string, more = ""): string =>
  `import { log, Status } from "wasmote";
import { ThingsBoardClient, ThingsBoardMessage } from "wasmote/thingsboard";
const client = new ThingsBoardClient();
${more}
export function setup(): void { ${setup} }
`;

const logged = (board: AppBoard): string[] => board.callsOf("log").map((call) => text(call.spans[0]));

function boardOf(context: TestContext, source: string): Promise<AppBoard> {
  return boardFor(context, source);
}

/** Hands events to the app, all in as many steps as it takes. */
function deliver(board: AppBoard, ...events: Event[]): void {
  const inbox = events.map(({ event, id = 0, status = 0, payload = "" }) => {
    const head = new DataView(new ArrayBuffer(8));
    head.setInt32(0, id, true);
    head.setInt32(4, status, true);
    return { event, bytes: Buffer.concat([Buffer.from(head.buffer), Buffer.from(payload)]) };
  });
  board.answers["event_next"] = ([at], memory) => {
    const [first] = inbox;
    if (!first) return 0;
    const view = new DataView(memory.buffer, at!, 16);
    view.setUint16(0, 8, true);
    view.setUint16(2, first.event, true);
    view.setUint32(4, first.bytes.length - 8, true);
    return 1;
  };
  board.answers["event_read"] = ([offset, at, cap], memory) => {
    const part = inbox[0]!.bytes.subarray(offset!, offset! + Math.min(cap!, 100));
    memory.set(part, at!);
    return part.length;
  };
  board.answers["event_done"] = () => (inbox.shift(), 0);
  while (inbox.length > 0) board.step(0);
}

const FOLLOW = `
function a(m: ThingsBoardMessage): void { log("a" + (m.isDeleted ? " gone" : " " + m.integer(-1).toString())); }
function b(m: ThingsBoardMessage): void { log("b " + m.json()); }
function all(m: ThingsBoardMessage): void { log("all " + m.json()); }`;

describe("assembly/sdk/thingsboard.ts: attributes", () => {
  it("T15: tells each subscription once what changed or is gone, those of all keys first", async (context) => {
    const board = await boardOf(
      context,
      app(
        'client.subscribeToAttribute("f", a); log(client.subscribeToAttribute("f", b).toString()); client.subscribeToAttribute("g", b); log(client.subscribeToAllAttributes(all).toString());',
        FOLLOW,
      ),
    );
    board.setup();
    deliver(board, { event: EVENT.update, payload: '{"x":1,"f":5}' }, { event: EVENT.update, payload: '{"deleted":["f","z"]}' });
    assert.deepEqual(logged(board), ["2", "4", 'all {"x":1,"f":5}', "a 5", "b 5", 'all {"deleted":["f","z"]}', "a gone", "b "]);
    assert.deepEqual(
      board
        .callsOf("tb_watch")
        .map(({ spans, args }) => [text(spans[0]), args[2]])
        .filter(([key]) => key !== ""),
      [
        ["f", 1],
        ["f", 1],
        ["g", 1],
        ["*", 1],
      ],
    );
  });

  it("ends one of two subscriptions to a key, and stops following it with the last", async (context) => {
    const board = await boardOf(
      context,
      app(
        'const first = client.subscribeToAttribute("f", a); const second = client.subscribeToAttribute("f", b); log(client.unsubscribeFromAttribute(first).toString()); log(client.unsubscribeFromAttribute(first).toString()); log(second.toString());',
        FOLLOW,
      ),
    );
    board.setup();
    deliver(board, { event: EVENT.update, payload: '{"f":"x"}' });
    assert.deepEqual(logged(board), ["0", "-6", "2", 'b "x"']);
    assert.equal(board.callsOf("tb_watch").filter(({ args }) => args[2] === 0).length, 0);
  });

  it("has 16 subscriptions, and numbers that are never used again", async (context) => {
    const board = await boardOf(
      context,
      app(
        'for (let i = 0; i < 17; i++) log(client.subscribeToAttribute("f", a).toString()); client.unsubscribeFromAllAttributes(); log(client.subscribeToAttribute("f", a).toString());',
        FOLLOW,
      ),
    );
    board.setup();
    assert.deepEqual(logged(board), [...Array.from({ length: 16 }, (_, i) => `${i + 1}`), "-3", "17"]);
  });

  it("asks for attributes, and calls back once, T14: by a number", async (context) => {
    const board = await boardOf(
      context,
      app(
        'log(client.requestAttributes("a,b", "c", (m: ThingsBoardMessage) => { log(m.id.toString() + " " + m.status.toString() + " " + (m.find("shared.c.d") ? m.text() : "-")); }).toString()); client.requestAttributes("", "c", (m: ThingsBoardMessage) => { log("second " + m.status.toString()); }, 500);',
      ),
    );
    let id = 40;
    board.answers["tb_request"] = () => ++id;
    board.setup();
    const answer = { event: EVENT.answer, id: 41, payload: '{"shared":{"c":{"d":"x"}}}' };
    deliver(board, answer, { event: EVENT.answer, id: 42, status: -8 }, answer);
    assert.deepEqual(logged(board), ["41", "41 0 x", "second -8"]);
    assert.deepEqual(
      board.callsOf("tb_request").map(({ args, spans }) => [args[0], text(spans[0]), args[3]]),
      [
        [0, '{"clientKeys":"a,b","sharedKeys":"c"}', 20_000],
        [0, '{"sharedKeys":"c"}', 500],
      ],
    );
  });
});

describe("assembly/sdk/thingsboard.ts: calls", () => {
  const METHODS =
    'client.onCall("set", (m: ThingsBoardMessage) => { log("set " + m.integer(-1).toString()); client.sendRpcReply(m.id, "1"); });';

  it("T4: finds a method by its whole name, and answers what is unknown", async (context) => {
    const board = await boardOf(context, app(METHODS));
    board.setup();
    deliver(
      board,
      { event: EVENT.call, id: 1, payload: '{"method":"set","params":7}' },
      { event: EVENT.call, id: 2, payload: '{"method":"sets","params":7}' },
      { event: EVENT.call, id: 3, payload: '{"method":"se"}' },
      { event: EVENT.call, id: 4, payload: "[]" },
    );
    assert.deepEqual(logged(board), ["set 7"]);
    assert.deepEqual(
      board.callsOf("tb_reply").map(({ args, spans }) => [args[0], text(spans[0])]),
      [
        [1, "1"],
        [2, '{"error":"unknown method","method":"sets"}'],
        [3, '{"error":"unknown method","method":"se"}'],
        [4, '{"error":"unknown method","method":""}'],
      ],
    );
  });

  it("has one handler for all other methods, and one each for eight", async (context) => {
    const nine = [..."123456789"].map((name) => `log(client.onCall("${name}", other).toString());`).join("");
    const board = await boardOf(
      context,
      app(
        `${nine} client.setServerSideRpcRequestHandler(other);`,
        'function other(m: ThingsBoardMessage): void { log((m.find("method") ? m.text() : "?") + m.id.toString()); }',
      ),
    );
    board.setup();
    deliver(board, { event: EVENT.call, id: 5, payload: '{"method":"free"}' });
    assert.deepEqual(logged(board), [..."00000000", "-3", "free5"]);
  });

  it("T5: calls the server with an object where there are no params", async (context) => {
    const board = await boardOf(
      context,
      app(
        'client.sendRpcCall("getTime", "", (m: ThingsBoardMessage) => { log("time " + m.json()); }); client.sendRpcCall("say \\"x\\"", "[1]", (m: ThingsBoardMessage) => {});',
      ),
    );
    let id = 0;
    board.answers["tb_request"] = () => ++id;
    board.setup();
    deliver(board, { event: EVENT.callAnswer, id: 1, payload: "5" });
    assert.deepEqual(
      board.callsOf("tb_request").map(({ args, spans }) => [args[0], text(spans[0])]),
      [
        [1, '{"method":"getTime","params":{}}'],
        [1, '{"method":"say \\"x\\"","params":[1]}'],
      ],
    );
    assert.deepEqual(logged(board), ["time 5"]);
  });
});

describe("assembly/sdk/thingsboard.ts: the connection", () => {
  it("T12: calls back at each change of its state, with the cause", async (context) => {
    const board = await boardOf(
      context,
      app(
        "log(client.onState(changed).toString()); log(client.connect().toString());",
        'function changed(state: ClientState, cause: Status): void { log("state " + (state as i32).toString() + " cause " + (cause as i32).toString()); }',
      ).replace("log, Status", "log, ClientState, Status"),
    );
    board.setup();
    deliver(board, { event: EVENT.state, id: 5 }, { event: EVENT.state, id: 2, status: -10 });
    assert.deepEqual(logged(board), ["0", "0", "state 5 cause 0", "state 2 cause -10"]);
    assert.deepEqual(
      board.callsOf("tb_watch").map(({ spans, args }) => [text(spans[0]), args[2]]),
      [
        ["", 2],
        ["", 1],
      ],
    );
  });
});

describe("assembly/sdk/thingsboard.ts: sending", () => {
  it("hands a long list over row by row, and refuses a long object", async (context) => {
    const board = await boardOf(
      context,
      app(
        `let list = "["; for (let i = 0; i < 30; i++) list += (i ? "," : "") + '{"ts":' + (i + 1).toString() + ',"values":{"t":"}{[é\\\\"","i":' + i.toString() + "}}"; list += "]"; client.sendTelemetry(list); log(client.sendTelemetry('{"a":"' + "x".repeat(600) + '"}').toString());`,
      ),
    );
    board.setup();
    const sent = board.callsOf("tb_send");
    const rows = sent.filter(({ args }) => args[0] === 1).map(({ spans }) => JSON.parse(text(spans[0])) as { ts: number });
    assert.deepEqual(
      rows.map(({ ts }) => ts),
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    assert.equal(sent.at(-1)!.args[0], 2, "the end of the list");
    assert.deepEqual(logged(board), ["-12"]);
  });

  it("T19: sends with QoS 1; claims with what it was given", async (context) => {
    const board = await boardOf(
      context,
      app(
        'client.sendTelemetry("{}"); client.sendAttributes("{}"); client.claimDevice("s", 60000); client.claimDevice(); log(client.claimDevice("s", -1).toString());',
      ),
    );
    board.setup();
    assert.deepEqual(
      board.callsOf("tb_send").map(({ args, spans }) => [args[0], text(spans[0]), args[3]]),
      [
        [0, "{}", 2],
        [3, "{}", 2],
        [4, '{"secretKey":"s","durationMs":60000}', 2],
        [4, "{}", 2],
      ],
    );
    assert.deepEqual(logged(board), ["-1"]);
  });
});

describe("assembly/sdk/thingsboardMessage.ts", () => {
  it("reads numbers, truth, text and nested values, and what is longer than one call", async (context) => {
    const board = await boardOf(
      context,
      app(
        `client.subscribeToAllAttributes((m: ThingsBoardMessage) => {
          log((m.find("f") ? m.float() : -1).toString() + " " + (m.find("e") ? m.float() : -1).toString() + " " + (m.find("n.o") ? m.integer() : -1).toString());
          log((m.find("t") && m.flag() ? "t" : "-") + (m.find("s") && m.is("é") ? "s" : "-") + (m.find("no") ? "n" : "-") + (m.find("long") ? m.jsonLength.toString() : "-"));
          log((m.find("s") ? m.integer(7) : 0).toString() + (m.find("f") ? m.integer(8) : 0).toString());
        });`,
      ),
    );
    board.setup();
    deliver(board, { event: EVENT.update, payload: `{"f":-12.75,"e":1.5e3,"n":{"o":42},"t":true,"s":"é","long":"${"x".repeat(700)}"}` });
    assert.deepEqual(logged(board), ["-12.75 1500.0 42", "ts-702", "78"]);
  });

  it("T18: says that a message was too large for it", async (context) => {
    const board = await boardOf(
      context,
      app(
        'client.onCall("m", (m: ThingsBoardMessage) => {}); client.setServerSideRpcRequestHandler((m: ThingsBoardMessage) => { log(m.status.toString()); });',
      ),
    );
    board.setup();
    deliver(board, { event: EVENT.call, id: 9, payload: `{"method":"m","params":"${"x".repeat(1100)}"}` });
    assert.deepEqual(logged(board), ["-12"]);
  });
});
