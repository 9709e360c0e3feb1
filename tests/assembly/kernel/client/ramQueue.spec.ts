import { Status } from "../../../../assembly/lib/status";
import { RamQueue } from "../../../../assembly/kernel/client/ramQueue";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RecordRef, REJECTED } from "../../../../assembly/kernel/store/recordStore";
import { at, text, utf8 } from "../../hex";

const OVERHEAD: i32 = 40;
const buffer = new StaticArray<u8>(64);
const out = new RecordRef();

function announce(topic: i32, context: i32, data: i32): RecordRef {
  const record = new RecordRef();
  record.topicBytes = topic;
  record.contextBytes = context;
  record.dataBytes = data;
  return record;
}

function put(queue: RamQueue, content: string): i32 {
  const bytes = utf8(content);
  const status = queue.begin(announce(1, 0, bytes.length - 1));
  if (status < 0) return status;
  queue.write(at(bytes), bytes.length);
  return queue.commit();
}

function contentOf(queue: RamQueue, after: i64): string {
  if (queue.next(after, out) != Status.Ok) return "-";
  const length = queue.read(out, 0, at(buffer), 64);
  return text(at(buffer), length);
}

describe("kernel/client/ramQueue", () => {
  it("gives messages back in order with all that was kept with them", () => {
    const queue = new RamQueue(512);
    const record = announce(1, 2, 3);
    record.capturedAtMs = 1234567890123;
    record.ttlSeconds = 60;
    record.flags = 0x12;
    const bytes = utf8("tccddd");
    expect(queue.begin(record)).toBe(Status.Ok);
    expect(queue.write(at(bytes), 4)).toBe(Status.Ok);
    expect(queue.write(at(bytes) + 4, 2)).toBe(Status.Ok);
    expect(queue.commit()).toBe(Status.Ok);
    put(queue, "second");
    expect(contentOf(queue, 0)).toBe("tccddd");
    expect(out.sequence).toBe(1);
    expect(out.capturedAtMs).toBe(1234567890123);
    expect(out.ttlSeconds).toBe(60);
    expect(out.flags).toBe(0x12);
    expect(out.contextBytes).toBe(2);
    expect(contentOf(queue, 1)).toBe("second");
    expect(contentOf(queue, 2)).toBe("-");
  });

  it("reads from an offset and stops at the end", () => {
    const queue = new RamQueue(256);
    put(queue, "abcdef");
    queue.next(0, out);
    expect(queue.read(out, 4, at(buffer), 64)).toBe(2);
    expect(text(at(buffer), 2)).toBe("ef");
    expect(queue.read(out, 6, at(buffer), 64)).toBe(0);
  });

  it("removes from the middle and keeps the rest", () => {
    const queue = new RamQueue(512);
    put(queue, "one");
    put(queue, "two");
    put(queue, "three");
    queue.next(1, out);
    expect(queue.remove(out, Disposition.Delivered)).toBe(Status.Ok);
    expect(queue.remove(out, Disposition.Delivered)).toBe(Status.NotFound);
    expect(contentOf(queue, 0)).toBe("one");
    expect(contentOf(queue, 1)).toBe("three");
    expect(queue.waiting).toBe(2);
    expect(queue.deliveredTotal).toBe(1);
  });

  it("keeps a message that is being written when another goes", () => {
    const queue = new RamQueue(512);
    put(queue, "one");
    const bytes = utf8("half+half");
    queue.begin(announce(1, 0, 8));
    queue.write(at(bytes), 4);
    queue.next(0, out);
    queue.remove(out, Disposition.Expired);
    queue.write(at(bytes) + 4, 5);
    expect(queue.commit()).toBe(Status.Ok);
    expect(contentOf(queue, 0)).toBe("half+half");
    expect(queue.expiredTotal).toBe(1);
    queue.next(0, out);
    queue.remove(out, REJECTED);
    expect(queue.rejectedTotal).toBe(1);
    expect(queue.waiting).toBe(0);
  });

  it("is full to the byte, and refuses the newest", () => {
    const queue = new RamQueue(2 * (OVERHEAD + 10));
    expect(put(queue, "0123456789")).toBe(Status.Ok);
    expect(put(queue, "01234567890")).toBe(Status.NoSpace);
    expect(put(queue, "0123456789")).toBe(Status.Ok);
    expect(put(queue, "0")).toBe(Status.NoSpace);
    expect(queue.waiting).toBe(2);
    expect(queue.begin(announce(1, 0, 1000))).toBe(Status.TooLarge);
  });

  it("refuses what breaks the order of calls, and abort forgets", () => {
    const queue = new RamQueue(256);
    const bytes = utf8("abc");
    expect(queue.write(at(bytes), 1)).toBe(Status.Invalid, "nothing begun");
    expect(queue.commit()).toBe(Status.Invalid, "nothing begun");
    queue.begin(announce(1, 0, 2));
    expect(queue.begin(announce(1, 0, 2))).toBe(Status.Invalid, "one is begun");
    expect(queue.commit()).toBe(Status.Invalid, "bytes are missing");
    queue.write(at(bytes), 3);
    expect(queue.write(at(bytes), 1)).toBe(Status.Invalid, "more than announced");
    queue.abort();
    expect(queue.commit()).toBe(Status.Invalid, "aborted");
    expect(queue.lastSequence).toBe(0);
    expect(put(queue, "x")).toBe(Status.Ok);
    expect(queue.lastSequence).toBe(1);
  });
});
