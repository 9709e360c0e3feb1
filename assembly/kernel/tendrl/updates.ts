import { JsonMembers } from "../../lib/jsonMembers";
import { JsonWriter } from "../../lib/json";
import { equalsText } from "../../lib/text";
import { FLAG_ENVELOPE, FLAG_QOS_1, QUEUED } from "../../sdk/flags";
import { publications } from "../client/publications";
import { scratch } from "../client/scratch";
import { hookUpdates } from "../client/updateHooks";
import { Told, UpdateFace } from "../update/face";
import { member, writeState } from "../update/stateJson";
import { Updates } from "../update/updates";
import { WebSource } from "../update/webSource";

/** What stands in the envelope beside a state. */
const CONTEXT: string = '"context":{"tags":["update"]}';
const CONTEXT_BYTES: i32 = 64;
const DATA_BYTES: i32 = 288;
const QUOTE: i32 = 0x22;
const receipt: usize = memory.data(8, 8);
const members = new JsonMembers();

/**
 * Updates through Tendrl, which has one topic in each direction and JSON on both: a message says where the package lies, and states go out
 * as data.
 *
 *     {"msg_type":"update","data":{"url":"https://files.example/garden.wmpk"},...}
 *     {"msg_type":"publish","data":{"update":{"kind":"app","state":"DOWNLOADING",...}},"context":{"tags":["update"]},...}
 */
class TendrlUpdateFace extends UpdateFace {
  private json: JsonWriter = new JsonWriter();

  connected(): void {}

  /** A session counts as online once its only subscription was granted. */
  get isReady(): bool {
    return true;
  }

  /** Packages come by URL alone. */
  request(at: i32, left: i32): i32 {
    return 0;
  }

  tell(kind: i32, told: Told, version: usize, error: usize, errorLen: i32): i64 {
    const json = this.json;
    json.reset(scratch, CONTEXT_BYTES);
    json.text(CONTEXT);
    const contextLen = json.length;
    json.reset(scratch + CONTEXT_BYTES, DATA_BYTES);
    json.open(0x7b);
    member(json, "update");
    json.u8(0x7b);
    writeState(json, kind, told, version, error, errorLen);
    json.text("}}");
    if (json.isBroken) return 0;
    const answer = publications.publishData(scratch, contextLen, json.address, json.length, FLAG_ENVELOPE | FLAG_QOS_1, receipt);
    return answer == QUEUED ? load<i64>(receipt) : 0;
  }
}

const web = new WebSource();

class TendrlUpdates extends Updates {
  constructor() {
    super(new TendrlUpdateFace());
    web.transfer = this.transfer;
  }

  take(topic: usize, topicLen: i32, payload: usize, len: i32): bool {
    if (!this.isActive || !members.open(payload, len)) return false;
    let data: usize = 0;
    let dataLen = 0;
    let isUpdate: bool = false;
    while (members.next()) {
      if (equalsText(members.name, members.nameLen, "msg_type")) isUpdate = equalsText(members.value, members.valueLen, '"update"');
      else if (equalsText(members.name, members.nameLen, "data")) {
        data = members.value;
        dataLen = members.valueLen;
      }
    }
    if (!isUpdate || members.isBroken || !members.open(data, dataLen)) return false;
    let isTaken: bool = false;
    while (members.next()) {
      if (members.kind != QUOTE || !equalsText(members.name, members.nameLen, "url")) continue;
      web.announce(members.value + 1, members.valueLen - 2);
      isTaken = true;
    }
    return isTaken;
  }
}

hookUpdates(new TendrlUpdates());
