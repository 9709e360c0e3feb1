/** What a message to Tendrl says: its data and its context, written where it goes (outgoing.ts). */
import { integer, quoted, raw } from "./outgoing";

/** What a message's data is made of. */
export enum Shape {
  /** The text in an object. */
  Wrapped,
  /** JSON as it is. */
  Plain,
  /** What a command put out. */
  Output,
  /** An object, and the request's id added to it. */
  WithRequest,
}

let composed: Shape = Shape.Plain;
let firstText: string = "";
let secondText: string = "";
let exitCode: i32 = 0;
let request: string = "";

/** Says what the next message's data is made of; it is written twice: to be counted, and to be sent. */
export function compose(shape: Shape, first: string, second: string = "", code: i32 = 0, requestId: string = ""): void {
  composed = shape;
  firstText = first;
  secondText = second;
  exitCode = code;
  request = requestId;
}

/** Writes what was composed. */
export function writeComposed(): void {
  if (composed == Shape.Plain) return raw(firstText);
  if (composed == Shape.WithRequest) return writeWithRequest();
  raw(composed == Shape.Wrapped ? '{"data":' : '{"output":');
  quoted(firstText);
  if (composed == Shape.Output) {
    raw(',"error":');
    quoted(secondText);
    raw(',"exitCode":');
    integer(exitCode);
    if (request.length > 0) {
      raw(',"request_id":');
      quoted(request);
    }
  }
  raw("}");
}

/** The id goes in front: what follows is the object's text behind its brace. */
function writeWithRequest(): void {
  raw('{"request_id":');
  quoted(request);
  let at = 0;
  while (firstText.charCodeAt(at) != 0x7b) at++;
  at++;
  let next = at;
  while (next < firstText.length && isSpace(firstText.charCodeAt(next))) next++;
  if (firstText.charCodeAt(next) != 0x7d) raw(",");
  raw(firstText, at);
}

/** Writes the members of a context. */
export function writeContext(tags: StaticArray<string> | null, entity: string): void {
  if (tags != null && tags.length > 0) {
    raw('"tags":[');
    for (let i = 0; i < tags.length; i++) {
      if (i > 0) raw(",");
      quoted(unchecked(tags[i]));
    }
    raw("]");
    if (entity.length > 0) raw(",");
  }
  if (entity.length > 0) {
    raw('"entity":');
    quoted(entity);
  }
}

function isSpace(unit: i32): bool {
  return unit == 0x20 || unit == 0x0a || unit == 0x0d || unit == 0x09;
}

/** The first character of JSON, 0: there is none. */
export function firstOf(json: string): i32 {
  for (let at = 0; at < json.length; at++) {
    if (!isSpace(json.charCodeAt(at))) return json.charCodeAt(at);
  }
  return 0;
}
