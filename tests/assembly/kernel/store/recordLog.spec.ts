import { RecordLog } from "../../../../assembly/kernel/store/recordLog";
import { Disposition, RECORD_CLOCK_VALID, RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";
import { publish, prepareAll, bodyIs } from "../../../fakes/logWorkload";

describe("kernel/store/recordLog", () => {
  it("keeps a record with all it was given, over a remount", () => {
    const device = new NorDevice(4096, 8);
    const log = new RecordLog(device);
    expect(log.mount()).toBe(Status.Ok);
    expect(log.boot).toBe(1);
    prepareAll(log);
    const record = new RecordRef();
    record.capturedAtMs = 1732374523123;
    record.ttlSeconds = 3600;
    record.flags = RECORD_CLOCK_VALID | 0x13;
    record.topicBytes = 7;
    record.contextBytes = 5;
    record.dataBytes = 100;
    expect(publish(log, record)).toBe(Status.Ok);
    expect(record.sequence).toBe(1);

    const again = new RecordLog(device);
    expect(again.mount()).toBe(Status.Ok);
    expect(again.boot).toBe(2);
    expect(again.waiting).toBe(1);
    const found = new RecordRef();
    expect(again.next(0, found)).toBe(Status.Ok);
    expect(found.sequence).toBe(1);
    expect(found.capturedAtMs).toBe(1732374523123);
    expect(found.ttlSeconds).toBe(3600);
    expect(found.boot).toBe(1);
    expect(found.flags).toBe(RECORD_CLOCK_VALID | 0x13);
    expect(found.topicBytes).toBe(7);
    expect(found.contextBytes).toBe(5);
    expect(found.dataBytes).toBe(100);
    expect(bodyIs(again, found)).toBe(true);
    expect(again.next(1, found)).toBe(Status.NotFound);
    expect(again.remove(found, Disposition.Delivered)).toBe(Status.Ok);
    expect(again.remove(found, Disposition.Delivered)).toBe(Status.NotFound);
    expect(again.deliveredTotal).toBe(1);
    expect(again.waiting).toBe(0);
    expect(device.violation).toBe("");
  });
});
