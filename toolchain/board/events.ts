/** What the simulator says: one JSON object a line on its standard output. */

export type ResetReason = "power-on" | "watchdog" | "restart" | "kernel-trap" | "deep-sleep";

export interface BootEvent {
  readonly event: "boot";
  readonly reason: ResetReason;
  /** Starts of the board so far, this one included: resets are boots - 1. */
  readonly boots: number;
}

/** A publish call answered STORED. */
export interface AcceptedEvent {
  readonly event: "accepted";
  readonly sequence: string;
}

/** The board's own account: the fields named here, and every field of host/include/stats.def. */
export interface StatusEvent {
  readonly event: "status";
  readonly uptimeMs: number;
  /** Processor time of the board since its start. */
  readonly cpuUs: number;
  readonly link: "down" | "connecting" | "up";
  readonly client: string;
  readonly kernelRam: number;
  readonly appRam: number;
  readonly flashErases: number;
  readonly flashPrograms: number;
  readonly appRestarts: number;
  /** Why the app was ended last; empty: never. */
  readonly lastAppStop: string;
  readonly clientState: number;
  readonly lastCause: number;
  readonly storedTotal: number;
  readonly deliveredTotal: number;
  readonly expiredTotal: number;
  readonly evictedTotal: number;
  readonly rejectedTotal: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly connects: number;
  readonly [field: string]: number | string;
}

export interface AppStoppedEvent {
  readonly event: "app-stopped";
  readonly export: string;
  readonly reason: string;
  readonly restartMs: number;
}

/** The app that was swapped in runs. */
export interface AppSwappedEvent {
  readonly event: "app-swapped";
}

/** Another app runs from here on than the one that the simulator was started with, or it does again. */
export interface AppChosenEvent {
  readonly event: "app-chosen";
  readonly slot: "embedded" | "a" | "b" | "none";
  readonly version: string;
  readonly trial: boolean;
}

/** Another firmware runs from this start on than at the one before. */
export interface FirmwareChosenEvent {
  readonly event: "firmware-chosen";
  readonly slot: "a" | "b";
  readonly version: string;
  readonly trial: boolean;
}

export interface GpioEvent {
  readonly event: "gpio";
  readonly pin: number;
  readonly level: number;
}

export interface FaultEvent {
  readonly event: "fault";
  readonly kind: "power-cut";
  readonly torn: boolean;
}

export interface ErrorEvent {
  readonly event: "error";
  readonly message: string;
}

export type BoardEvent =
  | BootEvent
  | AcceptedEvent
  | StatusEvent
  | AppStoppedEvent
  | AppSwappedEvent
  | AppChosenEvent
  | FirmwareChosenEvent
  | GpioEvent
  | FaultEvent
  | ErrorEvent;
export type BoardEventName = BoardEvent["event"];
export type BoardEventOf<Name extends BoardEventName> = Extract<BoardEvent, { event: Name }>;

const NAMES: ReadonlySet<string> = new Set<BoardEventName>([
  "boot",
  "accepted",
  "status",
  "app-stopped",
  "app-swapped",
  "app-chosen",
  "firmware-chosen",
  "gpio",
  "fault",
  "error",
]);

/** Returns the event of a line, or throws an Error that shows the line. */
export function parseBoardEvent(line: string): BoardEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`simulator: found ${JSON.stringify(line.slice(0, 120))}, expected one JSON object a line`);
  }
  const name = typeof value === "object" && value !== null ? (value as { event?: unknown }).event : undefined;
  if (typeof name !== "string" || !NAMES.has(name)) {
    throw new Error(`simulator: found event ${JSON.stringify(name)}, expected one of ${[...NAMES].join(", ")}`);
  }
  return value as BoardEvent;
}
