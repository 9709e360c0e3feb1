import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { countNodeTests, countSpecs, countUnits, type Ending, settled, sum } from "../../../toolchain/testing/counts.js";

const ENDED: Ending = { code: 0, signal: null };
const FAILED: Ending = { code: 1, signal: null };
const KILLED: Ending = { code: null, signal: "SIGKILL" };

describe("toolchain/testing/counts", () => {
  it("adds up", () => {
    const all = [
      { passed: 1, failed: 2, remarks: ["a"] },
      { passed: 3, failed: 0, remarks: ["b"] },
    ];
    assert.deepEqual(sum(all), { passed: 4, failed: 2, remarks: ["a", "b"] });
  });

  it("fails a suite that ran nothing, and one whose runner failed without a name", () => {
    const good = { passed: 5, failed: 0, remarks: [] };
    assert.deepEqual(settled({ ...good, passed: 0 }, ENDED), { passed: 0, failed: 1, remarks: ["no test ran"] });
    assert.deepEqual(settled(good, FAILED).remarks, ["the runner ended with 1 and named no failed test"]);
    assert.deepEqual(settled(good, KILLED).remarks, ["the runner was ended by SIGKILL and named no failed test"]);
    assert.deepEqual(settled(good, { code: null, signal: null }).remarks, ["the runner did not start and named no failed test"]);
    assert.equal(settled(good, KILLED).failed, 1);
    assert.equal(settled({ ...good, failed: 2 }, FAILED).failed, 2);
    assert.deepEqual(settled(good, ENDED), good);
  });

  it("reads as-pect's lines, coloured or not", () => {
    const output =
      "\u001b[32m\u001b[1m✔ tests/a.spec.ts \u001b[22m\u001b[39mPass: 3 / 3 Todo: 0 Time: 1ms\n❌ tests/b.spec.ts Pass: 1 / 4 Todo: 0 Time: 1ms\n";
    const { counts, left } = countSpecs(output, ["tests/a.spec.ts", "tests/b.spec.ts"], FAILED);
    assert.deepEqual(counts, { passed: 4, failed: 3, remarks: [] });
    assert.deepEqual(left, []);
  });

  it("fails a spec without a test", () => {
    const { counts } = countSpecs("✔ tests/a.spec.ts Pass: 0 / 0 Todo: 0\n", ["tests/a.spec.ts"], ENDED);
    assert.deepEqual(counts, { passed: 0, failed: 1, remarks: ["tests/a.spec.ts: no test ran"] });
  });

  const FILES = ["tests/a.spec.ts", "tests/b.spec.ts", "tests/c.spec.ts", "tests/d.spec.ts"];
  const A_RAN = "\u001b[32m✔ tests/a.spec.ts\u001b[39m Pass: 2 / 2 Todo: 0\n";

  function stoppedBy(text: string, ending: Ending): string {
    const { counts, left } = countSpecs(A_RAN + text, FILES, ending);
    assert.deepEqual([counts.passed, counts.failed, counts.remarks.length], [2, 1, 1]);
    assert.deepEqual(left, FILES.slice(2));
    return counts.remarks[0] ?? "";
  }

  it("fails the spec at which as-pect ended by the first error of the compiler, and leaves those behind it", () => {
    const errors =
      "\u001b[91mERROR\u001b[0m TS2448: Variable 'x' used before its declaration.\n   :\n 2 │ const y = x;\n   │           ~\n" +
      "   └─ in assembly/one.ts(2,11)\n   :\n 3 │ const x = y;\n   └─ in assembly/two.ts(3,7)\n\n" +
      "ERROR TS1005: '}' expected.\n   └─ in assembly/three.ts(6,14)\n\nFAILURE 2 compile error(s)\n";
    assert.equal(
      stoppedBy(errors, FAILED),
      "tests/b.spec.ts: ERROR TS2448: Variable 'x' used before its declaration, in assembly/one.ts(2,11); as-pect ended with 1",
    );
  });

  it("names an error without a place, one of JavaScript, and how as-pect ended without either", () => {
    const place = "\n\nERROR TS1: else\n   └─ in other.ts(1,1)\n";
    assert.equal(stoppedBy(`FAILURE no such option${place}`, FAILED), "tests/b.spec.ts: FAILURE no such option; as-pect ended with 1");
    const thrown = "loader.js:337\n\nLinkError: Import #9 requires a callable\n    at asp (index.ts:272)\n";
    assert.equal(stoppedBy(thrown, FAILED), "tests/b.spec.ts: LinkError: Import #9 requires a callable; as-pect ended with 1");
    assert.equal(stoppedBy("", KILLED), "tests/b.spec.ts: did not run; as-pect was ended by SIGKILL");
  });

  it("reads cmocka's words out of ctest's report", () => {
    const report = `<testsuite>
      <testcase name="flash" classname="flash" time="1" status="run"><system-out>[==========] 5 test(s) run.\n[  PASSED  ] 5 test(s).</system-out></testcase>
      <testcase name="net" classname="net" time="1" status="fail"><failure message=""/><system-out>[  PASSED  ] 2 test(s).\n[  FAILED  ] 1 test(s), listed below:</system-out></testcase>
      <testcase name="crash" classname="crash" time="1" status="fail"><failure message="SEGFAULT"/><system-out>AddressSanitizer</system-out></testcase>
      <testcase name="empty" classname="empty" time="1" status="run"><system-out></system-out></testcase>
    </testsuite>`;
    const { passed, failed, remarks } = countUnits(report);
    assert.deepEqual([passed, failed], [7, 3]);
    assert.deepEqual(remarks, ["crash: fail, without naming a test", "empty: no test ran"]);
    assert.deepEqual(countUnits(""), { passed: 0, failed: 0, remarks: [] });
  });

  it("counts a program that passed all its tests and was then stopped by a sanitizer", () => {
    const report = '<testcase name="leak" status="fail"><system-out>[  PASSED  ] 5 test(s).\nLeakSanitizer</system-out></testcase>';
    assert.equal(countUnits(report).failed, 1);
  });

  it("reads the reporter's last line", () => {
    assert.deepEqual(countNodeTests('ok a\n#counts {"passed":3,"failed":1}\n'), { passed: 3, failed: 1, remarks: [] });
    assert.deepEqual(countNodeTests("cut off").remarks, ["the test runner ended before its summary"]);
  });
});
