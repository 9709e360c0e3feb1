import { equalsText } from "../../lib/text";
import { parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";

const PORT_MAX: i32 = 65535;
const PORT_HTTPS: i32 = 443;
const PORT_HTTP: i32 = 80;

/** The parts of an http or https URL, as places in its text. */
export class Url {
  isTls: bool = true;
  host: usize = 0;
  hostLen: i32 = 0;
  port: i32 = 0;
  /** From the first slash on, without trailing slashes; may be empty. */
  path: usize = 0;
  pathLen: i32 = 0;

  /**
   * Takes `src`: u8[len] apart. Without a scheme it is https: a secret must not go in the clear because nobody thought of it.
   * Ok; Invalid: no host, a user in front of it, white space or control characters, a port outside 1..65535, a fragment.
   */
  parse(src: usize, len: i32): i32 {
    for (let i = 0; i < len; i++) {
      const byte = load<u8>(src + i);
      if (byte <= 0x20 || byte == 0x7f || byte == 0x40 || byte == 0x23) return Status.Invalid;
    }
    let at = schemeBytes(src, len);
    this.isTls = at != 7;
    const hostAt = at;
    while (at < len && !isHostEnd(load<u8>(src + at))) at++;
    this.host = src + hostAt;
    this.hostLen = at - hostAt;
    this.port = this.isTls ? PORT_HTTPS : PORT_HTTP;
    if (this.hostLen == 0) return Status.Invalid;
    if (at < len && load<u8>(src + at) == 0x3a) {
      const portAt = ++at;
      while (at < len && load<u8>(src + at) != 0x2f) at++;
      this.port = parseDecimal(src + portAt, at - portAt, PORT_MAX);
      if (this.port < 1) return Status.Invalid;
    }
    if (at < len && load<u8>(src + at) != 0x2f) return Status.Invalid;
    while (len > at && load<u8>(src + len - 1) == 0x2f) len--;
    this.path = src + at;
    this.pathLen = len - at;
    return Status.Ok;
  }
}

/** Bytes of `https://` (8) or `http://` (7) in front, 0 without either. */
function schemeBytes(src: usize, len: i32): i32 {
  if (len >= 8 && equalsText(src, 8, "https://")) return 8;
  return len >= 7 && equalsText(src, 7, "http://") ? 7 : 0;
}

function isHostEnd(byte: i32): bool {
  return byte == 0x2f || byte == 0x3a || byte == 0x3f;
}
