/** Numbers that pass between ThingsBoardClient and the kernel's face for ThingsBoard. */

/** What tb_send sends. */
export enum Sent {
  /** Telemetry in any of its four shapes. */
  Telemetry = 0,
  /** One row of a list that is handed over row by row. */
  Row = 1,
  /** The end of that list. */
  End = 2,
  /** Client attributes. */
  Attributes = 3,
  Claim = 4,
}

/** What tb_request asks. */
export enum Asked {
  Attributes = 0,
  Call = 1,
}

/** What an event of this cloud is: its event header's subscription. The topic of each: u32 id, i32 status. */
export enum Event {
  /** Shared attributes have changed: an object, or `{"deleted":[...]}`. */
  Update = 0x100,
  /** Attributes that were asked for; without payload when status is not Ok. */
  Answer = 0x101,
  /** The server calls: `{"method":...,"params":...}`. */
  Call = 0x102,
  /** The answer to a call of the app's; without payload when status is not Ok. */
  CallAnswer = 0x103,
  /** The end of provisioning, by its status. */
  Provisioned = 0x104,
  /** The connection's state has changed, for an app that watches it: the head's id is the new state, its status why the last connection ended. */
  State = 0x105,
}

/** What tb_watch is told with an empty key, beside the keys of attributes. */
export enum Watch {
  /** The connection's state is not told, or is. */
  Nothing = 0,
  State = 1,
  /** The app takes events from here on: before, the kernel itself answers calls. */
  Events = 2,
}

export const EVENT_HEAD_BYTES: i32 = 8;

/** Fields of tb_info, u32 each, in order. */
export enum Info {
  /** 1: provisioned credentials are stored. */
  IsProvisioned,
  /** Milliseconds until a limit lets the next message go. */
  WaitMs,
  /** Answers that nobody waited for any more. */
  Strays,
  /** Times that the server closed early, again and again, as it does when another device has this one's name. */
  TakeOvers,
  /** Server calls that came a second time. */
  Repeats,
  /** Largest payload the server takes, 0 unknown. */
  PayloadBytes,
  /** Code of the last CONNACK. */
  ConnectCode,
  Count,
}

/** What tb_provision answers when there is nothing to do. */
export const ALREADY_PROVISIONED: i32 = 1;
