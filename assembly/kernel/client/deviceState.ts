import { Status } from "../../lib/status";

/**
 * What the device itself must remember, in the `state` partition: small values under short names, never evicted. After a power cut
 * a value is the old or the new one.
 */
export abstract class DeviceState {
  /** Reads a value into dst: u8[cap]. Its bytes, NotFound, TooLarge, Io. */
  abstract get(name: string, dst: usize, cap: i32): i32;
  /** Keeps src: u8[len] under a name. Ok once it survives a power cut; NoSpace, Io. */
  abstract put(name: string, src: usize, len: i32): i32;
  /** Ok, NotFound, Io. */
  abstract remove(name: string): i32;
}

/** Remembers nothing: a board without the partition. Whoever asks does without. */
export class NoState extends DeviceState {
  get(name: string, dst: usize, cap: i32): i32 {
    return Status.NotFound;
  }

  put(name: string, src: usize, len: i32): i32 {
    return Status.Unsupported;
  }

  remove(name: string): i32 {
    return Status.NotFound;
  }
}

class StateInUse {
  state: DeviceState = new NoState();
}

/** The state in use: a kernel's entry puts one there at set-up. */
export const deviceState = new StateInUse();
