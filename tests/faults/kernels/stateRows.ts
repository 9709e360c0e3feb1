import { StateStore } from "../../../assembly/kernel/stateStore";
import { BlockDevice } from "../../../assembly/kernel/store/flash/blockDevice";
import { Parts } from "../../../assembly/kernel/store/parts";
import { Status } from "../../../assembly/lib/status";

/** As in state.c: how many there are. */
const NAMES: StaticArray<string> = ["a", "reset", "slots", "credentials", "entityCache", "a-name-as-long-as-it-is"];

/** With what it needs made before the state of the module is kept. */
class MeasuredState extends StateStore {
  measure(): bool {
    return this.tree.measure();
  }
}

/** Broken on purpose: writes each value once. */
class SingleState extends MeasuredState {
  protected writeCopy(copy: u8, src: usize, len: i32): i32 {
    return copy == 1 ? super.writeCopy(copy, src, len) : Status.Ok;
  }
}

let state: MeasuredState = changetype<MeasuredState>(0);

/** Broken on purpose: leaves alone what a power cut or damage left unequal. */
class UnhealedState extends MeasuredState {
  protected heal(): bool {
    return false;
  }
}

/** The partition `state` over a device, not mounted yet; variant as in store_guest.h. Ok, Unsupported. */
export function makeState(variant: i32, device: BlockDevice, parts: Parts): i32 {
  if (variant == 8) state = new SingleState(device, parts);
  else if (variant == 9) state = new UnhealedState(device, parts);
  else state = new MeasuredState(device, parts);
  return state.measure() ? Status.Ok : Status.Unsupported;
}

export function mountState(): i32 {
  return state.mount();
}

export function stepState(): i32 {
  return i32(state.step());
}

/** value: u8[bytes]; no bytes remove it. */
export function putState(name: i32, value: usize, bytes: i32): i32 {
  return bytes == 0 ? state.remove(NAMES[name]) : state.put(NAMES[name], value, bytes);
}

/** value: u8[cap]. Bytes of it, or a status. */
export function getState(name: i32, value: usize, cap: i32): i32 {
  return state.get(NAMES[name], value, cap);
}
