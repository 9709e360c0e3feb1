import { RecordRef, RecordStore } from "../../assembly/kernel/store/recordStore";
import { Status } from "../../assembly/lib/status";

/** Bodies are made from the sequence, so that any reader can tell what they must be. */
function bodyByte(sequence: i64, index: i32): u8 {
  return <u8>(<i32>sequence * 31 + index * 7 + (index >> 8));
}

const piece = new StaticArray<u8>(512);

/** Steps until nothing is left to be done. */
export function prepareAll(log: RecordStore): void {
  while (log.step()) {}
}

/** Publishes `record` with a body that tells its sequence, in pieces of `pieceBytes`. Returns the first status that is not Ok. */
export function publish(log: RecordStore, record: RecordRef, pieceBytes: i32 = 100): i32 {
  let status = log.begin(record);
  if (status != Status.Ok) return status;
  const total = record.topicBytes + record.contextBytes + record.dataBytes;
  for (let done = 0; done < total;) {
    const len = min(pieceBytes, total - done);
    for (let i = 0; i < len; i++) piece[i] = bodyByte(record.sequence, done + i);
    status = log.write(changetype<usize>(piece), len);
    if (status != Status.Ok) return status;
    done += len;
  }
  return log.commit();
}

/** Whether the stored body is the one that `publish` wrote. */
export function bodyIs(log: RecordStore, record: RecordRef): bool {
  const total = record.topicBytes + record.contextBytes + record.dataBytes;
  for (let done = 0; done < total;) {
    const len = log.read(record, done, changetype<usize>(piece), 100);
    if (len <= 0) return false;
    for (let i = 0; i < len; i++) if (piece[i] != bodyByte(record.sequence, done + i)) return false;
    done += len;
  }
  return log.read(record, total, changetype<usize>(piece), 1) == 0;
}
