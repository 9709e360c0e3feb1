/** config.json: what may stand in it. Each rule's text completes the sentence "expected ...". */
import { z } from "zod";

const TEXT_LIMIT = 256;

function text(expected: string, maxLength = TEXT_LIMIT): z.ZodString {
  return z.string({ error: expected }).min(1, { error: expected }).max(maxLength, { error: expected });
}

function whole(min: number, max: number, what: string): z.ZodNumber {
  const error = `${what}, a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

const flag = z.boolean({ error: "true or false" });

const HOST = 'a host name or address, such as "broker.example.com"';

const mqtt = z.strictObject(
  {
    /** Required but with a section of a cloud that knows its broker. */
    host: text(HOST, 253).optional(),
    port: whole(1, 65_535, "a port").optional(),
    tls: flag.optional(),
    user: text("a user name").optional(),
    password: text("a password").optional(),
    clientId: z
      .string({ error: "a client identifier" })
      .regex(/^[^+#/\u0000]{1,64}$/, { error: "a client identifier of 1 to 64 characters without + # /" })
      .optional(),
    topic: z
      .string({ error: "a topic prefix" })
      .regex(/^[^+#\u0000]{1,128}$/, { error: "a topic prefix of 1 to 128 characters without + and #" })
      .optional(),
    keepAliveSeconds: whole(0, 65_535, "seconds").optional(),
    window: whole(1, 16, "a number of messages in flight").optional(),
    cleanSession: flag.optional(),
    version: z.union([z.literal(4), z.literal(5)], { error: "4 for MQTT 3.1.1, or 5" }).optional(),
    sessionExpirySeconds: whole(0, 2_000_000_000, "seconds").optional(),
    willDelaySeconds: whole(0, 2_000_000_000, "seconds").optional(),
  },
  { error: "an object" },
);

const bytes = (value: string): number => Buffer.byteLength(value, "utf8");

const SSID = "the name of a Wi-Fi network, 1 to 32 bytes";
const WIFI_PASSWORD = "8 to 63 characters or 64 hexadecimal digits, or no such key for an open network";
const HOSTNAME = "a host name of 1 to 32 letters, digits and - (not first or last)";

/** Source of the limits: IEEE 802.11, RFC 952 and 1123, esp_netif_set_hostname. */
const wifi = z.strictObject(
  {
    ssid: z.string({ error: SSID }).refine((value) => bytes(value) >= 1 && bytes(value) <= 32, { error: SSID }),
    password: z
      .string({ error: WIFI_PASSWORD })
      .regex(/^([\x20-\x7e]{8,63}|[0-9A-Fa-f]{64})$/, { error: WIFI_PASSWORD })
      .optional(),
    hostname: z
      .string({ error: HOSTNAME })
      .regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/, { error: HOSTNAME })
      .optional(),
  },
  { error: "an object" },
);

const time = z.strictObject({ sntp: text("the name of a time server", 253).optional() }, { error: "an object" });

/** What stands between the marks of a PEM text is looked at by loadConfig. */
const certificates = z.string({ error: "certificates in PEM" }).includes("-----BEGIN CERTIFICATE-----", { error: "certificates in PEM" });
const pemPath = text("the path of a PEM file, seen from the configuration file", 1024);

const tls = z
  .strictObject(
    {
      ca: certificates.optional(),
      caFile: pemPath.optional(),
      useBundle: flag.optional(),
      allowSelfSigned: flag.optional(),
      certificate: certificates.optional(),
      certificateFile: pemPath.optional(),
      key: z.string({ error: "a private key in PEM" }).includes("PRIVATE KEY-----", { error: "a private key in PEM" }).optional(),
      keyFile: pemPath.optional(),
    },
    { error: "an object" },
  )
  .superRefine((section, context) => {
    for (const name of ["ca", "certificate", "key"] as const) {
      if (section[name] === undefined || section[`${name}File`] === undefined) continue;
      context.addIssue({ code: "custom", path: [`${name}File`], message: `either ${name} or ${name}File, not both` });
    }
  });

export type TlsSection = z.infer<typeof tls>;

const device = z.strictObject({ watchdogSeconds: whole(1, 60, "seconds").optional() }, { error: "an object" });

const store = z.strictObject(
  {
    capBytes: whole(4096, 200_000_000, "bytes").optional(),
    /** In a kernel for Tendrl: most messages that wait in the store, and what becomes of one that finds it full. */
    capRecords: whole(1, 10_000_000, "messages").optional(),
    eviction: z.enum(["oldest", "refuse"], { error: '"oldest" or "refuse"' }).optional(),
    sweepSeconds: whole(60, 86_400, "seconds").optional(),
  },
  { error: "an object" },
);

const KEY = "an API key of 1 to 256 characters without white space";
const CLIENT_TYPE = 'a client type such as "wasmote/0.1.0", of letters, digits and . _ ~ : / -, at most 64';
const APP_URL = 'a URL such as "https://app.tendrl.com"';

/** Source: spec/tendrl.md, 1. Its keys of Wi-Fi and MQTT are those of their sections. */
const tendrl = z.strictObject(
  {
    apiKey: z.string({ error: KEY }).regex(/^[\x21-\x7e]{1,256}$/, { error: KEY }),
    appUrl: z
      .string({ error: APP_URL })
      .regex(/^(https?:\/\/)?[^\s@#/:?]+(:\d{1,5})?(\/[^\s@#]*)?$/, { error: APP_URL })
      .max(160, { error: APP_URL })
      .optional(),
    reset: flag.optional(),
    /** Sent with each discovery as the query parameter e_type. */
    eType: z
      .string({ error: CLIENT_TYPE })
      .regex(/^[\w.~:/-]{1,64}$/, { error: CLIENT_TYPE })
      .optional(),
    /** Who the board is, is asked anew when the answer is older. */
    cacheHours: whole(1, 8760, "hours").optional(),
  },
  { error: "an object" },
);

const rates = z.string({ error: 'count:seconds, such as "10:1,60:60"' }).regex(/^\d{1,8}:\d{1,8}(,\d{1,8}:\d{1,8}){0,2}$/, {
  error: 'up to three count:seconds, such as "10:1,60:60"',
});

/** What a server that does not tell its limits allows; and whether stored telemetry carries its sequence number. */
const thingsboard = z.strictObject(
  {
    sequence: flag.optional(),
    limits: z
      .strictObject(
        { messages: rates.optional(), telemetryMessages: rates.optional(), telemetryDataPoints: rates.optional() },
        { error: "an object" },
      )
      .optional(),
  },
  { error: "an object" },
);

/** The author's own section: read by an app through `config`, free in its names. */
export type AppSection = { readonly [key: string]: string | number | boolean | AppSection };

const app = z
  .custom<AppSection>((value) => typeof value === "object" && value !== null && !Array.isArray(value), { error: "an object" })
  .superRefine((section, context) => checkAppSection(section, [], context));

function checkAppSection(section: object, path: readonly string[], context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(section)) {
    const here = [...path, name];
    const refuse = (message: string): void => context.addIssue({ code: "custom", path: here, message, input: value });
    if (!/^[A-Za-z0-9_-]+$/.test(name)) refuse("its name to be of letters, digits, _ and -");
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) checkAppSection(value, here, context);
    else if (!["string", "number", "boolean"].includes(typeof value)) refuse("a text, a number, true or false, or an object of these");
  }
}

export const configSchema = z.strictObject(
  {
    mqtt,
    wifi: wifi.optional(),
    time: time.optional(),
    tls: tls.optional(),
    device: device.optional(),
    store: store.optional(),
    tendrl: tendrl.optional(),
    thingsboard: thingsboard.optional(),
    app: app.optional(),
  },
  { error: "an object" },
);

/** The whole: a broker must be named where no cloud brings one. */
export const wholeSchema = configSchema.superRefine((config, context) => {
  if (config.mqtt.host !== undefined || config.tendrl !== undefined) return;
  context.addIssue({ code: "custom", path: ["mqtt", "host"], message: HOST });
});

export type Config = z.infer<typeof configSchema>;

/** Names allowed in each strict section; "" is the top. */
export const sectionNames: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(configSchema.shape),
  mqtt: Object.keys(mqtt.shape),
  wifi: Object.keys(wifi.shape),
  time: Object.keys(time.shape),
  tls: Object.keys(tls.shape),
  device: Object.keys(device.shape),
  store: Object.keys(store.shape),
  tendrl: Object.keys(tendrl.shape),
  thingsboard: Object.keys(thingsboard.shape),
};

/** Keys whose value must never be shown. */
export const secretKeys: ReadonlySet<string> = new Set([
  "mqtt.password",
  "mqtt.user",
  "wifi.password",
  "tendrl.apiKey",
  "tls.ca",
  "tls.key",
]);
