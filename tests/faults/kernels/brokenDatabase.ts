import { outbox } from "../../../assembly/kernel/client/outbox";
import { OutboxStore } from "../../../assembly/kernel/client/outboxStore";
import { readConfig } from "../../../assembly/kernel/client/settings";
import { openDatabase } from "../../../assembly/kernel/database";
import { Partition } from "../../../assembly/kernel/host/constants";
import { startOver } from "../../../assembly/kernel/startOver";
import { FlashDevice } from "../../../assembly/kernel/store/flash/flashDevice";
import { Parts } from "../../../assembly/kernel/store/parts";
import { TreeStore } from "../../../assembly/kernel/store/treeStore";
import { EagerParts } from "../../fakes/brokenParts";
import { LazyFlash } from "./lazyFlash";

export { abi_version, app_started, exchange, step, syscall } from "../../../assembly/kernel/exports";

const ENTRIES: i32 = 256;
const CHOICE_BYTES: i32 = 8;
const choice = memory.data(CHOICE_BYTES);

/** The store of a database, broken on purpose: "lazy", its flash says done too early; else each record of a batch is committed alone. */
function brokenStore(): TreeStore {
  const isLazy = readConfig("test.broken", choice, CHOICE_BYTES) == 4;
  if (isLazy) return new TreeStore(new LazyFlash(Partition.Store), ENTRIES, new Parts(), true);
  return new TreeStore(new FlashDevice(Partition.Store), ENTRIES, new EagerParts(), true);
}

export function setup(): i32 {
  const queue = new OutboxStore(brokenStore());
  const status = startOver(queue);
  if (outbox.store) openDatabase(queue.store);
  return status;
}
