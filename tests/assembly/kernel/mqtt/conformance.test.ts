/** assembly/kernel/mqtt/CONFORMANCE.md: each requirement names a test that exists, or says that it is open. */
import { testConformance } from "../conformance.js";

testConformance("assembly/kernel/mqtt/CONFORMANCE.md", {
  "5 Layouts": 10,
  "6.1 Encoding": 8,
  "6.2 Packet identifiers": 6,
  "6.3 Connect": 18,
  "6.4 Keep-alive": 4,
  "6.5 Publish and acknowledgements": 9,
  "6.6 Subscribe and unsubscribe": 5,
  "6.7 Disconnect and errors": 5,
  "6.8 Topic filters": 4,
  "7 QoS state machines": 18,
  "8 Properties and reason codes": 4,
  "9 MQTT 5 on a device": 31,
  "10 Required behaviour": 13,
  "11 On real brokers": 18,
  "U1 to U18": 18,
});
