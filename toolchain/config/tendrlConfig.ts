/**
 * The configuration of Tendrl's MicroPython client, as its users have it: two flat JSON files, the user's over the library's. Read here and turned
 * into ours, so that a config.json can be taken along. Source: spec/tendrl.md, 1.
 */
import { ConfigError } from "./configError.js";

type Flat = Readonly<Record<string, unknown>>;

/** What the original's library file says, but for the port: without one it is the device's choice, 443 with TLS and 1883 without. */
export const LIBRARY_CONFIG: Flat = {
  app_url: "https://app.tendrl.com",
  api_key: "",
  wifi_ssid: "",
  wifi_pw: "",
  reset: false,
  mqtt_host: "mqtt.tendrl.com",
  mqtt_ssl: true,
};

/** Keys, their types in JSON, and where they go. */
const KEYS: Readonly<Record<string, { readonly type: "string" | "number" | "boolean"; readonly to: readonly [string, string] }>> = {
  app_url: { type: "string", to: ["tendrl", "appUrl"] },
  api_key: { type: "string", to: ["tendrl", "apiKey"] },
  reset: { type: "boolean", to: ["tendrl", "reset"] },
  wifi_ssid: { type: "string", to: ["wifi", "ssid"] },
  wifi_pw: { type: "string", to: ["wifi", "password"] },
  mqtt_host: { type: "string", to: ["mqtt", "host"] },
  mqtt_port: { type: "number", to: ["mqtt", "port"] },
  mqtt_ssl: { type: "boolean", to: ["mqtt", "tls"] },
};

/** Tells whether a value is such a file, by its key `api_key`, which no configuration of ours has. */
export function isTendrlConfig(value: unknown): value is Flat {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "api_key" in value;
}

/**
 * Returns our configuration, unchecked: every key of the user's over the library's; unknown keys are left out. Throws ConfigError with the
 * names of keys of another type.
 */
export function fromTendrlConfig(user: Flat, source: string, library: Flat = LIBRARY_CONFIG): Record<string, Record<string, unknown>> {
  const layered = { ...library, ...user };
  const problems: string[] = [];
  const sections: Record<string, Record<string, unknown>> = { mqtt: {} };
  for (const [key, { type, to }] of Object.entries(KEYS)) {
    const value = layered[key];
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== type) problems.push(`${key}: found ${JSON.stringify(value)}, expected a ${type}`);
    else (sections[to[0]] ??= {})[to[1]] = value;
  }
  if (problems.length > 0) throw new ConfigError(source, problems);
  if (sections["tendrl"]?.["apiKey"] === undefined)
    throw new ConfigError(source, ["api_key: found nothing, expected the entity's API key"]);
  return sections;
}
