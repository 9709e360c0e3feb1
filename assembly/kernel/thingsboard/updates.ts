import { JsonMembers } from "../../lib/jsonMembers";
import { parseDecimal } from "../../lib/number";
import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { equalsText, textByte, textLength } from "../../lib/text";
import { publications } from "../client/publications";
import { scratch } from "../client/scratch";
import { hookUpdates } from "../client/updateHooks";
import { hostState } from "../update/news";
import { Kind, STATE_NAME, STATE_VERSION, VERSION_BYTES } from "../update/phase";
import { Updates } from "../update/updates";
import { WebSource, WRONG_URL } from "../update/webSource";
import { announcement, KEYS } from "./announcement";
import { provisioning } from "./provisioning";
import { Purpose, requests } from "./requests";
import { ATTRIBUTES, ATTRIBUTES_REQUEST, Kind as Topic, kindOf, topicAt, topicId, writeTopic } from "./topics";
import { errorKind, prefixOf, takes, textBytes, ThingsboardUpdateFace } from "./updateFace";

/** For the answer to a question for attributes. */
const ANSWER_MS: i32 = 20000;
const AGAIN_MS: i32 = 50;
const NAME_BYTES: i32 = 32;
const CHUNK_MAX: i32 = 0x1fffff;
const BOTH: i32 = (1 << Kind.App) | (1 << Kind.Firmware);
const COMMA: i32 = 0x2c;
const receipt: usize = memory.data(8, 8);

const members = new JsonMembers();
const inner = new JsonMembers();
const body = new Writer();
const face = new ThingsboardUpdateFace();
const web = new WebSource();

/**
 * Updates as the server announces them in shared attributes: `sw_...` modules, `fw_...` firmware. The attributes are asked for after
 * each connect and whenever one of them has changed. Source: spec/thingsboard.md, 8.5.
 */
class ThingsboardUpdates extends Updates {
  /** Kinds whose attributes are to be asked for, and of which is to be told what runs: one bit each. */
  private toAsk: i32 = 0;
  private toTell: i32 = 0;
  private askedKind: i32 = Kind.App;
  private isAsking: bool = false;

  constructor() {
    super(face);
    web.transfer = this.transfer;
  }

  /** Not while provisioning: that session takes one message alone. */
  connected(): void {
    this.isActive = false;
    if (provisioning.isRunning) return;
    super.connected();
    this.toAsk = this.isActive ? BOTH : 0;
    this.toTell = this.toAsk;
    this.isAsking = false;
  }

  step(): i32 {
    if (!this.isActive) return i32.MAX_VALUE;
    const wait = super.step();
    if (this.isAsking && !requests.isPending(Purpose.Package)) {
      this.isAsking = false; // the answer was lost
      this.toAsk |= 1 << this.askedKind;
    }
    return (this.toAsk | this.toTell) != 0 && face.isReady ? min(wait, this.ask()) : wait;
  }

  /** Tells what runs, and asks for what is announced: one message a round. Milliseconds to the next. */
  private ask(): i32 {
    for (let kind: i32 = Kind.App; kind <= Kind.Firmware; kind++) {
      const bit = 1 << kind;
      if (this.toTell & bit) {
        if (!takes(kind)) this.toTell &= ~bit;
        else if (face.tellRunning(kind)) this.toTell &= ~bit;
        return AGAIN_MS;
      }
      // One package at a time: the other kind waits for the end of this one.
      if ((this.toAsk & bit) == 0 || this.isAsking) continue;
      if (!takes(kind)) {
        this.toAsk &= ~bit;
        continue;
      }
      if (!this.transfer.isIdle && announcement.kind != kind) continue;
      if (!this.send(kind)) return AGAIN_MS;
      // What changes from here on is to be asked for again.
      this.toAsk &= ~bit;
      this.askedKind = kind;
      this.isAsking = true;
      return 0;
    }
    return i32.MAX_VALUE;
  }

  private send(kind: i32): bool {
    const id = requests.begin(Purpose.Package, ANSWER_MS);
    if (id < 0) return false;
    body.reset(scratch, 160);
    body.text('{"sharedKeys":"');
    writeKeys(kind);
    body.text('"}');
    const topicLen = writeTopic(ATTRIBUTES_REQUEST, id);
    const isQueued = publications.publish(topicAt, topicLen, scratch, body.length, 0, 0, receipt) >= 0;
    if (!isQueued) requests.cancel(id);
    return isQueued;
  }

  take(topic: usize, topicLen: i32, payload: usize, len: i32): bool {
    if (!this.isActive) return false;
    if (equalsText(topic, topicLen, ATTRIBUTES)) {
      this.noteChanges(payload, len);
      return false;
    }
    if (kindOf(topic, topicLen) == Topic.Answer && requests.isFor(topicId, Purpose.Package)) {
      requests.done(topicId);
      this.isAsking = false;
      this.weigh(payload, len);
      return true;
    }
    const kind = errorKind(topic, topicLen);
    if (kind >= 0) this.takeError(kind, payload, len);
    const head = face.chunkAt(topic, topicLen);
    if (head) {
      const n = parseDecimal(topic + head, topicLen - head, CHUNK_MAX >> 7);
      if (n >= 0) this.transfer.take(face.placeOf(n), payload, len);
    }
    return kind >= 0 || head > 0 || equalsText(topic, min(topicLen, 3), "v2/");
  }

  /** Attributes have changed, some of them perhaps of a package: what it says now is asked for. */
  private noteChanges(update: usize, len: i32): void {
    members.open(update, len);
    while (members.next()) {
      if (!equalsText(members.name, members.nameLen, "deleted")) this.noteKey(members.name, members.nameLen);
      else {
        inner.open(members.value, members.valueLen);
        while (inner.next()) this.noteKey(inner.value + 1, inner.valueLen - 2);
      }
    }
  }

  private noteKey(key: usize, len: i32): void {
    if (len < 3 || load<u8>(key, 2) != 0x5f) return;
    for (let kind: i32 = Kind.App; kind <= Kind.Firmware; kind++) if (equalsText(key, 2, prefixOf(kind))) this.toAsk |= 1 << kind;
  }

  /** The server refuses a request, and is about to end the connection: asking again would be answered the same way. */
  private takeError(kind: i32, text: usize, len: i32): void {
    if (kind != announcement.kind || !this.transfer.isLoading) return;
    this.transfer.giveUp("the server says ");
    this.transfer.reason.quote(text, len);
  }

  /** What is announced of the kind asked for is known: begins, goes on, or ends what it does not announce any more. */
  private weigh(answer: usize, len: i32): void {
    const transfer = this.transfer;
    const isNew = announcement.read(this.askedKind, answer, len);
    if (!isNew && !transfer.isIdle) return;
    announcement.fetched = 0;
    if (announcement.identity == 0 || !takes(this.askedKind) || runsAlready() || announcement.isHopeless) {
      transfer.withdraw();
      return;
    }
    announcement.fetched = announcement.identity;
    const url = announcement.url;
    if (url.len) {
      const status = web.load(url.at, url.len);
      transfer.fetch(this.askedKind, web);
      if (status < 0) return transfer.giveUp(WRONG_URL);
    } else transfer.fetch(this.askedKind, face);
    this.object();
  }

  /** Ends at once what cannot become good. */
  private object(): void {
    const transfer = this.transfer;
    const title = announcement.title;
    const checksum = announcement.checksum;
    const algorithm = announcement.algorithm;
    if (!isText(hostState + STATE_NAME, NAME_BYTES, title.at, title.len)) {
      transfer.giveUp("title: found ");
      transfer.reason.quote(title.at, title.len);
      return;
    }
    // Where a package lies elsewhere, the server may not know its checksum.
    if (announcement.url.len && checksum.len == 0 && algorithm.len == 0) return;
    if (announcement.size == 0) return transfer.giveUp("size: 0");
    if (checksum.len == 0) return transfer.giveUp("checksum: empty");
    const status = transfer.checksum.take(algorithm.at, algorithm.len, checksum.at, checksum.len);
    if (status == Status.Ok) return;
    transfer.giveUp(status == Status.Unsupported ? "checksum: unknown algorithm " : "checksum: not a digest of ");
    transfer.reason.quote(algorithm.at, algorithm.len);
  }
}

/** Whether what hostState says runs is what is announced, whole: 1.1 is not 1.10. */
function runsAlready(): bool {
  const version = announcement.version;
  const title = announcement.title;
  return (
    isText(hostState + STATE_VERSION, VERSION_BYTES, version.at, version.len) &&
    isText(hostState + STATE_NAME, NAME_BYTES, title.at, title.len)
  );
}

/** Whether a text that ends with a zero, or after cap bytes, is other: u8[len]. */
function isText(text: usize, cap: i32, other: usize, len: i32): bool {
  if (textBytes(text, cap) != len) return false;
  for (let i = 0; i < len; i++) if (load<u8>(text + i) != load<u8>(other + i)) return false;
  return true;
}

/** Writes KEYS, each behind the prefix of its kind. */
function writeKeys(kind: i32): void {
  let isFirst: bool = true;
  for (let i = 0; i < textLength(KEYS); i++) {
    const letter = textByte(KEYS, i);
    if (isFirst) {
      body.text(prefixOf(kind));
      body.u8(0x5f);
    }
    body.u8(letter);
    isFirst = letter == COMMA;
  }
}

hookUpdates(new ThingsboardUpdates());
