/** The devices that a cloud knows, what they sent, and who may come in as which of them. */
import { randomBytes } from "node:crypto";

import { InvalidPayload, type Sample, type Value } from "./telemetry.js";

export type Credentials =
  | { readonly credentialsType: "ACCESS_TOKEN"; readonly token: string }
  | { readonly credentialsType: "MQTT_BASIC"; readonly clientId?: string; readonly userName?: string; readonly password?: string }
  /** The certificate in PEM, on one line, without header and footer. */
  | { readonly credentialsType: "X509_CERTIFICATE"; readonly certificate: string };

/** What a CONNECT says, and the certificate of its TLS connection. */
export interface Login {
  readonly clientId: string;
  readonly userName: string | null;
  readonly password: string | null;
  readonly certificate: string | null;
}

export interface Claim {
  readonly secretKey?: string;
  readonly durationMs?: number;
}

export class Device {
  readonly client = new Map<string, Value>();
  readonly shared = new Map<string, Value>();
  readonly telemetry: Sample[] = [];
  readonly claims: Claim[] = [];

  constructor(
    readonly name: string,
    readonly credentials: Credentials,
  ) {}
}

/** What a device profile says of provisioning. */
export interface Profile {
  readonly key: string;
  readonly secret: string;
  readonly isEnabled: boolean;
}

export const NOT_FOUND = { status: "NOT_FOUND", errorMsg: "Provision data was not found!" } as const;
export const FAILURE = { status: "FAILURE", errorMsg: "Failed to provision device!" } as const;

export class Devices {
  readonly #all: Device[] = [];
  profile: Profile = { key: "provision-key-000000", secret: "provision-secret-000", isEnabled: true };

  add(name: string, credentials: Credentials): Device {
    const device = new Device(name, credentials);
    this.#all.push(device);
    return device;
  }

  find(name: string): Device | undefined {
    return this.#all.find((device) => device.name === name);
  }

  /** The device of a login, or the code of the CONNACK that refuses it (section 1.1). */
  login({ clientId, userName, password, certificate }: Login): Device | 2 | 4 | 5 {
    for (const device of this.#all) {
      const { credentials } = device;
      if (credentials.credentialsType === "ACCESS_TOKEN" && userName === credentials.token) return device;
      if (credentials.credentialsType === "X509_CERTIFICATE" && certificate === credentials.certificate) return device;
      if (credentials.credentialsType === "MQTT_BASIC" && isBasic(credentials, clientId, userName, password)) return device;
    }
    if (userName === null) return certificate === null ? 2 : 5;
    if (userName === "") return 4;
    return password === null ? 5 : 4;
  }

  /** Makes the device that a provisioning request asks for. Returns the answer. Throws InvalidPayload. */
  provision(request: Record<string, unknown>): object {
    const { provisionDeviceKey, provisionDeviceSecret, deviceName, credentialsType = "ACCESS_TOKEN" } = request;
    const { key, secret, isEnabled } = this.profile;
    if (!isEnabled || provisionDeviceKey !== key || provisionDeviceSecret !== secret) return NOT_FOUND;
    const name = typeof deviceName === "string" ? deviceName : `device-${randomBytes(4).toString("hex")}`;
    if (this.find(name) !== undefined) return FAILURE;
    const credentials = credentialsOf(String(credentialsType), request);
    this.add(name, credentials);
    const { credentialsType: type, ...value } = credentials;
    return { status: "SUCCESS", credentialsType: type, credentialsValue: type === "MQTT_BASIC" ? value : Object.values(value)[0] };
  }
}

/** Each field is optional; what the device has must be there and match. */
function isBasic(
  wanted: Extract<Credentials, { credentialsType: "MQTT_BASIC" }>,
  clientId: string,
  user: string | null,
  password: string | null,
): boolean {
  const isSame = (expected: string | undefined, found: string | null): boolean => expected === undefined || expected === found;
  return isSame(wanted.clientId, clientId) && isSame(wanted.userName, user) && isSame(wanted.password, password);
}

function credentialsOf(type: string, request: Record<string, unknown>): Credentials {
  const text = (name: string): string | undefined => (typeof request[name] === "string" ? (request[name] as string) : undefined);
  if (type === "ACCESS_TOKEN") return { credentialsType: type, token: text("token") ?? randomBytes(10).toString("hex") };
  const hash = text("hash");
  if (type === "X509_CERTIFICATE" && hash !== undefined) return { credentialsType: type, certificate: hash };
  const [clientId, userName, password] = [text("clientId"), text("username"), text("password")];
  if (type !== "MQTT_BASIC" || (clientId ?? userName ?? password) === undefined) throw new InvalidPayload(`credentials of type ${type}`);
  return { credentialsType: type, ...(clientId && { clientId }), ...(userName && { userName }), ...(password && { password }) };
}
