import { Status } from "../../../lib/status";
import { Item } from "../item";
import { Store } from "../store";
import { TextView } from "./textView";

/** Bytes of a document held at once. */
const WINDOW_BYTES: i32 = 128;
/** Windows begin at multiples of this: a little of what stands before is often looked at again. */
const ALIGN: i32 = 16;

/** A document in the store, looked at through a window of WINDOW_BYTES. */
export class RecordView extends TextView {
  readonly item: Item = new Item();
  /** What kept a byte from being read: Ok, Io, Corrupt. Whoever evaluated anything asks this after. */
  status: i32 = Status.Ok;
  private readonly window: StaticArray<u8> = new StaticArray<u8>(WINDOW_BYTES);

  constructor(private readonly store: Store) {
    super();
  }

  /** Looks at the record that `item` was filled with. */
  open(): void {
    this.reset(changetype<usize>(this.window), 0);
    this.length = this.item.valueBytes;
    this.status = Status.Ok;
  }

  protected fetch(offset: i32): bool {
    if (<u32>offset >= <u32>this.length || this.status < 0) return false;
    const first = offset & -ALIGN;
    const got = this.store.read(this.item, first, this.address, min(WINDOW_BYTES, this.length - first));
    this.first = first;
    this.held = max(got, 0);
    if (first + got > offset) return true;
    this.status = got < 0 ? got : Status.Corrupt;
    return false;
  }
}
