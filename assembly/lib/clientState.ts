/** Where the MQTT client stands: the answer of the `client_state` syscall. Numbers are never reused and never renumbered. */
export enum ClientState {
  /** Not started, or stopped by the app. */
  Stopped = 0,
  /** Waits for the network link. */
  LinkDown = 1,
  /** Waits for its next attempt (back-off). */
  Waiting = 2,
  /** Name look-up, TCP, TLS. */
  Opening = 3,
  /** CONNECT sent, CONNACK awaited. */
  Connecting = 4,
  /** CONNACK 0 received. */
  Online = 5,
}
