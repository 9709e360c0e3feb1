import { JsonMembers } from "../../lib/jsonMembers";
import { Writer } from "../../lib/bytes";
import { Status } from "../../lib/status";
import { equalsText } from "../../lib/text";
import { deviceState } from "../client/deviceState";
import { CLIENT_ID_MAX, PASSWORD_MAX, scratch, scratchBytes, USER_MAX } from "../client/scratch";
import { LogLevel } from "../host/constants";
import { logNumber } from "../host/log";
import { ConnectFields } from "../mqtt/connect";

const FIELDS: i32 = 3;
const BLOB_MAX: i32 = CLIENT_ID_MAX + USER_MAX + PASSWORD_MAX;
const QUOTE: i32 = 0x22;
const BACKSLASH: i32 = 0x5c;
const OBJECT: i32 = 0x7b;

const members = new JsonMembers();
const inner = new JsonMembers();
const writer = new Writer();

/** Their name in the device's state. */
const LOGIN: string = "tb.login";

/**
 * The credentials that provisioning gave this device, in its state partition:
 *
 *     3 x ( u8 length, u8[length] ): client id, user name, password; all empty with a certificate, which the host has
 */
export class Credentials {
  /** Reads them into the scratch. Ok; NotFound: there are none; Corrupt, Io: there were, or may be. */
  read(): i32 {
    return min(deviceState.state.get(LOGIN, scratch, BLOB_MAX), Status.Ok as i32);
  }

  /** Puts them into what a CONNECT says; there are some only when provisioning ended well. */
  fill(fields: ConnectFields): void {
    const status = this.read();
    if (status != Status.Ok) {
      if (status != Status.NotFound) logNumber(LogLevel.Error, "credentials cannot be read, status ", status);
      return;
    }
    let at = scratch;
    fields.clientIdLen = load<u8>(at);
    fields.clientId = at + 1;
    at += 1 + fields.clientIdLen;
    fields.userLen = load<u8>(at);
    fields.user = at + 1;
    at += 1 + fields.userLen;
    fields.passwordLen = load<u8>(at);
    fields.password = at + 1;
  }

  /**
   * Takes the answer to a provisioning request: u8[len]. Ok: they are stored for good; NotFound: wrong key or secret, or not allowed; Refused:
   * the server does not make this device; Protocol: an answer that makes no sense; what the store says.
   */
  take(answer: usize, len: i32): i32 {
    let value: usize = 0;
    let valueLen = 0;
    let status: i32 = Status.Protocol;
    let isCertificate: bool = false;
    if (!members.open(answer, len) || members.isList) return Status.Protocol;
    while (members.next()) {
      if (isNamed("status") || isNamed("provisionDeviceStatus")) status = statusOf(members.value, members.valueLen);
      else if (isNamed("credentialsType")) isCertificate = equalsText(members.value, members.valueLen, '"X509_CERTIFICATE"');
      else if (isNamed("credentialsValue") || isNamed("credentialsId")) {
        value = members.value;
        valueLen = members.valueLen;
      }
    }
    if (status != Status.Ok) return status;
    if (members.isBroken || (value == 0 && !isCertificate)) return Status.Protocol;
    writer.reset(scratch, min(scratchBytes, BLOB_MAX));
    if (isCertificate) writeText(0, 0, FIELDS);
    else if (load<u8>(value) == OBJECT) writeBasic(value, valueLen);
    else {
      writeText(0, 0, 1);
      writeText(value, valueLen, 1);
      writeText(0, 0, 1);
    }
    if (writer.isBroken) return Status.TooLarge;
    status = deviceState.state.put(LOGIN, scratch, writer.length);
    memory.fill(scratch, 0, BLOB_MAX);
    return status;
  }
}

function isNamed(name: string): bool {
  return equalsText(members.name, members.nameLen, name);
}

function statusOf(text: usize, len: i32): i32 {
  if (equalsText(text, len, '"SUCCESS"')) return Status.Ok;
  return equalsText(text, len, '"NOT_FOUND"') ? Status.NotFound : Status.Refused;
}

/** Writes the three fields of an object, in our order whatever theirs is; one that is missing or null is empty. */
function writeBasic(object: usize, len: i32): void {
  for (let field = 0; field < FIELDS; field++) {
    let value: usize = 0;
    let valueLen = 0;
    inner.open(object, len);
    while (inner.next()) {
      if (!equalsText(inner.name, inner.nameLen, field == 0 ? "clientId" : field == 1 ? "userName" : "password")) continue;
      value = inner.value;
      valueLen = inner.valueLen;
    }
    writeText(value, valueLen, 1);
  }
}

/** Writes a JSON string: u8[len] as a field, `times` over; anything else as an empty one. Escapes beyond one character break the writer. */
function writeText(string: usize, len: i32, times: i32): void {
  for (; times > 0; times--) {
    const lengthAt = writer.reserve(1);
    if (lengthAt == 0) return;
    const before = writer.length;
    const isString = len >= 2 && load<u8>(string) == QUOTE;
    for (let i = 1; isString && i < len - 1; i++) {
      let byte = <i32>load<u8>(string + i);
      if (byte == BACKSLASH) {
        byte = load<u8>(string + ++i);
        if (byte != QUOTE && byte != BACKSLASH && byte != 0x2f) writer.reserve(i32.MAX_VALUE);
      }
      writer.u8(byte);
    }
    const written = writer.length - before;
    if (written > 0xff) writer.reserve(i32.MAX_VALUE);
    store<u8>(lengthAt, <u8>written);
  }
}
