/** Which callback an event of ThingsBoard goes to. The kernel keeps requests and calls; the functions are kept here. */
import { ClientState } from "../lib/clientState";
import { Status } from "../lib/status";
import { OUT, OUT_BYTES } from "./buffers";
import { encodeWhole } from "./encode";
import { Message } from "./message";
import { handleAll } from "./subscriptions";
import { tbReply, tbWatch } from "./syscalls";
import { ThingsBoardMessage, thingsboardMessage } from "./thingsboardMessage";
import { Event, Watch } from "./thingsboardWire";

/** Source: spec/thingsboard.md, 11. */
export const MAX_ATTRIBUTE_SUBSCRIPTIONS: i32 = 16;
export const MAX_REQUESTS: i32 = 8;
export const MAX_RPC_METHODS: i32 = 8;

export type StateCallback = (state: ClientState, cause: Status) => void;
export type Callback = (message: ThingsBoardMessage) => void;

const ALL: string = "*";

/** A function that waits for something: a key, a method, an answer. */
class Route {
  callback: Callback | null = null;
  name: string = "";
  id: i32 = 0;
}

/** Rows are made when they are first needed, and then used again. */
const attributeRoutes: StaticArray<Route | null> = [
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
];
const answerRoutes: StaticArray<Route | null> = [null, null, null, null, null, null, null, null];
const methodRoutes: StaticArray<Route | null> = [null, null, null, null, null, null, null, null];
let fallback: Callback | null = null;
let stateListener: StateCallback | null = null;
let provisioned: Callback | null = null;
let isHearing = false;
let lastSubscription: i32 = 0;

/** Hears the events from here on. */
export function hear(): void {
  handleAll(onEvent);
  if (!isHearing) tbWatch(OUT, 0, Watch.Events);
  isHearing = true;
}

/** The subscription's number, from 1, never used twice; NoSpace, Invalid (key). */
export function addAttribute(key: string, callback: Callback): i32 {
  const route = freeIn(attributeRoutes);
  if (route == null) return Status.NoSpace;
  const status = watch(key, 1);
  if (status < 0) return status;
  route.callback = callback;
  route.name = key;
  route.id = ++lastSubscription;
  hear();
  return route.id;
}

/** Ends one subscription. Ok, NotFound. */
export function removeAttribute(id: i32): Status {
  for (let i = 0; i < MAX_ATTRIBUTE_SUBSCRIPTIONS; i++) {
    const route = unchecked(attributeRoutes[i]);
    if (route == null || route.callback == null || route.id != id) continue;
    route.callback = null;
    if (!isFollowed(route.name)) watch(route.name, 0);
    return Status.Ok;
  }
  return Status.NotFound;
}

/** Ends all of them. */
export function removeAttributes(): void {
  for (let i = 0; i < MAX_ATTRIBUTE_SUBSCRIPTIONS; i++) {
    const route = unchecked(attributeRoutes[i]);
    if (route != null && route.callback != null) removeAttribute(route.id);
  }
}

/** Ok, NoSpace. The same method again replaces its function. */
export function addMethod(method: string, callback: Callback): Status {
  let free: Route | null = null;
  for (let i = 0; i < MAX_RPC_METHODS && free == null; i++) {
    const route = unchecked(methodRoutes[i]);
    if (route != null && route.callback != null && route.name == method) free = route;
  }
  if (free == null) free = freeIn(methodRoutes);
  if (free == null) return Status.NoSpace;
  free.callback = callback;
  free.name = method;
  hear();
  return Status.Ok;
}

export function setFallback(callback: Callback | null): void {
  fallback = callback;
  hear();
}

/** Ok. */
export function listenToState(callback: StateCallback): i32 {
  stateListener = callback;
  hear();
  return tbWatch(OUT, 0, Watch.State);
}

export function setProvisioned(callback: Callback): void {
  provisioned = callback;
  hear();
}

/** Whether an answer could still be awaited: before its request is sent. */
export function hasFreeAnswer(): bool {
  return freeIn(answerRoutes) != null;
}

/** Waits for the answer to a request that was sent. */
export function awaitAnswer(id: i32, callback: Callback): void {
  const route = freeIn(answerRoutes);
  if (route == null) return;
  route.callback = callback;
  route.id = id;
  hear();
}

function freeIn(table: StaticArray<Route | null>): Route | null {
  for (let i = 0; i < table.length; i++) {
    let route = unchecked(table[i]);
    if (route == null) unchecked((table[i] = route = new Route()));
    if (route.callback == null) return route;
  }
  return null;
}

function isFollowed(key: string): bool {
  for (let i = 0; i < MAX_ATTRIBUTE_SUBSCRIPTIONS; i++) {
    const route = unchecked(attributeRoutes[i]);
    if (route != null && route.callback != null && route.name == key) return true;
  }
  return false;
}

function watch(key: string, isWanted: i32): i32 {
  const length = encodeWhole(key, OUT, OUT_BYTES);
  return length < 0 ? Status.TooLarge : tbWatch(OUT, length, isWanted);
}

function onEvent(message: Message): i32 {
  const event = message.subscription;
  thingsboardMessage.take();
  if (event == Event.Update) onUpdate();
  else if (event == Event.Call) onCall();
  else if (event == Event.State) {
    const callback = stateListener;
    if (callback != null) callback(thingsboardMessage.id as ClientState, thingsboardMessage.status);
  } else if (event == Event.Provisioned) {
    const callback = provisioned;
    if (callback != null) callback(thingsboardMessage);
  } else onAnswer();
  return 0;
}

/** Those that follow all keys, then those of single keys, each once, in the order of their subscription. */
function onUpdate(): void {
  for (let i = 0; i < MAX_ATTRIBUTE_SUBSCRIPTIONS; i++) {
    const route = unchecked(attributeRoutes[i]);
    if (route == null) break;
    const callback = route.callback;
    if (callback == null || route.name != ALL) continue;
    thingsboardMessage.find("");
    callback(thingsboardMessage);
  }
  for (let i = 0; i < MAX_ATTRIBUTE_SUBSCRIPTIONS; i++) {
    const route = unchecked(attributeRoutes[i]);
    if (route == null) break;
    const callback = route.callback;
    if (callback == null || route.name == ALL) continue;
    const length = encodeWhole(route.name, OUT, OUT_BYTES);
    thingsboardMessage.isDeleted = thingsboardMessage.deletes(OUT, length);
    const isFound = thingsboardMessage.findKey(OUT, length);
    if (isFound || thingsboardMessage.isDeleted) callback(thingsboardMessage);
    thingsboardMessage.isDeleted = false;
  }
}

function onAnswer(): void {
  for (let i = 0; i < MAX_REQUESTS; i++) {
    const route = unchecked(answerRoutes[i]);
    if (route == null) break;
    const callback = route.callback;
    if (callback == null || route.id != thingsboardMessage.id) continue;
    route.callback = null;
    callback(thingsboardMessage);
    return;
  }
}

/** The method's function, else the one for all others, else the answer that there is none. `params` is then the value found. */
function onCall(): void {
  for (let i = 0; i < MAX_RPC_METHODS; i++) {
    const route = unchecked(methodRoutes[i]);
    if (route == null) break;
    const callback = route.callback;
    if (callback == null || !thingsboardMessage.find("method") || !thingsboardMessage.is(route.name)) continue;
    thingsboardMessage.find("params");
    callback(thingsboardMessage);
    return;
  }
  const other = fallback;
  if (other != null) {
    thingsboardMessage.find("params");
    other(thingsboardMessage);
  } else refuse();
}

const UNKNOWN: string = '{"error":"unknown method","method":';

function refuse(): void {
  let length = encodeWhole(UNKNOWN, OUT, OUT_BYTES);
  const hasMethod = thingsboardMessage.find("method") && thingsboardMessage.jsonLength < OUT_BYTES - length;
  if (hasMethod) {
    memory.copy(OUT + length, thingsboardMessage.jsonStart, thingsboardMessage.jsonLength);
    length += thingsboardMessage.jsonLength;
  } else length += encodeWhole('""', OUT + length, OUT_BYTES - length);
  store<u8>(OUT + length, 0x7d);
  tbReply(thingsboardMessage.id, OUT, length + 1);
}
