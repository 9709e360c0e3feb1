import { equalBytes } from "../../lib/bytes";
import { JsonMembers } from "../../lib/jsonMembers";
import { parseDecimal } from "../../lib/number";
import { equalsText } from "../../lib/text";
import { deviceState } from "../client/deviceState";
import { sysCrc32 } from "../host/imports";
import { Kind, VERSION_BYTES } from "../update/phase";

/** The keys that stand behind `sw_` and `fw_`. Source: spec/thingsboard.md, 8.1. */
export const KEYS: string = "title,version,size,checksum,checksum_algorithm,url";
const PREFIX_BYTES: i32 = 3;
const QUOTE: i32 = 0x22;
const SIZE_MAX: i32 = 0x1fffff;
/** Size that no attribute gives. */
const UNKNOWN: i32 = -1;
/** Source: spec/thingsboard.md, 8.5. */
const FAILURES_MAX: i32 = 3;
/** In the device's state: u32 identity, u8 failures. */
const STATE_KEY: string = "update";
const RECORD_BYTES: i32 = 5;
const record: usize = memory.data(8, 8);

const outer = new JsonMembers();
const members = new JsonMembers();

/** A text of the attributes, where it lies: good while the message is. */
class Span {
  at: usize = 0;
  len: i32 = 0;

  /** The value just read; of another kind than text: none. */
  take(): void {
    const isText = members.kind == QUOTE;
    this.at = members.value + 1;
    this.len = isText ? members.valueLen - 2 : 0;
  }
}

/**
 * What the server announces in its shared attributes: one package of one kind. Beside what is needed during its download it keeps how
 * often it has failed, over restarts where the board can.
 */
export class Announcement {
  kind: i32 = Kind.App;
  /** Of all it says, 0: it announces nothing. */
  identity: i32 = 0;
  /** Of what is being fetched, 0: nothing. */
  fetched: i32 = 0;
  size: i32 = UNKNOWN;
  readonly title: Span = new Span();
  readonly version: Span = new Span();
  readonly checksum: Span = new Span();
  readonly algorithm: Span = new Span();
  readonly url: Span = new Span();
  /** The version as it must stand in the head: zeros behind it. */
  private expected: StaticArray<u8> = new StaticArray<u8>(VERSION_BYTES);

  /** Reads the answer: u8[len] to a question for attributes. kind: asked for. True: it says something else than before. */
  read(kind: i32, answer: usize, len: i32): bool {
    const before = this.identity;
    const kindBefore = this.kind;
    this.kind = kind;
    this.forget();
    outer.open(answer, len);
    while (outer.next()) {
      if (!equalsText(outer.name, outer.nameLen, "shared") || !members.open(outer.value, outer.valueLen)) continue;
      while (members.next()) this.readMember();
    }
    if (this.title.len == 0 || this.version.len == 0 || (this.size == UNKNOWN && this.url.len == 0)) this.identity = 0;
    this.keepVersion();
    return this.identity != before || kind != kindBefore;
  }

  private forget(): void {
    this.identity = 0;
    this.size = UNKNOWN;
    this.title.len = 0;
    this.version.len = 0;
    this.checksum.len = 0;
    this.algorithm.len = 0;
    this.url.len = 0;
  }

  private readMember(): void {
    const key = members.name + PREFIX_BYTES;
    const keyLen = members.nameLen - PREFIX_BYTES;
    if (equalsText(key, keyLen, "title")) this.title.take();
    else if (equalsText(key, keyLen, "version")) this.version.take();
    else if (equalsText(key, keyLen, "checksum")) this.checksum.take();
    else if (equalsText(key, keyLen, "checksum_algorithm")) this.algorithm.take();
    else if (equalsText(key, keyLen, "url")) this.url.take();
    else if (equalsText(key, keyLen, "size")) this.size = parseDecimal(members.value, members.valueLen, SIZE_MAX);
    else return;
    // In whatever order they come.
    this.identity ^= sysCrc32(0, members.name, <i32>(members.value + members.valueLen - members.name));
  }

  private keepVersion(): void {
    const expected = changetype<usize>(this.expected);
    memory.fill(expected, 0, VERSION_BYTES);
    memory.copy(expected, this.version.at, min(this.version.len, VERSION_BYTES));
    // One that no head can have must not look like one that is cut.
    if (this.version.len > VERSION_BYTES) store<u8>(expected, 0);
  }

  /** Whether it announces a version: u8[24], zeros behind it. All of it: 1.1 is not 1.10. */
  isVersion(version: usize): bool {
    return equalBytes(version, changetype<usize>(this.expected), VERSION_BYTES);
  }

  /** Whether the package failed so often that it is not fetched any more. */
  get isHopeless(): bool {
    return this.failuresOf(this.identity) >= FAILURES_MAX;
  }

  /** Of a package, by what was announced of it. */
  private failuresOf(identity: i32): i32 {
    if (deviceState.state.get(STATE_KEY, record, RECORD_BYTES) == RECORD_BYTES) this.copyRecord();
    return lastFailed.identity == identity ? lastFailed.failures : 0;
  }

  private copyRecord(): void {
    lastFailed.identity = load<i32>(record);
    lastFailed.failures = load<u8>(record, 4);
  }

  /** What was fetched has failed. */
  noteFailure(): void {
    const identity = this.fetched;
    if (identity == 0) return;
    const failures = this.failuresOf(identity) + 1;
    lastFailed.identity = identity;
    lastFailed.failures = failures;
    store<i32>(record, identity);
    store<u8>(record, <u8>min(failures, 0xff), 4);
    deviceState.state.put(STATE_KEY, record, RECORD_BYTES);
  }
}

/** What failed last, for boards that forget it with the power. */
class LastFailed {
  identity: i32 = 0;
  failures: i32 = 0;
}

const lastFailed = new LastFailed();
export const announcement = new Announcement();
