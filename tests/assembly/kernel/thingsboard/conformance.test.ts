/** assembly/kernel/thingsboard/CONFORMANCE.md: each requirement names a test that exists, or says that it is open. */
import { testConformance } from "../conformance.js";

testConformance("assembly/kernel/thingsboard/CONFORMANCE.md", {
  "1 Connection": 10,
  "3 Telemetry": 7,
  "4 Attributes": 8,
  "5 RPC": 9,
  "6 and 7 Claiming, provisioning": 9,
  "8 Firmware and software update": 18,
  "9 Rate limits and size": 9,
  "13 Acceptance tests": 10,
  "T1 to T21": 21,
});
