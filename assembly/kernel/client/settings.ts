import { parseDecimal } from "../../lib/number";
import { Status } from "../../lib/status";
import { copyText, equalsText } from "../../lib/text";
import { isUtf8 } from "../../lib/utf8";
import { LogLevel, NET_TLS } from "../host/constants";
import { sysConfig } from "../host/imports";
import { logTexts } from "../host/log";
import { ConnectFields } from "../mqtt/connect";
import { isTopicName } from "../mqtt/topicFilter";
import { START_CLEAN } from "../../sdk/flags";
import { dialect } from "./dialect";
import { face } from "./face";
import { CLIENT_ID_MAX, PASSWORD_MAX, scratch, USER_MAX } from "./scratch";
import { will } from "./will";

const HOST_MAX: i32 = 128;
const TOPIC_MAX: i32 = 96;

const WINDOW_MAX: i32 = 16;

const KEY_MAX: i32 = 32;
const keyBytes: usize = memory.data(KEY_MAX, 1);

/** Reads a configuration value by an ASCII key. Bytes written, or what sys_config answers. */
export function readConfig(key: string, dst: usize, cap: i32): i32 {
  return sysConfig(keyBytes, copyText(keyBytes, key), dst, cap);
}

/** A number of the configuration, `preset` when there is none from 0 to `limit`. */
export function readNumber(key: string, preset: i32, limit: i32): i32 {
  const length = readConfig(key, scratch, KEY_MAX);
  const value = length > 0 ? parseDecimal(scratch, length, limit) : -1;
  return value < 0 ? preset : value;
}

/** Whether the configuration says exactly this. */
export function isConfigured(key: string, value: string): bool {
  return equalsText(scratch, readConfig(key, scratch, KEY_MAX), value);
}

/** The device's configuration as the client needs it. Secrets are not kept: a CONNECT reads them where they lie. */
export class Settings {
  private hostBytes: StaticArray<u8> = new StaticArray<u8>(HOST_MAX);
  private topicBytes: StaticArray<u8> = new StaticArray<u8>(TOPIC_MAX);
  hostLen: i32 = 0;
  /** 0 while no valid configuration was read. */
  topicLen: i32 = 0;
  port: i32 = 0;
  netFlags: i32 = 0;
  keepAliveSeconds: i32 = 60;
  window: i32 = 4;
  isCleanSession: bool = false;
  /** What client_start asked for. */
  startFlags: i32 = 0;
  private isBad: bool = false;

  get host(): usize {
    return changetype<usize>(this.hostBytes);
  }

  /** What stream topics begin with. */
  get topic(): usize {
    return changetype<usize>(this.topicBytes);
  }

  /** Reads and checks everything. Ok, or Invalid: the log names the key and what is expected. */
  load(): i32 {
    this.isBad = false;
    this.hostLen = this.text("mqtt.host", this.host, HOST_MAX);
    if (this.hostLen == 0 && face.hasPresetHost) this.hostLen = face.presetHost(this.host);
    if (this.hostLen == 0) this.reject("mqtt.host", ": expected a host name");
    const isTls = this.flag("mqtt.tls", face.presetTls);
    this.netFlags = isTls ? NET_TLS : 0;
    this.port = this.number("mqtt.port", face.presetPort(isTls), 1, 65535, ": expected 1..65535");
    this.keepAliveSeconds = this.number("mqtt.keepAliveSeconds", face.keepAliveSeconds, 0, face.keepAliveLimit, ": expected 0..65535");
    this.window = this.number("mqtt.window", face.window, 1, WINDOW_MAX, ": expected 1..16");
    this.isCleanSession = this.flag("mqtt.cleanSession", false);
    if (this.startFlags) this.isCleanSession = this.startFlags == START_CLEAN;
    if (face.keepsNoSession) this.isCleanSession = true;
    if (face.isConfigured) this.checkIdentity();
    const topicLen = face.loadTopic(this.topic, TOPIC_MAX);
    this.topicLen = topicLen > 0 ? topicLen : this.loadTopic();
    if (!face.load()) this.isBad = true;
    if (!this.isBad) return Status.Ok;
    this.topicLen = 0;
    return Status.Invalid;
  }

  /** Fills in what a CONNECT says; its addresses are good until the scratch is used again. */
  fillConnect(fields: ConnectFields): void {
    if (face.isConfigured) this.fillIdentity(fields);
    fields.keepAliveSeconds = this.keepAliveSeconds;
    fields.isCleanSession = this.isCleanSession;
    will.fill(fields);
    face.fillConnect(fields);
  }

  private fillIdentity(fields: ConnectFields): void {
    fields.clientId = scratch;
    fields.clientIdLen = this.text("mqtt.clientId", fields.clientId, CLIENT_ID_MAX);
    fields.user = fields.clientId + CLIENT_ID_MAX;
    fields.userLen = this.text("mqtt.user", fields.user, USER_MAX);
    fields.password = fields.user + USER_MAX;
    fields.passwordLen = this.text("mqtt.password", fields.password, PASSWORD_MAX);
  }

  private checkIdentity(): void {
    const clientIdLen = this.text("mqtt.clientId", scratch, CLIENT_ID_MAX);
    if (clientIdLen == 0 && !this.isCleanSession && !dialect.isLenient) this.reject("mqtt.clientId", ": expected a name");
    const userLen = this.text("mqtt.user", scratch, USER_MAX);
    const passwordLen = this.text("mqtt.password", scratch, PASSWORD_MAX);
    memory.fill(scratch, 0, PASSWORD_MAX);
    if (passwordLen > 0 && userLen == 0 && !dialect.isLenient) this.reject("mqtt.user", ": a password needs one");
  }

  private loadTopic(): i32 {
    let length = this.text("mqtt.topic", this.topic, TOPIC_MAX);
    if (length == 0) {
      length = copyText(this.topic, "devices/");
      length += this.text("mqtt.clientId", this.topic + length, CLIENT_ID_MAX);
    }
    if (!isTopicName(this.topic, length)) this.reject("mqtt.topic", ": expected no + and #");
    return length;
  }

  /** Bytes of a value; 0 when there is none, or a bad one. */
  private text(key: string, dst: usize, cap: i32): i32 {
    const length = readConfig(key, dst, cap);
    if (length == Status.NotFound) return 0;
    if (length >= 0 && isUtf8(dst, length)) return length;
    this.reject(key, length < 0 ? ": too long or unreadable" : ": not UTF-8");
    return 0;
  }

  private number(key: string, preset: i32, least: i32, limit: i32, expected: string): i32 {
    const length = this.text(key, scratch, KEY_MAX);
    if (length == 0) return preset;
    const value = parseDecimal(scratch, length, limit);
    if (value >= least) return value;
    this.reject(key, expected);
    return preset;
  }

  private flag(key: string, preset: bool): bool {
    const length = this.text(key, scratch, KEY_MAX);
    if (length == 0) return preset;
    const isTrue = equalsText(scratch, length, "true");
    if (!isTrue && !equalsText(scratch, length, "false")) this.reject(key, ": expected true or false");
    return isTrue;
  }

  private reject(key: string, expected: string): void {
    this.isBad = true;
    logTexts(LogLevel.Error, key, expected);
  }
}

export const settings = new Settings();
