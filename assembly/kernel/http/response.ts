import { hexDigit, parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";

/** What of one line is kept: enough for the fields that matter here; the rest of a longer line goes by. */
const LINE_BYTES: i32 = 128;
/** Bytes of a response's head, or of what stands between its chunks, in all. */
const HEAD_BYTES_MAX: i32 = 16384;
/** Largest length that is believed. */
const LENGTH_MAX: i32 = 200000000;

/** What comes next. */
enum Part {
  StatusLine,
  Header,
  Length,
  Close,
  ChunkSize,
  Chunk,
  ChunkEnd,
  Trailer,
  Done,
}

/** Who wants a response. */
export abstract class HttpSink {
  /** One header field: name in lower case. A value longer than the line buffer is cut. */
  onHeader(name: usize, nameLen: i32, value: usize, valueLen: i32): void {}
  /** The head is whole. Ok, or the Status that ends the exchange. */
  onHead(status: i32): i32 {
    return Status.Ok;
  }
  /** The next bytes of the body: u8[len]. Ok, or the Status that ends the exchange. */
  abstract onBody(src: usize, len: i32): i32;
}

/**
 * Reads one HTTP/1.x response over any split of its bytes: constant memory, nothing allocated. Lines may end with LF alone.
 * Bodies: by Content-Length, in chunks, or up to the end of the connection; none for 1xx (skipped), 204 and 304.
 * Source: RFC 9112, 2 to 8.
 */
export class HttpResponse {
  sink: HttpSink = changetype<HttpSink>(0);
  /** Largest body taken. */
  limitBytes: i32 = LENGTH_MAX;
  /** Of the last status line, 0 before it. */
  status: i32 = 0;
  private part: Part = Part.StatusLine;
  private readonly line: StaticArray<u8> = new StaticArray<u8>(LINE_BYTES);
  /** Bytes of the line that came, kept or not, and whether its last one was CR. */
  private lineBytes: i32 = 0;
  private isBehindCr: bool = false;
  private headBytes: i32 = 0;
  /** Bytes of the body or chunk to come; -1: unknown. */
  private left: i32 = -1;
  private isChunked: bool = false;
  private bodyBytes: i32 = 0;

  reset(): void {
    this.status = 0;
    this.headBytes = 0;
    this.bodyBytes = 0;
    this.beginHead();
  }

  get isDone(): bool {
    return this.part == Part.Done;
  }

  /**
   * Takes `src`: u8[len]. Bytes taken, fewer than len only when the response is over; Protocol (no HTTP/1, a malformed line, two
   * lengths), TooLarge (head or body), Unsupported (a coding other than chunked), or what the sink answers.
   */
  feed(src: usize, len: i32): i32 {
    let at = 0;
    while (at < len && this.part != Part.Done) {
      let taken = 1;
      let status: i32 = Status.Ok;
      if (this.isInBody) {
        taken = this.part == Part.Close ? len - at : min(len - at, this.left);
        status = this.takeBody(src + at, taken);
      } else {
        status = this.takeByte(load<u8>(src + at));
      }
      if (status < 0) return status;
      at += taken;
    }
    return at;
  }

  /** The connection was closed. Ok when the response is whole, Closed when it is not. */
  finish(): i32 {
    if (this.part == Part.Close) this.part = Part.Done;
    return this.isDone ? Status.Ok : Status.Closed;
  }

  private get isInBody(): bool {
    return this.part == Part.Length || this.part == Part.Close || this.part == Part.Chunk;
  }

  private beginHead(): void {
    this.part = Part.StatusLine;
    this.lineBytes = 0;
    this.isBehindCr = false;
    this.left = -1;
    this.isChunked = false;
  }

  private takeBody(src: usize, len: i32): i32 {
    this.bodyBytes += len;
    if (this.bodyBytes > this.limitBytes) return Status.TooLarge;
    const status = this.sink.onBody(src, len);
    if (this.part == Part.Close) return status;
    this.left -= len;
    if (this.left == 0) this.part = this.isChunked ? Part.ChunkEnd : Part.Done;
    return status;
  }

  /** One byte of a line. */
  private takeByte(byte: i32): i32 {
    if (++this.headBytes > HEAD_BYTES_MAX) return Status.TooLarge;
    if (byte == 0x0a) {
      const kept = min(this.lineBytes, LINE_BYTES);
      const isCut = this.lineBytes > LINE_BYTES;
      this.lineBytes = 0;
      this.isBehindCr = false;
      return this.endLine(changetype<usize>(this.line), kept, isCut);
    }
    // CR stands before LF alone, and NUL nowhere (RFC 9112, 2.2; RFC 9110, 5.5).
    if (this.isBehindCr || byte == 0) return Status.Protocol;
    if (byte == 0x0d) {
      this.isBehindCr = true;
      return Status.Ok;
    }
    if (this.lineBytes < LINE_BYTES) unchecked((this.line[this.lineBytes] = <u8>byte));
    this.lineBytes++;
    return Status.Ok;
  }

  private endLine(line: usize, len: i32, isCut: bool): i32 {
    switch (this.part) {
      case Part.StatusLine:
        return this.statusLine(line, len);
      case Part.Header:
        return len == 0 ? this.endHead() : this.header(line, len, isCut);
      case Part.ChunkSize:
        return this.chunkSize(line, len);
      case Part.ChunkEnd: {
        this.part = Part.ChunkSize;
        this.headBytes = 0;
        return len == 0 ? Status.Ok : Status.Protocol;
      }
      default: {
        if (len == 0) this.part = Part.Done;
        return Status.Ok;
      }
    }
  }

  private statusLine(line: usize, len: i32): i32 {
    const isKnown = len >= 12 && equalsText(line, 7, "HTTP/1.") && load<u8>(line, 8) == 0x20;
    this.status = isKnown && (len == 12 || load<u8>(line, 12) == 0x20) ? parseDecimal(line + 9, 3, 599) : -1;
    this.part = Part.Header;
    return this.status < 100 ? Status.Protocol : Status.Ok;
  }

  private header(line: usize, len: i32, isCut: bool): i32 {
    let colon = 0;
    for (; colon < len; colon++) {
      const byte = <i32>load<u8>(line + colon);
      if (byte == 0x3a) break;
      // No white space in or behind a name, and no line that continues the one before (RFC 9112, 5.1 and 5.2).
      if (byte <= 0x20) return Status.Protocol;
      if (<u32>(byte - 0x41) < 26) store<u8>(line + colon, byte | 0x20);
    }
    if (colon == 0 || colon == len) return Status.Protocol;
    let from = colon + 1;
    while (from < len && isBlank(load<u8>(line + from))) from++;
    while (len > from && isBlank(load<u8>(line + len - 1))) len--;
    this.sink.onHeader(line, colon, line + from, len - from);
    if (equalsText(line, colon, "content-length")) return isCut ? Status.Protocol : this.contentLength(line + from, len - from);
    if (equalsText(line, colon, "transfer-encoding")) return this.coding(line + from, len - from);
    return Status.Ok;
  }

  private contentLength(value: usize, len: i32): i32 {
    if (len > 0 && len < 10) {
      const length = parseDecimal(value, len, LENGTH_MAX);
      if (length < 0 || (this.left >= 0 && this.left != length)) return Status.Protocol;
      this.left = length;
      return Status.Ok;
    }
    return len == 0 ? Status.Protocol : Status.TooLarge;
  }

  private coding(value: usize, len: i32): i32 {
    for (let i = 0; i < len; i++) store<u8>(value + i, load<u8>(value + i) | 0x20);
    if (this.isChunked || !equalsText(value, len, "chunked")) return Status.Unsupported;
    this.isChunked = true;
    return Status.Ok;
  }

  private endHead(): i32 {
    if (this.status < 200) {
      // A switch of protocols was not asked for.
      if (this.status == 101) return Status.Protocol;
      this.beginHead();
      return Status.Ok;
    }
    if (this.isChunked && this.left >= 0) return Status.Protocol; // two lengths, one of them somebody's trick (RFC 9112, 6.3)
    if (this.left > this.limitBytes) return Status.TooLarge;
    this.headBytes = 0;
    const isEmpty = this.status == 204 || this.status == 304;
    if (isEmpty || (this.left == 0 && !this.isChunked)) this.part = Part.Done;
    else this.part = this.isChunked ? Part.ChunkSize : this.left > 0 ? Part.Length : Part.Close;
    return this.sink.onHead(this.status);
  }

  /** 1 to 8 hexadecimal digits; an extension behind `;` goes by. */
  private chunkSize(line: usize, len: i32): i32 {
    let size: i64 = 0;
    let digits = 0;
    for (; digits < len; digits++) {
      const value = hexDigit(load<u8>(line + digits));
      if (value < 0) break;
      size = size * 16 + value;
      if (size > LENGTH_MAX) return Status.TooLarge;
    }
    if (digits == 0 || (digits < len && load<u8>(line + digits) != 0x3b && !isBlank(load<u8>(line + digits)))) return Status.Protocol;
    this.left = <i32>size;
    this.headBytes = 0;
    this.part = size == 0 ? Part.Trailer : Part.Chunk;
    return Status.Ok;
  }
}

function isBlank(byte: i32): bool {
  return byte == 0x20 || byte == 0x09;
}
