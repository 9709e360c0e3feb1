import { readNumber } from "../client/settings";

/** 3.1.1 and 5, as they stand in CONNECT. */
export const VERSION_3: i32 = 4;
export const VERSION_5: i32 = 5;

const NEVER: u32 = 0xffffffff;
const SECONDS_MAX: i32 = 2000000000;

/** The part of the configuration that version 5 alone has. */
export class Settings5 {
  version: i32 = VERSION_5;
  /** How long the server keeps the session. */
  sessionExpirySeconds: u32 = NEVER;
  willDelaySeconds: u32 = 0;

  /** Reads it. What is missing or unreadable has its default; toolchain/config checks it before it gets here. */
  load(): void {
    this.version = readNumber("mqtt.version", VERSION_5, VERSION_5);
    const expiry = readNumber("mqtt.sessionExpirySeconds", -1, SECONDS_MAX);
    this.sessionExpirySeconds = expiry < 0 ? NEVER : expiry;
    this.willDelaySeconds = readNumber("mqtt.willDelaySeconds", 0, SECONDS_MAX);
  }
}
