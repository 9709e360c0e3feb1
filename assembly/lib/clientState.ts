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
  /** Link up, waits for the time (a cloud whose messages carry it). */
  TimeSync = 6,
  /** Asks the cloud who this device is. */
  Discovering = 7,
  /** Connected, the subscription that the cloud needs is not answered yet. */
  Subscribing = 8,
  /** The cloud does not know the key: tries again after 15 minutes. */
  AuthFailed = 9,
}
