import { Item } from "../../assembly/kernel/store/item";
import { Store } from "../../assembly/kernel/store/store";
import { Status } from "../../assembly/lib/status";
import { NorDevice } from "./norDevice";
import { keyAddress, makeKey } from "./storeModel";

/** Where a bit is turned in a record: its header, its value, and the length of its index entries that stands behind them. */
export enum Hit {
  Header,
  Value,
  Tail,
}

export const HITS: i32 = 3;

/** Turns a bit of the record that `item` is, which must not be the one written last. */
export function turnBit(device: NorDevice, item: Item, hit: Hit): void {
  assert(!item.isImage);
  const record = device.base + item.position * 16;
  const value = record + item.valueOffset;
  const at = hit == Hit.Header ? record : hit == Hit.Value ? value : value + item.valueBytes + 1 + item.entriesBytes;
  store<u8>(at, load<u8>(at) ^ 1);
}

/** The same of the record of key number n. */
export function damageRecord(device: NorDevice, db: Store, n: i32, hit: Hit): void {
  const item = new Item();
  assert(db.find(keyAddress(), makeKey(n), item) == Status.Ok);
  turnBit(device, item, hit);
}
