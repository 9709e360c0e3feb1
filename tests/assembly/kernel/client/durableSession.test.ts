/** kernel/client, the session over power cuts: identifiers, what is released, what was handed over. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FLAG, KernelBoard, STATE, STATUS, STORED, STORED_IDS } from "../../../fakes/kernelBoard.js";
import { packetsSeen } from "../../../fakes/packetsSeen.js";

const EXACTLY_ONCE = FLAG.offline | FLAG.qos2;

/** Online, with a server that answers nothing and a session of its own. */
async function silent(config: Record<string, string> = {}): Promise<KernelBoard> {
  const board = await KernelBoard.online("full-plain", config);
  board.server.onPacket = () => {};
  board.server.packets = [];
  return board;
}

/** Takes the power away and comes back online; the server answers CONNECT alone. */
function restart(board: KernelBoard, sessionPresent = true): void {
  board.server.close();
  board.server.packets = [];
  board.server.onPacket = (packet) => {
    if (packet.cmd === "connect") board.server.oblige(packet, sessionPresent);
  };
  assert.equal(board.power(), STATUS.Ok);
  board.call("client_start", 0);
  board.run(500);
}

function store(board: KernelBoard, count: number, flags: number = EXACTLY_ONCE, ttl = 0): void {
  for (let i = 0; i < count; i++) {
    assert.equal(board.publish("a", `${i}`, flags, ttl).result, STORED);
    board.run(20);
  }
}

function answer(board: KernelBoard, cmd: "pubrec" | "pubcomp" | "pubrel" | "puback", ...messageIds: number[]): void {
  for (const messageId of messageIds) board.server.send({ cmd, messageId });
  board.run(100);
}

/** What the server saw since it was last asked, identifiers of the store without their base. */
const seen = (board: KernelBoard): string[] => packetsSeen(board, STORED_IDS);

describe("kernel/client/durableSession, sending", () => {
  it("sends what is STORED with the QoS asked for", async () => {
    const board = await silent();
    store(board, 1);
    assert.deepEqual([board.server.all("publish")[0]?.qos, ...seen(board)], [2, "publish 1"]);
    answer(board, "pubrec", STORED_IDS + 1);
    assert.deepEqual([...seen(board), board.stats().waiting], ["pubrel 1", 1]);
    answer(board, "pubcomp", STORED_IDS + 1);
    const { waiting, deliveredTotal, storedTotal } = board.stats();
    assert.deepEqual({ waiting, deliveredTotal, storedTotal }, { waiting: 0, deliveredTotal: 1, storedTotal: 1 });
  });

  for (const [name, flags] of [
    ["QoS 1", FLAG.offline | FLAG.qos1],
    ["QoS 2", EXACTLY_ONCE],
  ] as const) {
    it(`sends ${name} again after a power cut: in order, with DUP, under the same identifiers [MQTT-4.4.0-1]`, async () => {
      const board = await silent({ "mqtt.window": "2" });
      store(board, 3, flags);
      assert.deepEqual(seen(board), ["publish 1", "publish 2"]);
      restart(board);
      assert.deepEqual(seen(board), ["publish 1 dup", "publish 2 dup"]);
    });
  }

  it("sends PUBREL after a power cut, never the message, and ends the handshake", async () => {
    const board = await silent();
    store(board, 3);
    answer(board, "pubrec", STORED_IDS + 1, STORED_IDS + 2);
    assert.deepEqual(seen(board), ["publish 1", "publish 2", "publish 3", "pubrel 1", "pubrel 2"]);
    for (let i = 0; i < 2; i++) {
      restart(board);
      assert.deepEqual(seen(board).sort(), ["publish 3 dup", "pubrel 1", "pubrel 2"]);
    }
    answer(board, "pubcomp", STORED_IDS + 1, STORED_IDS + 2);
    answer(board, "pubrec", STORED_IDS + 3);
    answer(board, "pubcomp", STORED_IDS + 3);
    assert.deepEqual([board.stats().waiting, board.stats().deliveredTotal, board.stats().uncertain], [0, 3, 0]);
    restart(board);
    assert.deepEqual(seen(board), []);
  });

  it("publishes anew what was not released when the server forgot the session meanwhile; what was released is uncertain", async () => {
    const board = await silent();
    store(board, 3);
    answer(board, "pubrec", STORED_IDS + 2);
    restart(board, false);
    assert.deepEqual(seen(board), ["publish 1", "publish 3"]);
    assert.deepEqual([board.stats().uncertain, board.stats().deliveredTotal, board.stats().waiting], [1, 1, 2]);
  });

  it("knows what cannot have been sent: it may expire, and goes without DUP", async () => {
    const board = await silent();
    store(board, 20, EXACTLY_ONCE, 3600);
    board.wallMs += 4_000_000;
    restart(board);
    for (let id = 1; id <= 16; id++) {
      answer(board, "pubrec", STORED_IDS + id);
      answer(board, "pubcomp", STORED_IDS + id);
    }
    const published = seen(board).filter((each) => each.startsWith("publish"));
    assert.deepEqual(
      published,
      Array.from({ length: 16 }, (_, i) => `publish ${i + 1} dup`),
      "at most a window of them was sent before the cut",
    );
    board.run(100);
    assert.deepEqual([board.stats().expiredTotal, board.stats().deliveredTotal], [4, 16]);
    store(board, 1);
    assert.deepEqual(seen(board), ["publish 21"]);
  });

  it("lets QoS 1 expire in the meantime: no server holds any of it", async () => {
    const board = await silent();
    store(board, 3, FLAG.offline | FLAG.qos1, 3600);
    board.wallMs += 4_000_000;
    restart(board);
    assert.deepEqual([seen(board), board.stats().expiredTotal], [[], 3]);
  });

  it("writes one program of 16 bytes for PUBREC and one for PUBCOMP, none for QoS 1 but the removal", async () => {
    const board = await silent();
    const programmed = (): number => board.programmedBytes;
    store(board, 1, FLAG.offline | FLAG.qos1);
    let before = programmed();
    answer(board, "puback", STORED_IDS + 1);
    assert.equal(programmed() - before, 16);
    store(board, 1);
    before = programmed();
    answer(board, "pubrec", STORED_IDS + 2);
    assert.equal(programmed() - before, 16);
    answer(board, "pubcomp", STORED_IDS + 2);
    assert.equal(programmed() - before, 32);
  });

  it("keeps PUBREL back while the flash cannot take the note, in the order of the PUBRECs, and sends it then", async () => {
    const board = await silent();
    store(board, 2);
    const handle = board.call("publish_begin", "a", 4, FLAG.offline, 0);
    assert.ok(handle > 0);
    answer(board, "pubrec", STORED_IDS + 2, STORED_IDS + 1);
    assert.deepEqual(seen(board), ["publish 1", "publish 2"]);
    board.call("publish_abort", handle);
    board.run(100);
    assert.deepEqual(seen(board), ["pubrel 2", "pubrel 1"]);
  });
});

async function subscribed(): Promise<KernelBoard> {
  const board = await silent();
  subscribe(board);
  return board;
}

function subscribe(board: KernelBoard): void {
  const onPacket = board.server.onPacket;
  board.server.onPacket = (packet) => board.server.oblige(packet);
  board.call("subscribe", "cmd/#", 2);
  board.run(50);
  board.server.onPacket = onPacket;
  board.server.packets = [];
}

function deliver(board: KernelBoard, messageId: number, payload: string, dup = false): void {
  board.server.send({ cmd: "publish", topic: "cmd/x", payload, qos: 2, messageId, dup, retain: false });
  board.run(50);
}

describe("kernel/client/durableSession, receiving", () => {
  it("knows a message that was handed over before a power cut: PUBREC, and not again to the app", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    assert.equal(board.receive()?.payload, "one");
    board.run(50);
    assert.deepEqual(seen(board), ["pubrec 7"]);
    for (let i = 0; i < 2; i++) {
      restart(board);
      subscribe(board);
      deliver(board, 7, "one", true);
      assert.equal(board.receive(), null);
      assert.deepEqual(seen(board), ["pubrec 7"]);
    }
    answer(board, "pubrel", 7);
    assert.deepEqual(seen(board), ["pubcomp 7"]);
    deliver(board, 7, "another");
    assert.equal(board.receive()?.payload, "another");
  });

  it("forgets it for good with PUBREL: after a power cut the identifier is a new message's", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    board.receive();
    board.run(50);
    answer(board, "pubrel", 7);
    restart(board);
    subscribe(board);
    deliver(board, 7, "another");
    assert.equal(board.receive()?.payload, "another");
  });

  it("gives the app again what it had not finished", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    restart(board);
    subscribe(board);
    deliver(board, 7, "one", true);
    assert.deepEqual([board.receive()?.payload, board.receive()], ["one", null]);
  });

  it("keeps PUBREC and PUBCOMP back while the flash cannot take the note", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    const handle = board.call("publish_begin", "a", 4, FLAG.offline, 0);
    board.receive();
    board.run(100);
    assert.deepEqual(seen(board), []);
    board.call("publish_abort", handle);
    board.run(100);
    assert.deepEqual(seen(board), ["pubrec 7"]);
    const another = board.call("publish_begin", "a", 4, FLAG.offline, 0);
    answer(board, "pubrel", 7);
    assert.deepEqual(seen(board), []);
    board.call("publish_abort", another);
    board.run(100);
    assert.deepEqual(seen(board), ["pubcomp 7"]);
  });

  it("has it on flash when event_done returns, and takes one note for all PUBRELs of a step", async () => {
    const board = await subscribed();
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const id of ids) deliver(board, id, "x");
    for (const id of ids) {
      const before = board.programs;
      assert.ok(board.receive());
      assert.equal(board.programs - before, 1, `message ${id}`);
    }
    board.run(50);
    const before = board.programs;
    answer(board, "pubrel", ...ids);
    assert.equal(board.programs - before, 1);
    assert.equal(seen(board).length, 16);
  });

  it("forgets all of it, for good, when the server forgot the session", async () => {
    const board = await subscribed();
    deliver(board, 7, "one");
    board.receive();
    board.run(50);
    restart(board, false);
    restart(board, true);
    subscribe(board);
    deliver(board, 7, "two");
    assert.equal(board.receive()?.payload, "two");
  });
});

describe("kernel/client/durableSession, whose session", () => {
  it("discards a session that another store began, by one clean connection, then begins its own [MQTT-3.2.2-2]", async () => {
    const board = await KernelBoard.make();
    let isThere = true;
    const connects: boolean[] = [];
    board.server.onPacket = (packet) => {
      if (packet.cmd === "connect") {
        connects.push(packet.clean!);
        if (packet.clean) isThere = false;
        board.server.oblige(packet, isThere);
        if (!packet.clean) isThere = true;
      }
    };
    board.power();
    board.call("client_start", 0);
    board.run(20_000);
    assert.deepEqual(connects, [false, true, false]);
    assert.deepEqual(
      board.server.packets.filter(({ cmd }) => cmd !== "pingreq").map(({ cmd }) => cmd),
      ["connect", "disconnect", "connect", "disconnect", "connect"],
    );
    assert.equal(board.stats().clientState, STATE.Online);
    restart(board);
    assert.equal(board.stats().sessionPresent, 1);
    assert.deepEqual(board.server.all("connect").length, 1);
  });

  it("costs QoS 0 and 1 one note in the life of a store", async () => {
    const board = await silent();
    assert.ok(board.programs > 0);
    for (let i = 0; i < 3; i++) {
      restart(board, i === 1);
      const before = board.programs;
      restart(board, i === 1);
      assert.equal(board.programs - before, 0);
    }
  });
});
