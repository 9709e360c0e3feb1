/** Topics of ThingsBoard's device API, version 1. No others exist: see TOPICS and FILTERS. */
export const TELEMETRY = "v1/devices/me/telemetry";
export const ATTRIBUTES = "v1/devices/me/attributes";
export const ATTRIBUTES_REQUEST = "v1/devices/me/attributes/request/";
export const ATTRIBUTES_RESPONSE = "v1/devices/me/attributes/response/";
export const RPC_REQUEST = "v1/devices/me/rpc/request/";
export const RPC_RESPONSE = "v1/devices/me/rpc/response/";
export const CLAIM = "v1/devices/me/claim";
export const PROVISION_REQUEST = "/provision/request";
export const PROVISION_RESPONSE = "/provision/response";

/** Packages: `sw` modules, `fw` firmware. */
export const PACKAGES = ["sw", "fw"] as const;
export type PackagePrefix = (typeof PACKAGES)[number];

/** Filters that a device may subscribe, exactly as they stand here. */
export const FILTERS: readonly string[] = [
  ATTRIBUTES,
  `${ATTRIBUTES_RESPONSE}+`,
  `${RPC_REQUEST}+`,
  `${RPC_RESPONSE}+`,
  "v2/fw/response/+/chunk/+",
  "v2/sw/response/+/chunk/+",
  "v2/fw/error",
  "v2/sw/error",
];

/** What a device may publish, by the topic's head; the rest of the topic is a number. */
const NUMBERED = { attributesRequest: ATTRIBUTES_REQUEST, clientRpc: RPC_REQUEST, rpcReply: RPC_RESPONSE } as const;
const PLAIN = { telemetry: TELEMETRY, attributes: ATTRIBUTES, claim: CLAIM } as const;

export type Function = keyof typeof NUMBERED | keyof typeof PLAIN;

/** Which function a topic stands for, and its number; null: none. */
export function parseTopic(topic: string): { readonly name: Function; readonly id: number } | null {
  for (const [name, plain] of Object.entries(PLAIN)) if (topic === plain) return { name: name as Function, id: 0 };
  for (const [name, head] of Object.entries(NUMBERED)) {
    const digits = topic.startsWith(head) ? topic.slice(head.length) : "";
    const id = /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
    if (id >= 1 && id <= 0x7fffffff) return { name: name as Function, id };
  }
  return null;
}

/** A request for a chunk of a package; null: the topic is none. */
export function parseChunkRequest(topic: string): { readonly prefix: PackagePrefix; readonly id: number; readonly chunk: number } | null {
  const match = /^v2\/(sw|fw)\/request\/([1-9]\d{0,9})\/chunk\/(\d{1,10})$/.exec(topic);
  return match && { prefix: match[1] as PackagePrefix, id: Number(match[2]), chunk: Number(match[3]) };
}
