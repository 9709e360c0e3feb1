/** kernel/tendrl: what the original does wrong (D1 to D23), each by its number; those proven elsewhere are named in CONFORMANCE.md. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { QUEUED, STATE, STATUS, STORED } from "../../../fakes/kernelBoard.js";
import { counters, ENVELOPE, httpAnswer, KEY, MESSAGES_TOPIC, OFFLINE, onlineBoard, published, send, tendrlBoard } from "./tendrlBoard.js";

describe("kernel/tendrl/defects", () => {
  it("D1: a batch whose sending fails is sent again, whole and in order", async () => {
    const board = await onlineBoard();
    board.server.onPacket = () => {};
    for (let n = 0; n < 15; n++) send(board, `{"n":${n}}`, { flags: n % 2 ? ENVELOPE : OFFLINE });
    board.run(1000);
    board.server.close();
    board.server.onPacket = (packet) => board.server.oblige(packet);
    const before = board.server.packets.length;
    board.run(5000);
    const again = board.server.packets.slice(before).flatMap((packet) => (packet.cmd === "publish" ? [packet.payload.toString()] : []));
    const numbers = again.filter((payload) => payload.includes('"n":')).map((payload) => JSON.parse(payload).data.n as number);
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      [...Array(15).keys()],
    );
    assert.deepEqual([board.stats().waiting, board.stats().inFlight], [0, 0]);
  });

  it("D3: publish offline neither connects nor waits nor drops", async () => {
    const board = await tendrlBoard();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    assert.deepEqual([send(board, '{"n":1}', { flags: OFFLINE }), send(board, '{"n":2}')], [STORED, QUEUED]);
    assert.deepEqual(board.opens, []);
    board.link = 2;
    board.run(2000);
    assert.deepEqual(
      published(board)
        .map((payload) => JSON.parse(payload).data.n)
        .sort(),
      [1, 2],
    );
  });

  it("D4: what is STORED is sent once, whole, and leaves with its PUBACK; after a reset the rest is sent", async () => {
    const board = await onlineBoard();
    board.server.onPacket = (packet) => packet.cmd !== "publish" && board.server.oblige(packet);
    send(board, '{"n":1}', { flags: OFFLINE, ttl: 60, context: '"tags":["a"]' });
    board.run(100);
    assert.equal(board.stats().waiting, 1, "not before its PUBACK");
    board.power();
    board.server.onPacket = (packet) => board.server.oblige(packet);
    board.run(3000);
    const [first, second, ...more] = published(board);
    assert.equal(first, second, "the original envelope, its own time");
    assert.deepEqual([more, board.stats().waiting, board.stats().deliveredTotal], [[], 0, 1]);
  });

  it("D5: a full queue says so at once, and takes again what fits", async () => {
    const board = await tendrlBoard();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    let taken = 0;
    while (send(board, '{"text":"0123456789"}') === QUEUED) taken++;
    assert.ok(taken > 10, `${taken}`);
    assert.equal(send(board, '{"text":"0123456789"}'), STATUS.NoSpace);
    board.link = 2;
    board.run(3000);
    assert.equal(published(board).length, taken);
    assert.equal(send(board, '{"n":1}'), QUEUED);
  });

  it("D6: a broker that refuses is asked at the pace of the back-off, and never blocks a step", async () => {
    const board = await tendrlBoard();
    board.server.state = STATUS.Refused;
    board.power();
    board.call("client_start", 0);
    board.run(300_000, 500);
    assert.ok(board.server.opened >= 9 && board.server.opened <= 18, `${board.server.opened} attempts in five minutes`);
    assert.equal(board.web!.opened, 1, "the identity is known: no further discovery");
  });

  it("D9: everything goes with QoS 1 and is sent again, with DUP, in a session that the broker kept", async () => {
    const board = await onlineBoard();
    board.server.onPacket = () => {};
    send(board, '{"n":1}');
    board.run(100);
    board.server.close();
    board.server.onPacket = (packet) => board.server.oblige(packet, true);
    board.run(3000);
    const [first, again] = board.server.all("publish").filter(({ payload }) => payload.includes('"n":1'));
    assert.deepEqual([first!.qos, first!.dup, again!.qos, again!.dup], [1, false, 1, true]);
    assert.equal(again!.messageId, first!.messageId);
  });

  it("D10: the watchdog takes 1 to 60 seconds, whatever the connection does", async () => {
    const board = await tendrlBoard();
    board.link = 0;
    board.power();
    assert.deepEqual([board.call("cloud_set", 2, 30), board.watchdogSeconds], [STATUS.Ok, 30]);
  });

  it("D13, D22: stop closes the sockets, takes the link down and leaves nothing behind; start begins anew", async () => {
    const board = await onlineBoard();
    board.call("client_stop");
    const { opened } = board.server;
    assert.equal(board.server.packets.at(-1)!.cmd, "disconnect");
    assert.deepEqual([board.linkStops, board.stats().clientState], [1, STATE.Stopped]);
    board.run(600_000, 1000);
    assert.deepEqual([board.server.opened, board.web!.opened, board.wait], [opened, 1, 60_000]);
    board.call("client_start", 0);
    board.run(1000);
    assert.equal(board.stats().clientState, STATE.Online);
  });

  it("D13: stop in the middle of discovery closes that socket, too", async () => {
    const board = await tendrlBoard();
    board.web!.answer = () => null;
    board.power();
    board.call("client_start", 0);
    board.run(1000);
    assert.equal(board.stats().clientState, STATE.Discovering);
    const { closes } = board;
    board.call("client_stop");
    assert.equal(board.closes, closes + 1);
    board.run(60_000, 1000);
    assert.equal(board.web!.opened, 1);
  });

  it("D16: a publish in the middle of a drain disturbs neither", async () => {
    const board = await tendrlBoard();
    board.link = 0;
    board.power();
    board.call("client_start", 0);
    for (let n = 0; n < 50; n++) send(board, `{"n":${n}}`, { flags: OFFLINE });
    board.link = 2;
    for (let n = 50; n < 80; n++) {
      board.run(50);
      assert.equal(send(board, `{"n":${n}}`, { flags: OFFLINE }), STORED);
    }
    board.run(2000);
    assert.deepEqual(
      published(board).map((payload) => JSON.parse(payload).data.n as number),
      [...Array(80).keys()],
    );
  });

  it("D19: the key goes over TLS alone unless the owner writes http, and is in no log", async () => {
    for (const [url, isTls] of [
      ["app.test:8443", true],
      ["https://app.test:8443/", true],
      ["http://app.test:8443", false],
    ] as const) {
      const board = await tendrlBoard("full-tendrl", { "tendrl.appUrl": url });
      board.power();
      board.call("client_start", 0);
      board.run(500);
      assert.equal(board.opens[0]!.isTls, isTls, url);
      assert.match(board.web!.requests[0]!, /^GET \/api\/claims /);
      assert.ok(!board.logs.join("\n").includes(KEY));
    }
  });

  it("D20: the socket of discovery is closed, and no message is logged", async () => {
    const board = await tendrlBoard();
    board.power();
    board.call("client_start", 0);
    board.run(1000);
    assert.equal(board.closes, 1);
    const lines = board.logs.length;
    const payload = JSON.stringify({ msg_type: "command", data: {}, source: "s", timestamp: "t" });
    board.server.send({ cmd: "publish", topic: MESSAGES_TOPIC, payload, qos: 1, messageId: 5, dup: false, retain: false });
    board.run(100);
    assert.ok(board.receive());
    assert.equal(board.logs.length, lines);
  });

  it("D21: each failure has a cause of its own, and a line in the log", async () => {
    const claims: [string | null, number, RegExp][] = [
      [httpAnswer("403 Forbidden", ""), STATUS.Refused, /HTTP status 403/],
      [httpAnswer("500 Oops", ""), STATUS.Protocol, /HTTP status 500/],
      [httpAnswer("200 OK", "no json"), STATUS.Protocol, /status -9/],
      [httpAnswer("200 OK", '{"jti":"j"}'), STATUS.Protocol, /Invalid resource path format/],
      ["", STATUS.Closed, /status -7/],
    ];
    for (const [answer, cause, line] of claims) {
      const board = await tendrlBoard();
      board.web!.answer = () => answer;
      board.power();
      board.call("client_start", 0);
      board.run(500);
      assert.equal(board.stats().lastCause, cause, String(line));
      assert.match(board.logs.join("\n"), line);
    }
    const board = await tendrlBoard("full-tendrl", { "tendrl.apiKey": "", "mqtt.port": "x", "mqtt.tls": "yes", "tendrl.appUrl": "a b" });
    board.power();
    assert.equal(board.call("client_start", 0), STATUS.Invalid);
    board.run(1000);
    assert.deepEqual(board.opens, [], "without a key nobody is asked");
    for (const key of ["tendrl.apiKey", "mqtt.port", "mqtt.tls", "tendrl.appUrl"])
      assert.ok(
        board.logs.some((text) => text.includes(key)),
        key,
      );
  });

  it("bounds a batch by its size and by the heap that is free", async () => {
    for (const [free, batch, expected] of [
      [81_920, 15, 15],
      [81_920, 3, 3],
      [1000, 15, 3],
      [100, 15, 0],
      [0x7fffffff, 15, 15],
    ] as const) {
      const board = await onlineBoard();
      board.call("cloud_set", 0, batch);
      board.call("cloud_set", 1, 0);
      board.server.onPacket = () => {};
      board.heapBytes[0] = free;
      for (let n = 0; n < 20; n++) send(board, `{"n":${n}}`, { flags: OFFLINE });
      board.run(1000);
      assert.equal(board.stats().inFlight, expected, `${free} bytes free, batch ${batch}`);
    }
    assert.equal(counters(await onlineBoard()).heartbeatsMissed, 0);
  });
});
