/** assembly/kernel/store/CONFORMANCE.md: each requirement names a test that exists, or says that it is open. */
import { testConformance } from "../conformance.js";

testConformance("assembly/kernel/store/CONFORMANCE.md", {
  "12.1 Must have": 13,
  "12.2 Beyond": 18,
  "12.3 Acceptance tests": 7,
  "11 Error catalogue": 8,
  "8 Limits": 7,
  "2 to 10 Required behaviour": 18,
  "13 Defects of the original": 28,
  "Costs and faults": 6,
});
