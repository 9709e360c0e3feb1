/** A provisioning request: what a device without credentials asks for. */
import { Status } from "../lib/status";
import { OUT, OUT_BYTES, RECEIPT, RECEIPT_BYTES } from "./buffers";
import { encodeText, encodeWhole, encodedBytes, encodedTo } from "./encode";
import { publishAbort, publishBegin, publishCommit, publishWrite } from "./syscalls";

const TOPIC: string = "/provision/request";

let total: i32 = 0;
/** 0: only counts. */
let publication: i32 = 0;
let status: i32 = Status.Ok;

export class Provision {
  /** Name of the device; "": the server makes one. */
  deviceName: string = "";
  /** A token of the device's own choice: with it the server gives an access token that is this. */
  token: string = "";
  /** Any of these: basic credentials of the device's own choice. */
  clientId: string = "";
  userName: string = "";
  password: string = "";
  /** The certificate, which the host has: PEM on one line, without header and footer; its end apart, for a configuration takes no more in one value. */
  certificate: string = "";
  certificateRest: string = "";

  /** Key and secret of the device profile. */
  constructor(
    public key: string,
    public secret: string,
  ) {}

  /** Publishes the request. The answers of publish; Invalid: a text with a quote, a backslash or a control character. */
  publish(): i32 {
    status = Status.Ok;
    total = 0;
    publication = 0;
    check(this.certificateRest);
    this.write();
    if (status < 0) return status;
    const topicLen = encodeWhole(TOPIC, OUT, OUT_BYTES);
    publication = publishBegin(OUT, topicLen, total, 0, 0);
    if (publication < 0) return publication;
    this.write();
    if (status >= 0) return publishCommit(publication, RECEIPT, RECEIPT_BYTES);
    publishAbort(publication);
    return status;
  }

  private write(): void {
    put('{"provisionDeviceKey":"');
    put(this.key);
    member("provisionDeviceSecret", this.secret);
    member("deviceName", this.deviceName);
    if (this.token.length) member("credentialsType", "ACCESS_TOKEN");
    else if (this.certificate.length) member("credentialsType", "X509_CERTIFICATE");
    else if (this.clientId.length + this.userName.length + this.password.length) member("credentialsType", "MQTT_BASIC");
    member("token", this.token);
    member("hash", this.certificate);
    put(this.certificateRest);
    member("clientId", this.clientId);
    member("username", this.userName);
    member("password", this.password);
    put('"}');
  }
}

function member(name: string, value: string): void {
  if (value.length == 0) return;
  check(value);
  put('","');
  put(name);
  put('":"');
  put(value);
}

/** Refuses what JSON would escape. */
function check(value: string): void {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 0x20 || unit == 0x22 || unit == 0x5c) status = Status.Invalid;
  }
}

/** Counts text, or hands it over. */
function put(text: string): void {
  if (publication == 0) {
    total += encodedBytes(text);
    return;
  }
  for (let at = 0; at < text.length && status >= 0; at = encodedTo()) {
    status = publishWrite(publication, OUT, encodeText(text, at, OUT, OUT_BYTES));
  }
}
