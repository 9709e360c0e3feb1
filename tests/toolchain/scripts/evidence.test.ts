import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  type Accepted,
  type Arrival,
  type Evidence,
  type Findings,
  objections,
  readEnvelope,
  weigh,
} from "../../../toolchain/scripts/evidence.js";

const accepted = (...sequences: number[]): Accepted[] => sequences.map((sequence) => ({ sequence, atMs: sequence * 10 }));
const arrived = (...sequences: number[]): Arrival[] => sequences.map((sequence) => ({ sequence, ts: sequence, body: `data ${sequence}` }));

function found(evidence: Partial<Evidence>): Findings {
  return weigh({ accepted: [], arrivals: [], expired: 0, evicted: 0, faultWindows: [], ...evidence });
}

function has(findings: Findings, expected: Partial<Findings>): void {
  assert.deepEqual({ ...findings, ...expected }, findings);
}

describe("toolchain/scripts/evidence", () => {
  it("counts a clean run", () => {
    has(found({ accepted: accepted(1, 2, 3), arrivals: arrived(1, 2, 3) }), {
      accepted: 3,
      delivered: 3,
      lost: 0,
      duplicates: 0,
      outOfOrder: 0,
      reused: 0,
    });
  });

  it("finds a planted loss, at each place", () => {
    for (const missing of [1, 2, 3]) {
      const arrivals = arrived(1, 2, 3).filter(({ sequence }) => sequence !== missing);
      has(found({ accepted: accepted(1, 2, 3), arrivals }), { delivered: 2, lost: 1 });
    }
    has(found({ accepted: accepted(1, 2, 3) }), { delivered: 0, lost: 3 });
  });

  it("does not count as lost what expired or was evicted, and never less than nothing", () => {
    has(found({ accepted: accepted(1, 2, 3), arrivals: arrived(3), expired: 1, evicted: 1 }), { lost: 0, expired: 1, evicted: 1 });
    has(found({ accepted: accepted(1, 2, 3), arrivals: arrived(3), expired: 1 }), { lost: 1 });
    has(found({ accepted: accepted(1), arrivals: arrived(1), expired: 5 }), { lost: 0 });
  });

  it("counts each further arrival as a duplicate, and not as out of order", () => {
    has(found({ accepted: accepted(1, 2), arrivals: arrived(1, 2, 1, 1) }), { delivered: 2, duplicates: 2, outOfOrder: 0 });
  });

  it("counts first arrivals below one already seen", () => {
    has(found({ accepted: accepted(1, 2, 3, 4), arrivals: arrived(1, 4, 2, 3) }), { outOfOrder: 2, lost: 0 });
  });

  it("sees a sequence number that came with another payload as a loss", () => {
    const arrivals = [...arrived(1), { sequence: 1, ts: 1, body: "other" }];
    has(found({ accepted: accepted(1), arrivals }), { reused: 1, lost: 1, duplicates: 0 });
  });

  it("sees another capture time as another reading, but not one that was left out", () => {
    const twice = (ts: number | null): Arrival[] => [...arrived(1), { sequence: 1, ts, body: "data 1" }];
    has(found({ accepted: accepted(1), arrivals: twice(2) }), { reused: 1, lost: 1 });
    has(found({ accepted: accepted(1), arrivals: twice(null) }), { reused: 0, duplicates: 1 });
  });

  it("sees a sequence number promised twice as a loss, though one payload arrived", () => {
    has(found({ accepted: accepted(1, 1), arrivals: arrived(1) }), { accepted: 2, reused: 1, lost: 1 });
  });

  it("leaves out what was never promised: live readings, and one stored just before its power went", () => {
    has(found({ accepted: accepted(2), arrivals: arrived(9, 2) }), { delivered: 1, outOfOrder: 0, duplicates: 0 });
  });

  it("counts what was stored during the faults", () => {
    const faultWindows = [
      { fromMs: 20, toMs: 30 },
      { fromMs: 50, toMs: 59 },
    ];
    has(found({ accepted: accepted(1, 2, 3, 4, 5, 6), faultWindows }), { storedDuringFault: 3 });
  });
});

describe("toolchain/scripts/evidence: objections", () => {
  const kept = found({ accepted: accepted(1, 2), arrivals: arrived(1, 2), faultWindows: [{ fromMs: 0, toMs: 99 }] });
  const bounds = { window: 4, faults: 2 };

  it("has none against a promise that was kept", () => {
    assert.deepEqual(objections(kept, bounds), []);
    assert.deepEqual(objections({ ...kept, duplicates: 8 }, bounds), []);
  });

  for (const [change, sentence] of [
    [{ lost: 1 }, /^1 of 2 stored readings were lost$/],
    [{ lost: 1, reused: 1 }, /because their sequence number was used twice$/],
    [{ outOfOrder: 3 }, /^3 readings arrived out of order$/],
    [{ duplicates: 9 }, /^9 duplicates, expected at most 8: 4 in flight, 2 faults$/],
    [{ accepted: 0 }, /^no reading was stored, so nothing was proven$/],
    [{ storedDuringFault: 0 }, /^no reading was stored during a fault/],
  ] as const) {
    it(`objects to ${JSON.stringify(change)}`, () => {
      const all = objections({ ...kept, ...change }, bounds);
      assert.equal(all.length, 1);
      assert.match(all[0] ?? "", sentence);
    });
  }
});

describe("toolchain/scripts/evidence: readEnvelope", () => {
  const read = (text: string): Arrival | null => readEnvelope("t", Buffer.from(text));

  it("takes sequence and time out and keeps the rest, with the topic", () => {
    assert.deepEqual(read('{"seq":17,"ts":5,"tags":["a"],"data":{"x":1}}'), {
      sequence: 17,
      ts: 5,
      body: 't {"tags":["a"],"data":{"x":1}}',
    });
    assert.equal(read('{"seq":17,"data":1}')?.ts, null);
  });

  it("leaves messages without the envelope alone", () => {
    for (const text of ["", "hello", "17", '{"data":1}', '{"seq":"1","data":1}', '{"seq":1}']) assert.equal(read(text), null);
  });

  it("refuses broken JSON and sequences that are no whole numbers", () => {
    for (const text of ['{"seq":1', '{"seq":1.5,"data":1}', '{"seq":9007199254740993,"data":1}']) assert.throws(() => read(text));
  });
});
