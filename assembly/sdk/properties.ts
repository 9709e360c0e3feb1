/**
 * Properties of MQTT 5: of a message to publish, and of the one being handled. For kernels named -v5; over a broker of 3.1.1 the
 * kernel leaves them out. How long a message is worth delivering is no property here: the kernel makes Message Expiry of its TTL.
 *
 *     const properties = new Properties(64).contentType("application/json").user("unit", "mm");
 *     client.publishWith(properties, "rain", "{\"fallen\":3}");
 */
import { IN, IN_BYTES } from "./buffers";
import { encodedBytes, encodeText, equalsBytes } from "./encode";
import { message } from "./message";

/** Source: MQTT 5, 2.2.2.2. */
export enum Property {
  PayloadFormat = 0x01,
  MessageExpiry = 0x02,
  ContentType = 0x03,
  ResponseTopic = 0x08,
  CorrelationData = 0x09,
  SubscriptionIdentifier = 0x0b,
  UserProperty = 0x26,
}

/** Properties in the order they were added. Allocates in its constructor alone. */
export class Properties {
  private readonly bytes: StaticArray<u8>;
  private used: i32 = 0;
  /** Something did not fit: publishing it is refused. */
  isBroken: bool = false;

  /** capacity: bytes, of which each text takes its own and three, a user property its two texts and five. */
  constructor(capacity: i32) {
    this.bytes = new StaticArray<u8>(capacity);
  }

  /** u8[length], as in a PUBLISH. */
  get start(): usize {
    return changetype<usize>(this.bytes);
  }

  get length(): i32 {
    return this.used;
  }

  /** Forgets them all. */
  clear(): Properties {
    this.used = 0;
    this.isBroken = false;
    return this;
  }

  /** The payload is UTF-8 text. */
  text(): Properties {
    if (this.begin(Property.PayloadFormat, 1)) this.append(1);
    return this;
  }

  contentType(text: string): Properties {
    if (this.begin(Property.ContentType, 2 + encodedBytes(text))) this.appendText(text);
    return this;
  }

  /** Where an answer is to go: a topic name without wildcards. */
  responseTopic(topic: string): Properties {
    if (this.begin(Property.ResponseTopic, 2 + encodedBytes(topic))) this.appendText(topic);
    return this;
  }

  /** What an answer is to carry: u8[len]. */
  correlation(src: usize, len: i32): Properties {
    if (this.begin(Property.CorrelationData, 2 + len)) {
      this.appendLength(len);
      memory.copy(this.start + this.used, src, len);
      this.used += len;
    }
    return this;
  }

  /** Any name, as often as wanted; the order stays. */
  user(name: string, value: string): Properties {
    if (this.begin(Property.UserProperty, 4 + encodedBytes(name) + encodedBytes(value))) {
      this.appendText(name);
      this.appendText(value);
    }
    return this;
  }

  /** Appends the identifier when it and len bytes have room. */
  private begin(id: i32, len: i32): bool {
    this.isBroken = this.isBroken || this.used + 1 + len > this.bytes.length;
    if (!this.isBroken) this.append(id);
    return !this.isBroken;
  }

  private append(byte: i32): void {
    unchecked((this.bytes[this.used++] = <u8>byte));
  }

  private appendLength(len: i32): void {
    this.append(len >> 8);
    this.append(len & 0xff);
  }

  private appendText(text: string): void {
    const len = encodedBytes(text);
    this.appendLength(len);
    this.used += encodeText(text, 0, this.start + this.used, len);
  }
}

/** The properties of the message that is being handled, as far as they fit beside its topic. */
export class ReceivedProperties {
  /** What `find` found: u8[length] of a text or binary, or a number. */
  start: usize = 0;
  length: i32 = 0;
  number: u32 = 0;
  private at: usize = 0;
  private end: usize = 0;

  /** Finds the nth (from 0) property of an identifier; of a user property its value. */
  find(id: Property, nth: i32 = 0): bool {
    this.rewind();
    while (this.next()) if (this.id == id && nth-- == 0) return true;
    return false;
  }

  /** Finds the nth (from 0) value of a user property. */
  findUser(name: string, nth: i32 = 0): bool {
    this.rewind();
    while (this.next()) {
      if (this.id == Property.UserProperty && equalsBytes(name, this.name, this.nameLength) && nth-- == 0) return true;
    }
    return false;
  }

  /** Whether what was found is exactly this text. Allocates nothing. */
  is(text: string): bool {
    return equalsBytes(text, this.start, this.length);
  }

  private id: i32 = 0;
  private name: usize = 0;
  private nameLength: i32 = 0;

  private rewind(): void {
    this.at = message.propertiesStart;
    this.end = min(this.at + message.propertiesBytes, IN + IN_BYTES);
  }

  /** Steps over one. The kernel has checked them: only the end of what is held can come too soon. */
  private next(): bool {
    if (this.at >= this.end) return false;
    this.id = load<u8>(this.at++);
    if (this.id == Property.PayloadFormat) return this.take(1);
    if (this.id == Property.MessageExpiry) return this.take(4);
    if (this.id == Property.SubscriptionIdentifier) return this.takeVarint();
    if (this.id != Property.UserProperty) return this.takeText();
    if (!this.takeText()) return false;
    this.name = this.start;
    this.nameLength = this.length;
    return this.takeText();
  }

  /** Takes a number, most significant byte first. */
  private take(bytes: i32): bool {
    this.number = 0;
    for (let i = 0; i < bytes && this.at < this.end; i++) this.number = (this.number << 8) | load<u8>(this.at++);
    return this.at <= this.end;
  }

  private takeVarint(): bool {
    this.number = 0;
    for (let shift = 0; this.at < this.end; shift += 7) {
      const byte = load<u8>(this.at++);
      this.number |= (<u32>(byte & 0x7f)) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  private takeText(): bool {
    if (this.at + 2 > this.end) return false;
    this.length = ((<i32>load<u8>(this.at)) << 8) | load<u8>(this.at + 1);
    this.start = this.at + 2;
    this.at = this.start + this.length;
    return this.at <= this.end;
  }
}

// @ts-ignore: decorator
@lazy
export const received = new ReceivedProperties();
