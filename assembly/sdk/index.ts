/** The SDK: what an app imports from "wasmote". @payload and @tether need no import. */
export { ClientState } from "../lib/clientState";
export { Status } from "../lib/status";
export { LogLevel, ResetReason } from "../lib/device";
export { PinMode, Sensor, board } from "./board";
export { Client, Counter } from "./client";
export { monotonic, now, random } from "./clock";
export { configFlag, configInteger, configText } from "./config";
export { Database } from "./database";
export { KEYS_AFTER, KEYS_PREFIX, KEYS_REVERSE, KEYS_UP_TO } from "./databaseQueries";
export { AS_CONNECTED, FOR_EVER } from "./flags";
export { FLAG_ENVELOPE, FLAG_OFFLINE, FLAG_QOS_1, FLAG_QOS_2, FLAG_RETAIN, QUEUED, STORED } from "./flags";
export { log } from "./log";
export { Message } from "./message";
export { Properties, Property, received } from "./properties";
export { ANSWER_MS, MAX_REQUESTS, requests } from "./requests";
export { yieldFor } from "./syscalls";
export { after, cancel, every } from "./timer";
export { trial } from "./trial";
