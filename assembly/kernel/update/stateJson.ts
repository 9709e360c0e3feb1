import { JsonWriter } from "../../lib/json";
import { updateState } from "../host/imports";
import { Told, toldWord } from "./face";
import { hostState } from "./news";
import { Kind, STATE_BYTES, STATE_VERSION, VERSION_BYTES } from "./phase";

/** Writes the members of a state as clouds without words of their own get it (PROTOCOL.md). As UpdateFace.tell. */
export function writeState(json: JsonWriter, kind: i32, told: Told, version: usize, error: usize, errorLen: i32): void {
  member(json, "kind");
  word(json, kind == Kind.App ? "app" : "firmware");
  member(json, "state");
  word(json, toldWord(told));
  if (version) textMember(json, "version", version, VERSION_BYTES);
  if (updateState(kind, hostState, STATE_BYTES) >= 0) textMember(json, "running", hostState + STATE_VERSION, VERSION_BYTES);
  if (errorLen) textMember(json, "error", error, errorLen);
}

export function member(json: JsonWriter, name: string): void {
  if (json.last != 0x7b) json.u8(0x2c);
  word(json, name);
  json.u8(0x3a);
}

function word(json: JsonWriter, text: string): void {
  json.u8(0x22);
  json.text(text);
  json.u8(0x22);
}

/** text: ends with a zero, or after cap bytes. */
function textMember(json: JsonWriter, name: string, text: usize, cap: i32): void {
  let len = 0;
  while (len < cap && load<u8>(text + len)) len++;
  member(json, name);
  json.string(text, len);
}
