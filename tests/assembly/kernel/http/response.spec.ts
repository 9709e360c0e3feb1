import { HttpResponse, HttpSink } from "../../../../assembly/kernel/http/response";
import { Status } from "../../../../assembly/lib/status";

/** Collects what a response says, as text. */
class Collector extends HttpSink {
  body: string = "";
  headers: string = "";
  heads: i32 = 0;
  answer: i32 = Status.Ok;

  onHeader(name: usize, nameLen: i32, value: usize, valueLen: i32): void {
    this.headers += String.UTF8.decodeUnsafe(name, nameLen) + "=" + String.UTF8.decodeUnsafe(value, valueLen) + ";";
  }

  onHead(status: i32): i32 {
    this.heads++;
    return this.answer;
  }

  onBody(src: usize, len: i32): i32 {
    this.body += String.UTF8.decodeUnsafe(src, len);
    return Status.Ok;
  }
}

let collector = new Collector();
let response = new HttpResponse();

function fresh(): void {
  collector = new Collector();
  response = new HttpResponse();
  response.sink = collector;
  response.reset();
}

/** Feeds text in parts of `part` bytes. Bytes taken in all, or the Status that ended it. */
function feed(text: string, part: i32): i32 {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text));
  let taken = 0;
  for (let at = 0; at < bytes.length; at += part) {
    const status = response.feed(bytes.dataStart + at, min(part, bytes.length - at));
    if (status < 0) return status;
    taken += status;
  }
  return taken;
}

const BY_LENGTH = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;name=value\r\nhel\r\n02\r\nlo\r\n0\r\nExpires: never\r\n\r\n";
const CONTINUED = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\nContent-Length: 5\n\nhello";
const NO_REASON = "HTTP/1.0 200\r\ncontent-length:5\r\n\r\nhello";

function expectStatus(text: string, expected: i32): void {
  for (let part = 1; part <= 3; part++) {
    fresh();
    const status = feed(text, part);
    expect(status).toBe(expected, text);
  }
}

describe("kernel/http/response", () => {
  it("reads each form of body over every split", () => {
    const texts = [BY_LENGTH, CHUNKED, CONTINUED, NO_REASON];
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i];
      for (let part = 1; part <= text.length; part++) {
        fresh();
        expect(feed(text, part)).toBe(text.length);
        expect(response.isDone).toBe(true);
        expect(collector.body).toBe("hello");
        expect(collector.heads).toBe(1);
      }
    }
    expect(response.status).toBe(200);
  });

  it("says of every prefix that the response is not whole", () => {
    for (let cut = 1; cut < CHUNKED.length; cut++) {
      fresh();
      expect(feed(CHUNKED.substring(0, cut), 7)).toBe(cut);
      expect(response.isDone).toBe(false);
      expect(response.finish()).toBe(Status.Closed);
    }
  });

  it("takes a body without a length up to the end of the connection", () => {
    fresh();
    expect(feed("HTTP/1.1 200 OK\r\n\r\nhel", 4)).toBe(22);
    expect(response.isDone).toBe(false);
    expect(feed("lo", 1)).toBe(2);
    expect(response.finish()).toBe(Status.Ok);
    expect(collector.body).toBe("hello");
  });

  it("reads sizes of chunks in digits of either case, with zeros in front and extensions behind", () => {
    const sizes = ["1A", "1a", "0000001A", "1a;name=value", "1a ;x"];
    for (let i = 0; i < sizes.length; i++) {
      fresh();
      feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sizes[i] + "\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", 5);
      expect(response.isDone).toBe(true, sizes[i]);
      expect(collector.body).toBe("abcdefghijklmnopqrstuvwxyz");
    }
  });

  it("takes nothing behind the end of the response", () => {
    fresh();
    expect(feed(BY_LENGTH + "more", 1000)).toBe(BY_LENGTH.length);
    expect(collector.body).toBe("hello");
  });

  it("expects no body behind 204 and 304, whatever the fields say", () => {
    const codes = ["204 No Content", "304 Not Modified"];
    for (let i = 0; i < codes.length; i++) {
      fresh();
      feed("HTTP/1.1 " + codes[i] + "\r\nContent-Length: 5\r\n\r\n", 9);
      expect(response.isDone).toBe(true);
    }
  });

  it("gives the fields with their names in lower case and their values without blanks around them", () => {
    fresh();
    feed("HTTP/1.1 206 Partial\r\nContent-Range:  bytes 0-4/10 \t\r\nX-Empty:\r\nContent-Length: 5\r\n\r\n", 11);
    expect(collector.headers).toBe("content-range=bytes 0-4/10;x-empty=;content-length=5;");
    expect(response.status).toBe(206);
  });

  it("cuts a long value and lives with it, but not with a length that it cannot see whole", () => {
    const long = "x".repeat(5000);
    fresh();
    expect(feed("HTTP/1.1 200 OK\r\nX-Long: " + long + "\r\nContent-Length: 5\r\n\r\nhello", 100)).toBeGreaterThan(0);
    expect(collector.body).toBe("hello");
    expectStatus("HTTP/1.1 200 OK\r\nContent-Length: " + "0".repeat(200) + "5\r\n\r\n", Status.Protocol);
  });

  it("refuses what is no response", () => {
    expectStatus("HTTP/2 200 OK\r\n", Status.Protocol);
    expectStatus("HTTP/1.1 20 OK\r\n", Status.Protocol);
    expectStatus("HTTP/1.1 600 OK\r\n", Status.Protocol);
    expectStatus("HTTP/1.1 2000\r\n", Status.Protocol);
    expectStatus("HTTP/1.1 099 X\r\n", Status.Protocol);
    expectStatus("SSH-2.0-server\r\n", Status.Protocol);
    expectStatus("HTTP/1.1 101 Switching Protocols\r\n\r\n", Status.Protocol);
    expectStatus("\r\n", Status.Protocol);
  });

  it("refuses malformed lines", () => {
    const head = "HTTP/1.1 200 OK\r\n";
    expectStatus(head + "No colon\r\n", Status.Protocol);
    expectStatus(head + ": no name\r\n", Status.Protocol);
    expectStatus(head + "Name : blank before the colon\r\n", Status.Protocol);
    expectStatus(head + "A: b\r\n continued\r\n", Status.Protocol);
    expectStatus(head + "A: b\rC: d\r\n", Status.Protocol);
    expectStatus(head + "A: \0\r\n", Status.Protocol);
  });

  it("refuses lengths that cannot be, or that contradict each other", () => {
    const head = "HTTP/1.1 200 OK\r\n";
    expectStatus(head + "Content-Length: -1\r\n", Status.Protocol);
    expectStatus(head + "Content-Length: 5, 5\r\n", Status.Protocol);
    expectStatus(head + "Content-Length:\r\n", Status.Protocol);
    expectStatus(head + "Content-Length: 99999999999\r\n", Status.TooLarge);
    expectStatus(head + "Content-Length: 5\r\nContent-Length: 6\r\n", Status.Protocol);
    expectStatus(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", Status.Protocol);
    expectStatus(head + "Transfer-Encoding: gzip\r\n", Status.Unsupported);
    expectStatus(head + "Transfer-Encoding: gzip, chunked\r\n", Status.Unsupported);
  });

  it("refuses malformed chunks", () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    expectStatus(head + "\r\n", Status.Protocol);
    expectStatus(head + "g\r\n", Status.Protocol);
    expectStatus(head + "-1\r\n", Status.Protocol);
    expectStatus(head + "3\r\nhelp\r\n", Status.Protocol);
    expectStatus(head + "ffffffff\r\n", Status.TooLarge);
  });

  it("bounds the body in each of its forms, and the head", () => {
    const bodies = ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n", "\r\nhello"];
    for (let i = 0; i < bodies.length; i++) {
      fresh();
      response.limitBytes = 4;
      expect(feed("HTTP/1.1 200 OK\r\n" + bodies[i], 1)).toBe(Status.TooLarge);
      expect(collector.body.length <= 4).toBe(true);
    }
    expectStatus("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(3000), Status.TooLarge);
    expectStatus("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "A: b\r\n".repeat(3000), Status.TooLarge);
  });

  it("ends when the sink says so", () => {
    fresh();
    collector.answer = Status.Refused;
    expect(feed(BY_LENGTH, 1000)).toBe(Status.Refused);
  });

  it("starts anew after reset, in the middle of anything", () => {
    for (let cut = 1; cut < CHUNKED.length; cut++) {
      fresh();
      feed(CHUNKED.substring(0, cut), 5);
      collector.body = "";
      response.reset();
      expect(feed(BY_LENGTH, 5)).toBe(BY_LENGTH.length);
      expect(collector.body).toBe("hello");
    }
  });
});
