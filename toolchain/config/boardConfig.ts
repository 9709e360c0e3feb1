/** What a board needs of a configuration beyond what the schema asks: the simulator fills these in from its options. */
import { ConfigError } from "./loadConfig.js";
import type { Config } from "./schema.js";

/** Throws ConfigError where a board could not run with it. */
export function checkForBoard({ mqtt, tendrl }: Config, source: string): void {
  const problems: string[] = [];
  if (tendrl === undefined && mqtt.clientId === undefined && mqtt.cleanSession !== true) {
    problems.push("mqtt.clientId: found nothing, expected a name that no other board has (the broker keeps its messages under it)");
  }
  if (mqtt.password !== undefined && mqtt.user === undefined) problems.push("mqtt.user: found nothing, expected the user of mqtt.password");
  if (problems.length > 0) throw new ConfigError(source, problems);
}

/** Returns what is allowed and yet perhaps not meant, one line each. */
export function boardRemarks({ wifi, mqtt, tls, tendrl }: Config): string[] {
  const isTls = mqtt.tls ?? tendrl !== undefined;
  const remarks: string[] = [];
  if (wifi === undefined) remarks.push("found no wifi: only a firmware built for Ethernet comes online");
  else if (wifi.password === undefined) remarks.push("found no wifi.password: joins an open network");
  if (mqtt.password !== undefined && !isTls) remarks.push("mqtt.password crosses the network in the clear: mqtt.tls is not true");
  if (!isTls && tls !== undefined) remarks.push("tls is not used: mqtt.tls is not true");
  if (tls?.allowSelfSigned === true)
    remarks.push("tls.allowSelfSigned is for the simulator: a board refuses such a certificate all the same");
  return remarks;
}
