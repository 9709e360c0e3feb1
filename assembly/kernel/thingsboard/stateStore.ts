import { Status } from "../../lib/status";

/** What the device must remember, under short keys: on flash when a kernel has such a place. Values are small. */
export abstract class StateStore {
  /** Reads into dst: u8[cap]. Bytes read, NotFound, TooLarge, Io. */
  abstract get(key: usize, keyLen: i32, dst: usize, cap: i32): i32;
  /** Keeps src: u8[len] in place of what was there; durable when it returns. Ok, NoSpace, Io. */
  abstract put(key: usize, keyLen: i32, src: usize, len: i32): i32;
  /** Ok, NotFound, Io. */
  abstract remove(key: usize, keyLen: i32): i32;
}

const VALUE_MAX: i32 = 255;

/** Remembers one value, until the power goes: for kernels without a store, whatever the key. */
export class RamState extends StateStore {
  private bytes: StaticArray<u8> = new StaticArray<u8>(VALUE_MAX);
  private len: i32 = Status.NotFound;

  get(key: usize, keyLen: i32, dst: usize, cap: i32): i32 {
    if (this.len > cap) return Status.TooLarge;
    if (this.len > 0) memory.copy(dst, changetype<usize>(this.bytes), this.len);
    return this.len;
  }

  put(key: usize, keyLen: i32, src: usize, len: i32): i32 {
    if (len > VALUE_MAX) return Status.NoSpace;
    memory.copy(changetype<usize>(this.bytes), src, len);
    this.len = len;
    return Status.Ok;
  }

  remove(key: usize, keyLen: i32): i32 {
    if (this.len < 0) return Status.NotFound;
    this.len = Status.NotFound;
    return Status.Ok;
  }
}
