/** kernel/update/webSource: a package by its URL, whatever the web server does; it goes on where it was. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { KernelBoard, STATUS } from "../../../fakes/kernelBoard.js";
import { announce, CHUNK, fileOf, onlineWithPackages, stateTelemetry, statesOf } from "../../../fakes/packageCloud.js";
import { PackageWeb } from "../../../fakes/packageWeb.js";
import { onlineWithUpdates, UpdateCloud } from "../../../fakes/updateCloud.js";

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING"];
const HEAD = 192;
const URL = "https://files.test/mote.wmpk?id=7";

async function online(size: number): Promise<{ board: KernelBoard; cloud: UpdateCloud; web: PackageWeb; file: Buffer }> {
  const board = await onlineWithUpdates();
  const file = fileOf(size);
  const web = new PackageWeb(file);
  board.web = web;
  const cloud = new UpdateCloud(board, 1);
  return { board, cloud, web, file };
}

describe("kernel/update by URL", () => {
  for (const size of [1, 2, 99, CHUNK, 20_000]) {
    it(`fetches ${size} bytes over TLS, head first, with one request for it and one for the rest`, async () => {
      const { board, cloud, web, file } = await online(size);
      board.opens = [];
      cloud.send("url", URL, 1);
      board.run(20_000);
      assert.deepEqual(cloud.told, DONE);
      assert.deepEqual(board.updates!.image, file.subarray(HEAD));
      assert.deepEqual(board.updates!.offers, [file.subarray(0, HEAD)]);
      assert.deepEqual(web.from, [0, HEAD]);
      const open = { host: "files.test", port: 443, isTls: true };
      assert.deepEqual(board.opens, [open, open]);
      assert.match(web.requests[0]!, /^GET \/mote\.wmpk\?id=7 HTTP\/1\.1\r\nHost: files\.test\r\n/);
      assert.deepEqual(cloud.states[0], { kind: "app", state: "DOWNLOADING", version: "2.0", running: "1.0" });
    });
  }

  it("takes a file byte by byte, in chunks of HTTP, and over plain HTTP where the URL says so", async () => {
    const { board, cloud, web, file } = await online(700);
    web.isChunked = true;
    web.receiveLimit = 1;
    board.webPort = 8080;
    cloud.send("url", "http://files.test:8080/a", 1);
    board.run(30_000);
    assert.deepEqual(cloud.told, DONE);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
    assert.equal(board.opens.at(-1)!.isTls, false);
  });

  it("goes on with the next byte after each break, and is given up only when nothing comes any more", async () => {
    const { board, cloud, web, file } = await online(20_000);
    web.cutAfter = 1500;
    cloud.send("url", URL, 1);
    board.run(200_000);
    assert.deepEqual(cloud.told, DONE);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(web.from, [0, ...Array.from({ length: Math.ceil(20_000 / 1500) }, (_, i) => HEAD + i * 1500)]);
    const silent = await online(1000);
    silent.web.cutAfter = 0;
    silent.cloud.send("url", URL, 1);
    silent.board.run(1_200_000, 200);
    assert.deepEqual(silent.cloud.states, [{ kind: "app", state: "FAILED", running: "1.0", error: "no answer to requests" }]);
    assert.equal(silent.web.from.length, 11 * 6);
  });

  it("goes on at the place that the slot holds after a restart, with a new request for it", async () => {
    const { board, cloud, web, file } = await online(20_000);
    board.updates!.size = 20_000;
    board.updates!.image = file.subarray(HEAD, HEAD + 8192);
    cloud.send("url", URL, 1);
    board.run(20_000);
    assert.deepEqual(cloud.told, DONE);
    assert.deepEqual(web.from, [0, HEAD + 8192]);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
  });

  it("gives its socket back when the broker's connection ends, and goes on behind it", async () => {
    const { board, cloud, web, file } = await online(20_000);
    web.stallAfter = 5000;
    cloud.send("url", URL, 1);
    board.run(5_000);
    assert.equal(board.updates!.image.length, 5000);
    const before = board.closes;
    board.server.close();
    board.run(60);
    assert.equal(board.closes, before + 2); // and the broker's
    web.stallAfter = Infinity;
    board.run(30_000);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(web.from, [0, HEAD, HEAD + 5000]);
  });

  it("skips what it knows where a server answers without ranges", async () => {
    const { board, cloud, web, file } = await online(20_000);
    web.knowsRanges = false;
    web.cutAfter = 5000;
    cloud.send("url", URL, 1);
    board.run(2_000);
    web.cutAfter = Infinity;
    board.run(30_000);
    assert.deepEqual(web.from, [0, HEAD, 5000]);
    assert.deepEqual(board.updates!.image, file.subarray(HEAD));
    assert.deepEqual(cloud.told, DONE);
  });

  for (const [what, change, error] of [
    ["a redirect", (web: PackageWeb) => web.statuses.push("302 Found"), "http: a redirect, 302"],
    ["a file that is not there", (web: PackageWeb) => web.statuses.push("404 Not Found"), "http: status 404"],
    ["a range past the end", (web: PackageWeb) => web.statuses.push("416 Range Not Satisfiable"), "http: status 416"],
    ["another range", (web: PackageWeb) => (web.shift = 1), "http: another range"],
    ["another size", (web: PackageWeb) => (web.surplus = 1), "http: another size"],
  ] as const) {
    it(`refuses ${what}, once and with its reason`, async () => {
      const { board, cloud, web } = await online(5000);
      change(web);
      cloud.send("url", URL, 1);
      board.run(100_000, 100);
      assert.deepEqual([cloud.told.at(-1), cloud.states.at(-1)!["error"]], ["FAILED", error]);
      assert.equal(web.from.length, 1);
      assert.equal(board.updates!.applied, 0);
    });
  }

  it("refuses a file that is longer than its head says, where the server does not name its size", async () => {
    const { board, cloud } = await online(1);
    const web = new PackageWeb(Buffer.concat([fileOf(3000), Buffer.alloc(500)]));
    web.knowsRanges = false;
    web.isChunked = true;
    board.web = web;
    cloud.send("url", URL, 1);
    board.run(100_000, 100);
    assert.ok(board.updates!.image.length <= 3000);
    assert.ok(cloud.told.includes("UPDATING") || cloud.states.at(-1)!["error"]!.includes("another size"));
  });

  it("waits and asks again where a server has too much to do", async () => {
    const { board, cloud, web } = await online(5000);
    web.statuses.push("503 Service Unavailable", "429 Too Many Requests", "408 Request Timeout");
    cloud.send("url", URL, 1);
    board.run(4_900);
    assert.equal(web.from.length, 1);
    board.run(30_000);
    assert.deepEqual(cloud.told, DONE);
    assert.equal(web.from.length, 5);
  });

  it("gives up an exchange that falls silent, and asks again", async () => {
    const { board, cloud, web } = await online(5000);
    const { answer } = web;
    let isFirst = true;
    web.answer = (request) => {
      const isSilent = isFirst;
      isFirst = false;
      return isSilent ? null : answer(request);
    };
    cloud.send("url", URL, 1);
    board.run(60_000);
    assert.deepEqual(cloud.told, DONE);
  });

  for (const url of [
    "ftp:/x",
    "https://",
    "https://host",
    "https://user@host/x",
    "https://host:99999/x",
    `https://host/${"x".repeat(240)}`,
  ]) {
    it(`refuses the URL ${url.slice(0, 40)}`, async () => {
      const { board, cloud } = await online(100);
      cloud.send("url", url, 1);
      board.run(2_000);
      assert.match(cloud.states.at(-1)!["error"]!, /^url: expected http/);
    });
  }

  it("fetches nothing again that it knows: what runs, or what the host refused; another URL it does", async () => {
    const { board, cloud, web } = await online(100);
    board.updates!.refusal = STATUS.Closed;
    for (let i = 0; i < 3; i++) {
      cloud.send("url", URL, 1);
      board.run(3_000);
    }
    assert.deepEqual([web.from.length, cloud.told], [1, []]);
    board.updates!.refusal = undefined;
    cloud.send("url", `${URL}2`, 1);
    board.run(3_000);
    assert.deepEqual(cloud.told, DONE);
  });

  it("stops when the URL is taken back", async () => {
    const { board, cloud, web } = await online(20_000);
    web.stallAfter = 5000;
    cloud.send("url", URL, 1);
    board.run(3_000);
    cloud.send("url", "", 1);
    board.run(30_000);
    assert.deepEqual([cloud.told.at(-1), cloud.states.at(-1)!["error"]], ["FAILED", "withdrawn"]);
    assert.deepEqual(web.from, [0, HEAD]);
  });

  it("fetches what ThingsBoard announces by URL, and holds it to the announced version", async () => {
    const things = await onlineWithPackages();
    things.board.web = new PackageWeb(fileOf(3000));
    announce(things, { size: 1, url: URL });
    things.run(5_000);
    assert.deepEqual(statesOf(things), DONE);
    assert.deepEqual(things.cloud.packages.requests, []);
    const other = await onlineWithPackages();
    other.board.web = new PackageWeb(fileOf(3000));
    announce(other, { size: 1, url: URL, announced: "3.0" });
    other.run(5_000);
    assert.match(String(stateTelemetry(other).at(-1)!["sw_error"]), /^version: found 2.0/);
  });
});
