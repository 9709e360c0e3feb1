import { Status } from "../../../lib/status";
import { Store } from "../store";
import { ENCODING_BYTES, Encoding, TAG_BYTES, hashByte, hashStart } from "./indexKey";
import { FIRST_PATH_INDEX, IndexedPaths, LOOSE_TAGS_INDEX, MAX_INDEXED, TAGS_SLOT, TAG_INDEX } from "./indexedPaths";
import { JsonCheck } from "./jsonCheck";
import { JsonNumber } from "./jsonNumber";

/** Most tags of a document, and bytes of a tag (spec: 16, 32). */
export const MAX_TAGS: i32 = 16;
export const MAX_TAG_BYTES: i32 = 32;

const SLOTS: i32 = MAX_INDEXED + 1;
const DOT: i32 = 0x2e;

const encodings: usize = memory.data(124, 8);
const hashes: usize = memory.data(64, 8);
const one: usize = memory.data(4, 1);

/**
 * Takes from a document, while its bytes go by on their way to the store, what the indexes keep of it, and checks it:
 * JSON, and its tags. One pass, no look back. Of a name that occurs twice the last value is kept.
 * Its answers are those of JsonCheck, and: Invalid (tags that are neither a list of texts, a text, nor null), TooLarge
 * (MAX_TAGS, MAX_TAG_BYTES).
 */
export class DocumentTap extends JsonCheck {
  /** Per path: how many of its steps the objects that are open now follow. */
  private readonly followed: StaticArray<i32> = new StaticArray<i32>(SLOTS);
  /** Per path: where the next byte of a name is compared, -1: the name is another one. */
  private readonly compared: StaticArray<i32> = new StaticArray<i32>(SLOTS);
  private readonly entries: StaticArray<Encoding> = new StaticArray<Encoding>(MAX_INDEXED);
  /** Bit n: the path in slot n leads to the value that comes next; to the one that goes by. */
  private targets: i32 = 0;
  private taken: i32 = 0;
  private readonly number_: JsonNumber = new JsonNumber();
  /** Level of the list of tags while it is open, else 0. */
  private tagLevel: i32 = 0;
  private tags: i32 = 0;
  private hasLooseTags: bool = false;
  private tagBytes: i32 = 0;
  private hash: u32 = 0;

  constructor(private readonly paths: IndexedPaths) {
    super();
    for (let slot = 0; slot < MAX_INDEXED; slot++) unchecked((this.entries[slot] = new Encoding(encodings + slot * ENCODING_BYTES)));
  }

  reset(): void {
    super.reset();
    this.targets = 0;
    this.taken = 0;
    this.tagLevel = 0;
    this.clearTags();
    for (let slot = 0; slot < SLOTS; slot++) unchecked((this.followed[slot] = 0));
    for (let slot = 0; slot < MAX_INDEXED; slot++) unchecked(this.entries[slot]).length = 0;
  }

  /** Hands the entries to the store, whose record is complete but for them. Ok, and what addEntry answers. */
  addEntries(store: Store): i32 {
    let status = <i32>Status.Ok;
    for (let tag = 0; tag < this.tags && status >= 0; tag++) status = store.addEntry(TAG_INDEX, hashes + tag * TAG_BYTES, TAG_BYTES);
    for (let slot = 0; slot < this.paths.count && status >= 0; slot++) {
      const entry = unchecked(this.entries[slot]);
      if (entry.length > 0) status = store.addEntry(FIRST_PATH_INDEX + slot, entry.address, entry.length);
    }
    if (this.hasLooseTags && status >= 0) status = store.addEntry(LOOSE_TAGS_INDEX, one, 1);
    return status;
  }

  private clearTags(): void {
    this.tags = 0;
    this.hasLooseTags = false;
  }

  protected onName(): void {
    const level = this.depth;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!this.paths.has(slot)) continue;
      const followed = min(unchecked(this.followed[slot]), level - 1);
      unchecked((this.followed[slot] = followed));
      unchecked((this.compared[slot] = followed == level - 1 ? this.paths.step(slot, level) : -1));
    }
  }

  protected onText(byte: i32, isName: bool): void {
    if (!isName) return this.valueByte(byte);
    const view = this.paths.view;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!this.paths.has(slot)) continue;
      const at = unchecked(this.compared[slot]);
      if (at < 0) continue;
      const isSame = at < this.paths.end(slot) && byte != DOT && view.at(at) == byte;
      unchecked((this.compared[slot] = isSame ? at + 1 : -1));
    }
  }

  protected onTextEnd(isName: bool): void {
    if (!isName) return this.endValue();
    for (let slot = 0; slot < SLOTS; slot++) {
      if (!this.paths.has(slot)) continue;
      const at = unchecked(this.compared[slot]);
      const isLast = at == this.paths.end(slot);
      if (at < 0 || !(isLast || this.paths.view.at(at) == DOT)) continue;
      if (slot == TAGS_SLOT) this.clearTags();
      else unchecked(this.entries[slot]).length = 0;
      if (isLast) this.targets |= 1 << slot;
      else unchecked((this.followed[slot] = this.depth));
    }
  }

  protected onValue(first: i32): void {
    this.taken = this.targets;
    this.targets = 0;
    const isText = first == 0x22;
    if (this.tagLevel == this.depth && this.tagLevel > 0) return this.beginTag(isText);
    if ((this.taken >> TAGS_SLOT) & 1) this.beginTags(first);
    if (this.taken == 0) return;
    const isBoolean = first == 0x74 || first == 0x66;
    this.number_.begin();
    if (isBoolean) this.number_.setInteger(i64(first == 0x74));
    for (let slot = 0; slot < MAX_INDEXED; slot++) {
      if (((this.taken >> slot) & 1) == 0) continue;
      const entry = unchecked(this.entries[slot]);
      if (isText) entry.beginText();
      else if (isBoolean) this.keepNumber(entry);
    }
  }

  private keepNumber(entry: Encoding): void {
    entry.number(this.number_);
    entry.forIndex();
  }

  private beginTags(first: i32): void {
    if (first == 0x5b) this.tagLevel = this.depth + 1;
    else if (first == 0x22) this.hasLooseTags = true;
    else if (first != 0x6e) this.fault = Status.Invalid;
  }

  private beginTag(isText: bool): void {
    this.tagBytes = 0;
    this.hash = hashStart();
    if (!isText) this.fault = Status.Invalid;
  }

  private valueByte(byte: i32): void {
    if (this.tagLevel > 0) {
      this.hash = hashByte(this.hash, byte);
      this.tagBytes++;
    }
    for (let slot = 0; slot < MAX_INDEXED; slot++) {
      if ((this.taken >> slot) & 1) unchecked(this.entries[slot]).textByte(byte);
    }
  }

  private endValue(): void {
    for (let slot = 0; slot < MAX_INDEXED; slot++) {
      if ((this.taken >> slot) & 1) unchecked(this.entries[slot]).endText();
    }
    if (this.tagLevel > 0) this.keepTag();
  }

  private keepTag(): void {
    if (this.tagBytes > MAX_TAG_BYTES) this.fault = Status.TooLarge;
    for (let tag = 0; tag < this.tags; tag++) {
      if (load<u32>(hashes + tag * TAG_BYTES) == this.hash) return;
    }
    if (this.tags == MAX_TAGS) {
      this.fault = Status.TooLarge;
      return;
    }
    store<u32>(hashes + this.tags++ * TAG_BYTES, this.hash);
  }

  protected onNumber(byte: i32): void {
    if (this.taken != 0) this.number_.take(byte);
  }

  protected onNumberEnd(): void {
    if (this.taken == 0) return;
    this.number_.finish();
    for (let slot = 0; slot < MAX_INDEXED; slot++) {
      if ((this.taken >> slot) & 1) this.keepNumber(unchecked(this.entries[slot]));
    }
  }

  protected onClose(): void {
    if (this.tagLevel == this.depth) this.tagLevel = 0;
  }
}
