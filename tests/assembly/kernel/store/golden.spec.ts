import { RecordLog } from "../../../../assembly/kernel/store/recordLog";
import { Disposition } from "../../../../assembly/kernel/store/item";
import { RECORD_CLOCK_VALID, RecordRef } from "../../../../assembly/kernel/store/recordStore";
import { Status } from "../../../../assembly/lib/status";
import { NorDevice } from "../../../fakes/norDevice";

const SECTOR_BYTES: i32 = 256;
const BLANK: string = "ffffffffffffffffffffffffffffffff";

/** `len` bytes of the flash as hex digits. */
function hex(device: NorDevice, offset: i32, len: i32): string {
  let text = "";
  for (let i = 0; i < len; i++)
    text += load<u8>(device.base + offset + i)
      .toString(16)
      .padStart(2, "0");
  return text;
}

function publishText(log: RecordLog, record: RecordRef, text: string): void {
  const bytes = String.UTF8.encode(text);
  expect(log.begin(record)).toBe(Status.Ok);
  expect(log.write(changetype<usize>(bytes), bytes.byteLength)).toBe(Status.Ok);
  expect(log.commit()).toBe(Status.Ok);
}

/** Three records as in SPEC.md, "Example": the first delivered, the second long enough to go on in the next sector. */
function example(device: NorDevice): RecordLog {
  const log = new RecordLog(device);
  log.mount();
  while (log.step()) {}
  const record = new RecordRef();
  record.capturedAtMs = 1732374523123;
  record.ttlSeconds = 3600;
  record.flags = RECORD_CLOCK_VALID | 0x03;
  record.topicBytes = 3;
  record.dataBytes = 5;
  publishText(log, record, "a/bhello");
  record.contextBytes = 2;
  record.dataBytes = 95;
  publishText(log, record, "a/bcc" + "x".repeat(95));
  const found = new RecordRef();
  for (let i = 0; i < 2; i++) {
    log.next(0, found);
    log.remove(found, i == 0 ? Disposition.Delivered : Disposition.Expired);
  }
  return log;
}

describe("kernel/store, the format of SPEC.md byte by byte", () => {
  it("has the headers, records and marks of the example", () => {
    const device = new NorDevice(SECTOR_BYTES, 4);
    example(device);
    expect(hex(device, 0, 16)).toBe("574d4c47010800000100000078816657", "sector 0: format");
    expect(hex(device, 16, 16)).toBe("01000000500000000100000000000000", "opening");
    expect(hex(device, 32, 16)).toBe("0100000000000000000000005578b026");
    expect(hex(device, 48, 16)).toBe("00000000000000000000000000000000", "touched");
    expect(hex(device, 64, 16)).toBe(BLANK, "handed nothing: the first of all");
    expect(hex(device, 80, 16)).toBe("fcfcfcfcfcfcfcfcfcfcfcfcfcfcfcfc", "record 1: delivered");
    expect(hex(device, 96, 16)).toBe("52430301030000000500f36c91599301", "its header");
    expect(hex(device, 112, 16)).toBe("01000000100e000001000000aff6cf0c");
    expect(hex(device, 128, 16)).toBe("612f6268656c6c6f91afa927ffffffff", "its body");
    expect(hex(device, 144, 16)).toBe("f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3", "record 2: expired");
    expect(hex(device, 160, 16)).toBe("52430301030002005f00f36c91599301", "its header");
    expect(hex(device, 176, 16)).toBe("02000000100e000001000000de462ad7");
    expect(hex(device, 192, 16)).toBe("612f6263637878787878787878787878", "its body");
    expect(hex(device, 256, 16)).toBe("574d4c47010800000100000078816657", "sector 1: format");
    expect(hex(device, 272, 16)).toBe("02000000800000000200000000000000", "opening: record 2 goes on here");
    expect(hex(device, 288, 16)).toBe("0100000000000000000000005a42c99f");
    expect(hex(device, 304, 16)).toBe(BLANK, "not touched");
    expect(hex(device, 320, 16)).toBe(BLANK, "handed nothing yet");
    expect(hex(device, 336, 16)).toBe("78787878787878787878787878787878", "body of record 2");
    expect(hex(device, 368, 16)).toBe("78787878be06a624ffffffffffffffff", "and its checksum");
    expect(hex(device, 384, 16)).toBe(BLANK, "nothing behind");
    expect(hex(device, 512, 16)).toBe("574d4c47010800000100000078816657", "sector 2: ready");
    expect(hex(device, 528, 16)).toBe(BLANK);
    expect(device.violation).toBe("");
  });

  it("hands the counts over before a sector is given up and erased", () => {
    const device = new NorDevice(SECTOR_BYTES, 4);
    const store = example(device);
    store.step();
    expect(hex(device, 320, 16)).toBe("010000000100000000000080be0962c1", "one delivered, one expired, record 2 was stored");
    expect(hex(device, 0, 16)).toBe("574d4c470108000002000000962ed345", "sector 0: second erase");
    expect(hex(device, 80, 16)).toBe(BLANK);
  });

  it("marks each disposition by bits of its own", () => {
    const device = new NorDevice(SECTOR_BYTES, 4);
    const store = example(device);
    const record = new RecordRef();
    record.dataBytes = 0;
    expect(store.begin(record)).toBe(Status.Ok);
    expect(store.commit()).toBe(Status.Ok);
    expect(store.remove(record, Disposition.Evicted)).toBe(Status.Ok);
    expect(hex(device, record.position, 16)).toBe("cfcfcfcfcfcfcfcfcfcfcfcfcfcfcfcf");
  });
});
