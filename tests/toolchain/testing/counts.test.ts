import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { countNodeTests, countSpecs, countUnits, settled, sum } from "../../../toolchain/testing/counts.js";

describe("toolchain/testing/counts", () => {
  it("adds up", () => {
    const all = [
      { passed: 1, failed: 2, remarks: ["a"] },
      { passed: 3, failed: 0, remarks: ["b"] },
    ];
    assert.deepEqual(sum(all), { passed: 4, failed: 2, remarks: ["a", "b"] });
  });

  it("fails a suite that ran nothing, and one whose runner failed without a name", () => {
    assert.equal(settled({ passed: 0, failed: 0, remarks: [] }, 0).failed, 1);
    assert.equal(settled({ passed: 5, failed: 0, remarks: [] }, 1).failed, 1);
    assert.equal(settled({ passed: 5, failed: 0, remarks: [] }, null).failed, 1);
    assert.equal(settled({ passed: 5, failed: 2, remarks: [] }, 1).failed, 2);
    assert.deepEqual(settled({ passed: 5, failed: 0, remarks: [] }, 0), { passed: 5, failed: 0, remarks: [] });
  });

  it("reads as-pect's lines, coloured or not", () => {
    const output =
      "\u001b[32m\u001b[1m✔ tests/a.spec.ts \u001b[22m\u001b[39mPass: 3 / 3 Todo: 0 Time: 1ms\n❌ tests/b.spec.ts Pass: 1 / 4 Todo: 0 Time: 1ms\n";
    assert.deepEqual(countSpecs(output, ["tests/a.spec.ts", "tests/b.spec.ts"]), { passed: 4, failed: 3, remarks: [] });
  });

  it("fails specs that did not run, and specs without a test", () => {
    const counts = countSpecs("✔ tests/a.spec.ts Pass: 0 / 0 Todo: 0\n", ["tests/a.spec.ts", "tests/b.spec.ts"]);
    assert.deepEqual(counts, { passed: 0, failed: 2, remarks: ["tests/a.spec.ts: no test ran", "tests/b.spec.ts: did not run"] });
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
