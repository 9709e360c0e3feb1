import { Status } from "../../lib/status";
import { Utf8Check } from "../../lib/utf8";
import { isInPlace, isRepeatable, isValue, ValueType, valueType } from "./property";

/** Takes what the reader finds, property by property. */
export abstract class PropertySink {
  /** A flag, u16, u32 or variable byte integer in a packet, by its first byte. Ok, or the Status that ends the parsing. */
  abstract onNumber(packet: i32, id: i32, value: u32): i32;
  /** A text, binary value, or key or value of a pair is about to come in parts, len bytes in all. */
  abstract onText(packet: i32, id: i32, len: i32): void;
  abstract onTextBytes(packet: i32, id: i32, src: usize, len: i32): void;
}

enum Part {
  Id,
  Number,
  Varint,
  Length,
  Text,
}

/**
 * Reads the properties of one packet from bytes cut anywhere, in constant memory: each known, in its place, at most once unless
 * it may repeat, its value possible, its text UTF-8.
 * Source: MQTT 5, 2.2.2 and 1.5.
 */
export class PropertyReader<Sink extends PropertySink = PropertySink> {
  private packet: i32 = 0;
  private part: Part = Part.Id;
  private id: i32 = 0;
  private type: i32 = 0;
  private value: u32 = 0;
  /** Bytes of the current part still to come; texts of a pair still to come. */
  private left: i32 = 0;
  private texts: i32 = 0;
  /** Bit id: that property was there. */
  private seen: u64 = 0;
  private check: Utf8Check = new Utf8Check();

  constructor(private sink: Sink) {}

  /** Begins with the properties of a packet, by its first byte. */
  reset(packet: i32): void {
    this.packet = packet;
    this.part = Part.Id;
    this.seen = 0;
  }

  /** True when the properties may end here. */
  get isComplete(): bool {
    return this.part == Part.Id;
  }

  /** Tells whether a property was there, by its identifier. */
  has(id: i32): bool {
    return ((this.seen >> id) & 1) != 0;
  }

  /** Takes the next bytes of the properties, src: u8[len]. Ok, Protocol, or what the sink answered. */
  feed(src: usize, len: i32): i32 {
    const end = src + len;
    while (src < end) {
      let status: i32 = Status.Ok;
      if (this.part == Part.Text) {
        const used = min(<i32>(end - src), this.left);
        if (!this.takeText(src, used)) return Status.Protocol;
        src += used;
      } else {
        status = this.takeByte(load<u8>(src++));
      }
      if (status < 0) return status;
    }
    return Status.Ok;
  }

  private takeByte(byte: i32): i32 {
    if (this.part == Part.Id) return this.begin(byte);
    if (this.part == Part.Varint) {
      this.value |= (byte & 127) << this.left;
      this.left += 7;
      if (byte & 128) return this.left < 28 ? Status.Ok : Status.Protocol;
      // The shortest form only [MQTT-1.5.5-1].
      return byte == 0 && this.left > 7 ? Status.Protocol : this.endNumber();
    }
    this.value = (this.value << 8) | byte;
    if (--this.left > 0) return Status.Ok;
    if (this.part == Part.Number) return this.endNumber();
    this.part = Part.Text;
    this.left = this.value;
    this.check.reset();
    this.sink.onText(this.packet, this.id, this.left);
    return this.left > 0 || this.endText() ? Status.Ok : Status.Protocol;
  }

  private begin(id: i32): i32 {
    const type = valueType(id);
    if (type == ValueType.None || !isInPlace(id, this.packet)) return Status.Protocol;
    const bit = (<u64>1) << id;
    if ((this.seen & bit) != 0 && !isRepeatable(id)) return Status.Protocol;
    this.seen |= bit;
    this.id = id;
    this.type = type;
    this.value = 0;
    this.texts = type == ValueType.Pair ? 2 : 1;
    if (type == ValueType.Varint) {
      this.part = Part.Varint;
      this.left = 0;
    } else if (type < ValueType.Varint) {
      this.part = Part.Number;
      this.left = type == ValueType.U32 ? 4 : type;
    } else {
      this.expectLength();
    }
    return Status.Ok;
  }

  private expectLength(): void {
    this.part = Part.Length;
    this.left = 2;
    this.value = 0;
  }

  private endNumber(): i32 {
    this.part = Part.Id;
    return isValue(this.id, this.type, this.value) ? this.sink.onNumber(this.packet, this.id, this.value) : Status.Protocol;
  }

  private takeText(src: usize, len: i32): bool {
    if (this.type != ValueType.Binary) {
      for (let i = 0; i < len; i++) {
        if (!this.check.feed(load<u8>(src + i))) return false;
      }
    }
    this.sink.onTextBytes(this.packet, this.id, src, len);
    this.left -= len;
    return this.left > 0 || this.endText();
  }

  private endText(): bool {
    if (!this.check.isComplete) return false;
    if (--this.texts > 0) this.expectLength();
    else this.part = Part.Id;
    return true;
  }
}
