/** What `npm run provision -- --init` writes. What must be filled in is empty, and refused while it is. */
export const CONFIG_TEMPLATE = `// A board's configuration. Comments are allowed. It holds passwords: keep it out of version control.
// What is commented out shows an example; without it the default in brackets holds. Paths are seen from this file.
{
  "wifi": {
    "ssid": "",
    "password": "", // 8 to 63 characters; remove the line for an open network
    // "hostname": "porch", // [the chip's]
  },
  "mqtt": {
    "host": "", // the broker's name or address
    "clientId": "", // this board's name at the broker; no two boards may have the same
    // "port": 8883, // [8883 with TLS, else 1883]
    // "tls": true, // [false]
    // "user": "board",
    // "password": "its password",
    // "topic": "garden/porch", // [devices/ and the clientId] what its topics begin with
    // "keepAliveSeconds": 60,
    // "window": 4, // messages in flight, 1 to 16
    // "cleanSession": false,
    // "version": 5, // [5 in a kernel named -v5, else 4, which is 3.1.1]
    // "sessionExpirySeconds": 86400, // MQTT 5: how long the broker keeps what it owes this board
    // "willDelaySeconds": 30, // MQTT 5: how long it waits before it publishes the will
  },
  // "tendrl": { // in a kernel named *-tendrl: mqtt may then be left out
  //   "apiKey": "the-entitys-key",
  //   "appUrl": "https://app.tendrl.com",
  //   "reset": false, // true: asks once anew who this board is
  //   "cacheHours": 24, // [never] asks anew when the answer is older
  //   "eType": "wasmote/0.1.0", // [not sent] tells the cloud what kind of client asks
  // },
  // "tls": {
  //   "caFile": "ca.pem", // who signs the broker's certificate
  //   "useBundle": true, // [true without caFile] trusts the authorities of the web instead
  //   "certificateFile": "board.pem", // to a broker that asks for the board's own certificate
  //   "keyFile": "board.key", // its private key
  //   "allowSelfSigned": false, // simulator only, for localhost
  // },
  // "time": { "sntp": "pool.ntp.org" },
  // "device": { "watchdogSeconds": 8 },
  // "store": {
  //   "capBytes": 400000, // flash for what waits for delivery
  //   "capRecords": 5000, // for Tendrl: so many messages at most
  //   "eviction": "oldest", // for Tendrl: what makes room in a full store; or "refuse"
  //   "sweepSeconds": 60, // how often documents whose time is up are removed
  // },
  // "thingsboard": { "sequence": false, "limits": { "messages": "10:1,60:60" } }, // limits: of a server that does not tell them
  // "app": { "intervalMs": 10000 }, // free in its names; your app reads it
}
`;
