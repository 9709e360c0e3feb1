import { equalsText } from "../../lib/text";
import { Status } from "../../lib/status";
import { JsonCheck } from "../store/documents/jsonCheck";

/** Longest name that is told apart; a longer one is none of ours. */
const NAME_BYTES: i32 = 16;

/** Members of a message that are looked at. */
export enum Member {
  Other = -1,
  jti,
  sub,
  key,
  cached_at,
  msg_type,
  source,
  timestamp,
  data,
  dest,
  context,
  request_id,
  tags,
}

const MEMBERS: i32 = Member.tags + 1;

/**
 * Reads one JSON object over any split: checks it whole (jsonCheck.ts), and notes of its own members which kind each is and, for texts and
 * numbers that somebody wants, what they say. Constant memory. Of a member that comes twice the last one counts.
 */
export class ObjectReader extends JsonCheck {
  /** First byte of each member's value, 0: it is not there. */
  private readonly firsts: StaticArray<u8> = new StaticArray<u8>(MEMBERS);
  /** Bytes of each text or number. */
  private readonly lengths: StaticArray<i32> = new StaticArray<i32>(MEMBERS);
  private readonly name: StaticArray<u8> = new StaticArray<u8>(NAME_BYTES);
  private nameBytes: i32 = 0;
  private member: Member = Member.Other;
  /** Where a text or number goes: u8[cap]; the rest of a longer one goes by, its length tells. */
  private readonly targets: StaticArray<usize> = new StaticArray<usize>(MEMBERS);
  private readonly caps: StaticArray<i32> = new StaticArray<i32>(MEMBERS);

  /** Nobody wants any, nothing was read. */
  start(): void {
    this.reset();
    memory.fill(changetype<usize>(this.firsts), 0, MEMBERS);
    memory.fill(changetype<usize>(this.lengths), 0, MEMBERS << 2);
    memory.fill(changetype<usize>(this.targets), 0, MEMBERS << 2);
    this.member = Member.Other;
  }

  /** Wants the text or number of a member in dst: u8[cap]. */
  want(member: Member, dst: usize, cap: i32): void {
    unchecked((this.targets[member] = dst));
    unchecked((this.caps[member] = cap));
  }

  /** Reads src: u8[len], all of it. True: one object. */
  readWhole(src: usize, len: i32): bool {
    return this.feed(src, len) == Status.Ok && this.isObjectWhole;
  }

  /** The text has ended: whether it was one object. */
  get isObjectWhole(): bool {
    return this.finish() == Status.Ok && this.isObject;
  }

  has(member: Member): bool {
    return unchecked(this.firsts[member]) != 0;
  }

  /** Bytes of a member's text in UTF-8, 0: it is empty, no text, or not there. */
  textBytes(member: Member): i32 {
    return this.isText(member) ? unchecked(this.lengths[member]) : 0;
  }

  /** Bytes of a number as it stands, 0: it is none. */
  numberBytes(member: Member): i32 {
    const first = unchecked(this.firsts[member]);
    return <u32>(first - 0x30) < 10 || first == 0x2d ? unchecked(this.lengths[member]) : 0;
  }

  isText(member: Member): bool {
    return unchecked(this.firsts[member]) == 0x22;
  }

  isObjectAt(member: Member): bool {
    return unchecked(this.firsts[member]) == 0x7b;
  }

  isArrayAt(member: Member): bool {
    return unchecked(this.firsts[member]) == 0x5b;
  }

  protected onName(): void {
    if (this.depth == 1) this.nameBytes = 0;
  }

  protected onText(byte: i32, isName: bool): void {
    if (this.depth != 1) return;
    if (isName) {
      if (this.nameBytes < NAME_BYTES) unchecked((this.name[this.nameBytes] = <u8>byte));
      this.nameBytes++;
      return;
    }
    this.onNumber(byte);
  }

  /** A number is kept as it stands. */
  protected onNumber(byte: i32): void {
    const member = this.member;
    if (this.depth != 1 || member == Member.Other) return;
    const length = unchecked(this.lengths[member]++);
    if (length < unchecked(this.caps[member]) && unchecked(this.targets[member])) store<u8>(unchecked(this.targets[member]) + length, byte);
  }

  protected onTextEnd(isName: bool): void {
    if (isName && this.depth == 1) this.member = this.named();
  }

  protected onValue(first: i32): void {
    if (this.depth != 1 || this.member == Member.Other) return;
    unchecked((this.firsts[this.member] = <u8>first));
    unchecked((this.lengths[this.member] = 0));
  }

  private named(): Member {
    if (this.is("jti") || this.is("api_key_id")) return Member.jti;
    if (this.is("sub") || this.is("subject")) return Member.sub;
    if (this.is("key")) return Member.key;
    if (this.is("cached_at")) return Member.cached_at;
    if (this.is("msg_type")) return Member.msg_type;
    if (this.is("source")) return Member.source;
    if (this.is("timestamp")) return Member.timestamp;
    if (this.is("data")) return Member.data;
    if (this.is("dest")) return Member.dest;
    if (this.is("context")) return Member.context;
    if (this.is("request_id")) return Member.request_id;
    return this.is("tags") ? Member.tags : Member.Other;
  }

  private is(name: string): bool {
    return equalsText(changetype<usize>(this.name), this.nameBytes, name);
  }
}

/** One at a time is read: claims, the cache, or a message. */
export const objectReader = new ObjectReader();
