import { Status } from "../../../../assembly/lib/status";
import { PacketParser, PacketSink } from "../../../../assembly/kernel/mqtt/parser";
import { PublishHead } from "../../../../assembly/kernel/mqtt/publish";
import { at, bytes, hex } from "../../hex";

/** Writes down what the parser finds, in words. */
class Recorder extends PacketSink {
  log: string = "";
  body: string = "";
  answer: i32 = Status.Ok;

  private note(text: string): i32 {
    this.log += (this.log.length ? ", " : "") + text;
    return this.answer;
  }

  onConnack(isSessionPresent: bool, code: i32): i32 {
    return this.note(`connack ${isSessionPresent ? 1 : 0} ${code}`);
  }

  onAck(packet: i32, packetId: i32, reason: i32): i32 {
    return this.note(`ack ${packet >> 4} ${packetId}`);
  }

  onSuback(packetId: i32, codes: usize, count: i32): i32 {
    return this.note(`suback ${packetId} [${hex(codes, count)}]`);
  }

  onPingresp(): i32 {
    return this.note("pingresp");
  }

  onPublish(head: PublishHead): void {
    this.body = "";
    this.note(`publish topic ${head.topicLen} payload ${head.payloadLen} qos ${head.qos}`);
  }

  onPublishBytes(src: usize, len: i32): void {
    this.body += (this.body.length ? " " : "") + hex(src, len);
  }

  onPublishEnd(head: PublishHead): i32 {
    return this.note(`id ${head.packetId} body ${this.body}`);
  }
}

/** One valid packet of each kind that a server sends. */
const GOOD: string[] = [
  "20 02 00 00",
  "20 02 01 00",
  "20 02 00 05",
  "30 05 00 03 612f62",
  "31 07 00 03 612f62 6869",
  "32 09 00 03 612f62 0102 6869",
  "3c 07 00 03 612f62 ffff",
  "40 02 12 34",
  "50 02 12 34",
  "62 02 12 34",
  "70 02 12 34",
  "90 03 00 0a 01",
  "90 06 00 0a 00 01 02 80",
  "b0 02 00 0a",
  "d0 00",
];

const LOGS: string[] = [
  "connack 0 0",
  "connack 1 0",
  "connack 0 5",
  "publish topic 3 payload 0 qos 0, id 0 body 61 2f 62",
  "publish topic 3 payload 2 qos 0, id 0 body 61 2f 62 68 69",
  "publish topic 3 payload 2 qos 1, id 258 body 61 2f 62 68 69",
  "publish topic 3 payload 0 qos 2, id 65535 body 61 2f 62",
  "ack 4 4660",
  "ack 5 4660",
  "ack 6 4660",
  "ack 7 4660",
  "suback 10 [01]",
  "suback 10 [00 01 02 80]",
  "ack 11 10",
  "pingresp",
];

/** Malformed forms: each must end the connection. */
const BAD: string[] = [
  "00 00",
  "f0 00",
  "f0 02 00 00", // reserved types
  "10 00",
  "82 05 0001 0001 61",
  "a2 00",
  "c0 00",
  "e0 00", // what only a client sends
  "21 02 00 00",
  "28 02 00 00",
  "41 02 00 01",
  "60 02 00 01",
  "63 02 00 01", // flags
  "91 03 00 01 00",
  "92 03 00 01 00",
  "b2 02 00 01",
  "d1 00",
  "20 00",
  "20 01 00",
  "20 03 00 00 00",
  "40 03 00 01 00",
  "40 00",
  "b0 03 00 01 00",
  "d0 01 00",
  "90 02 00 01", // lengths
  "20 02 02 00",
  "20 02 80 00",
  "20 02 00 06",
  "20 02 01 01", // CONNACK
  "40 02 00 00",
  "62 02 00 00",
  "b0 02 00 00",
  "90 03 00 00 00", // packet identifier 0
  "90 03 00 01 03",
  "90 03 00 01 81",
  "90 04 00 01 00 7f", // SUBACK codes
  "90 12 00 01", // more codes than anybody asked for
  "36 07 00 01 61 0001 61",
  "37 07 00 01 61 0001 61", // QoS 3
  "38 04 00 01 61 61", // DUP with QoS 0
  "32 05 00 01 61 00 00",
  "32 07 00 01 61 0000 61 61", // QoS 1 with identifier 0
  "30 00",
  "30 01 00",
  "30 02 00 00",
  "32 04 00 01 61 00", // too short
  "30 05 00 00 61 61 61", // empty topic
  "30 04 00 03 61 61",
  "30 04 ff ff 61 61",
  "32 06 00 03 61 61 61 00", // topic longer than the packet
  "30 05 00 03 61 2f 23",
  "30 05 00 03 2b 2f 61", // wildcards
  "30 05 00 03 61 00 61",
  "30 05 00 03 61 c3 28",
  "30 04 00 02 e2 82",
  "30 05 00 03 ed a0 80", // not UTF-8
  "30 80 80 80 80",
  "40 ff ff ff ff", // a remaining length of five bytes
];

function parse(data: StaticArray<u8>, cut: i32, recorder: Recorder): i32 {
  const parser = new PacketParser();
  parser.sink = recorder;
  const status = parser.feed(at(data), cut);
  return status < 0 ? status : parser.feed(at(data) + cut, data.length - cut);
}

describe("kernel/mqtt/parser", () => {
  it("reads every packet that a server sends", () => {
    for (let i = 0; i < GOOD.length; i++) {
      const recorder = new Recorder();
      expect(parse(bytes(GOOD[i]), 0, recorder)).toBe(Status.Ok, GOOD[i]);
      expect(recorder.log).toBe(LOGS[i], GOOD[i]);
    }
  });

  it("reads them the same cut at every byte", () => {
    for (let i = 0; i < GOOD.length; i++) {
      const data = bytes(GOOD[i]);
      for (let cut = 1; cut < data.length; cut++) {
        const recorder = new Recorder();
        expect(parse(data, cut, recorder)).toBe(Status.Ok, `${GOOD[i]} cut at ${cut}`);
        expect(recorder.log).toBe(LOGS[i], `${GOOD[i]} cut at ${cut}`);
      }
    }
  });

  it("reads them all in one stream, byte by byte", () => {
    const recorder = new Recorder();
    const parser = new PacketParser();
    parser.sink = recorder;
    const data = bytes(GOOD.join(""));
    for (let i = 0; i < data.length; i++) expect(parser.feed(at(data) + i, 1)).toBe(Status.Ok);
    expect(recorder.log).toBe(LOGS.join(", "));
    expect(parser.isAtBoundary).toBe(true);
  });

  it("waits for more after every strict prefix, and reports nothing whole", () => {
    for (let i = 0; i < GOOD.length; i++) {
      const data = bytes(GOOD[i]);
      for (let length = 1; length < data.length; length++) {
        const recorder = new Recorder();
        const parser = new PacketParser();
        parser.sink = recorder;
        expect(parser.feed(at(data), length)).toBe(Status.Ok, `${GOOD[i]}, ${length} bytes`);
        expect(parser.isAtBoundary).toBe(false, `${GOOD[i]}, ${length} bytes`);
        expect(recorder.log.includes("id ") || (i < 3 && recorder.log.length > 0)).toBe(false, `${GOOD[i]}, ${length} bytes`);
      }
    }
  });

  it("refuses every malformed form, cut anywhere", () => {
    for (let i = 0; i < BAD.length; i++) {
      const data = bytes(BAD[i]);
      for (let cut = 0; cut < data.length; cut++) {
        expect(parse(data, cut, new Recorder())).toBe(Status.Protocol, `${BAD[i]} cut at ${cut}`);
      }
    }
  });

  it("gives a value or Protocol after every change of one byte", () => {
    for (let i = 0; i < GOOD.length; i++) {
      const data = bytes(GOOD[i]);
      for (let place = 0; place < data.length; place++) {
        const was = data[place];
        for (let value = 0; value < 256; value++) {
          data[place] = <u8>value;
          const status = parse(data, 0, new Recorder());
          if (status != Status.Ok && status != Status.Protocol) expect(status).toBe(Status.Ok, `${GOOD[i]} byte ${place} = ${value}`);
        }
        data[place] = was;
      }
    }
  });

  it("takes a payload of any length in pieces", () => {
    const recorder = new Recorder();
    const parser = new PacketParser();
    parser.sink = recorder;
    const head = bytes("30 e3a712 0001 61"); // remaining length 300,003
    expect(parser.feed(at(head), head.length)).toBe(Status.Ok);
    expect(recorder.log).toBe("publish topic 1 payload 300000 qos 0");
    const piece = new StaticArray<u8>(1000);
    for (let i = 0; i < 300; i++) {
      recorder.body = "";
      expect(parser.isAtBoundary).toBe(false);
      parser.feed(at(piece), 1000);
    }
    expect(parser.isAtBoundary).toBe(true);
  });

  it("ends with what the sink answers", () => {
    const recorder = new Recorder();
    recorder.answer = Status.Refused;
    expect(parse(bytes("20 02 00 05"), 0, recorder)).toBe(Status.Refused);
  });

  it("starts anew after reset", () => {
    const recorder = new Recorder();
    const parser = new PacketParser();
    parser.sink = recorder;
    const half = bytes("32 09 00 03 61");
    parser.feed(at(half), half.length);
    parser.reset();
    const ping = bytes("d0 00");
    recorder.log = "";
    expect(parser.feed(at(ping), 2)).toBe(Status.Ok);
    expect(recorder.log).toBe("pingresp");
  });
});
