/** Return codes of CONNACK. Source: MQTT 3.1.1, 3.2.2.3. */
export enum ConnectCode {
  Accepted = 0,
  ProtocolVersion = 1,
  ClientId = 2,
  Unavailable = 3,
  UserOrPassword = 4,
  NotAuthorised = 5,
}

/** Tells whether asking again cannot help until somebody changes a configuration. */
export function isPermanentRefusal(code: i32): bool {
  return code != ConnectCode.Accepted && code != ConnectCode.Unavailable;
}

/**
 * Tells whether the two bytes of a CONNACK can be: reserved flags 0, a known code, no session with a refusal
 * [MQTT-3.2.2-4].
 */
export function isConnack(flags: i32, code: i32): bool {
  return flags <= 1 && code <= ConnectCode.NotAuthorised && !(flags == 1 && code != ConnectCode.Accepted);
}
