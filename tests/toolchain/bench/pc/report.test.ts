import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { ClientName, Rate } from "../../../../toolchain/bench/pc/rates.js";
import { makeReport, reportText, table } from "../../../../toolchain/bench/pc/report.js";
import { summarize, type Summary } from "../../../../toolchain/bench/pc/statistics.js";

const around = (median: number): Summary => summarize([median / 2, median, median * 2]);

function rate(work: string, client: ClientName, perSecond: number): Rate {
  return { work, client, perSecond: around(perSecond), cpuUs: around(4) };
}

function codec(encode: number, decode: number): { encode: Summary; decode: Summary } {
  return { encode: around(encode), decode: around(decode) };
}

const report = makeReport({
  conditions: {
    node: "20.1.0",
    cpu: "Some CPU",
    cpus: 2,
    load: 0.04,
    mosquitto: "2.0.11",
    topicBytes: 28,
    payloadBytes: 100,
    rounds: 3,
    spanMs: 800,
  },
  rates: [
    rate("QoS 1, window 1", "board aot", 10_000),
    rate("QoS 1, window 1", "libmosquitto", 20_000),
    rate("QoS 1, largest window", "board aot", 45_000),
    rate("QoS 1, largest window", "libmosquitto", 30_000),
    rate("STORED", "board aot", 200),
  ],
  startUpMs: { wasm3: around(320), aot: around(310) },
  evidence: { published: 1000, received: 1012 },
  codecNs: {
    "wasm3, C": codec(500, 3000),
    "aot, C": codec(50, 200),
    "wasm, Node": codec(80, 300),
    "mqtt-packet, Node": codec(800, 2400),
  },
  store: [{ records: 10_000, engine: "aot", perSecond: around(400_000) }],
});

describe("toolchain/bench/pc/report", () => {
  it("compares a board with libmosquitto at the same work, and with nothing where libmosquitto does none", () => {
    assert.deepEqual(report.ratios.toLibmosquitto, { "QoS 1, window 1, board aot": 0.5, "QoS 1, largest window, board aot": 1.5 });
  });

  it("compares the largest window with a window of 1", () => {
    assert.deepEqual(report.ratios.largestWindow, { "board aot": 4.5, libmosquitto: 1.5 });
  });

  it("says how much faster ahead of time is, and what share of mqtt-packet's time our codec takes", () => {
    assert.deepEqual(report.ratios.aheadOfTime, { encode: 10, decode: 15 });
    assert.deepEqual(report.ratios.toMqttPacket, { encode: 0.1, decode: 0.125 });
  });

  it("shows medians with their spread, how often each was measured, and the ratio", () => {
    const text = reportText(report);
    assert.match(text, /medians of 3 rounds/);
    assert.match(text, /^QoS 1, largest window +board aot +45,000 \[22,500 – 90,000\] +4\.0 \[2\.0 – 8\.0\] +1\.50 x$/m);
    assert.match(text, /^STORED +board aot +200 \[100 – 400\] +4\.0 \[2\.0 – 8\.0\]$/m);
    assert.match(text, /^ +10,000 +aot +400,000 \[200,000 – 800,000\]$/m);
    assert.match(text, /counted 1,012 messages; the clients vouch for 1,000 /);
    assert.doesNotMatch(text, /NaN|undefined|null/);
  });

  it("writes columns as wide as their widest cell, numbers to the right", () => {
    assert.deepEqual(table(["what", "n"], [["a", "5"], ["longer", "1,000"]]), [
      "what        n",
      "------  -----",
      "a           5",
      "longer  1,000",
    ]); // prettier-ignore
  });
});
