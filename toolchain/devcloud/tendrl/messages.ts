/** What a Tendrl server takes from a device: the schema of each message, strict, and what is wrong with one that does not fit. */
import { z } from "zod";

const timestamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
const object = z.record(z.string(), z.unknown()).refine((value) => Object.keys(value).length > 0, { error: "an empty object is left out" });
const data = z.union([object, z.string().min(1)]);
const context = z.strictObject({ tags: z.array(z.string().min(1)).min(1) });
const dest = z.string().min(1);
const bytes = z.int().min(0);

const publish = z.strictObject({
  msg_type: z.literal("publish"),
  data: data.optional(),
  context: context.optional(),
  dest: dest.optional(),
  timestamp,
});

const heartbeat = z.strictObject({
  msg_type: z.literal("heartbeat"),
  data: z.strictObject({ mem_free: bytes, mem_total: bytes, disk_free: bytes, disk_size: bytes }),
  timestamp,
});

const output = z.strictObject({ output: z.string(), error: z.string(), exitCode: z.int(), request_id: z.string().optional() });

/** Responses to commands, in the envelope; the original sends their data alone. */
const response = z.strictObject({
  msg_type: z.enum(["fs_cmd_resp", "terminal_cmd_resp"]),
  data: output,
  dest: dest.optional(),
  timestamp,
});

const reply = z.strictObject({
  msg_type: z.enum(["client_cmd_resp", "file"]),
  data: object,
  dest: dest.optional(),
  timestamp,
});

const enveloped = z.discriminatedUnion("msg_type", [publish, heartbeat, response, reply]);

export type TendrlMessage = z.infer<typeof enveloped>;

/** Returns what is wrong with a payload; "" when nothing is. A payload without msg_type is data alone, and only has to be an object or text. */
export function messageProblem(payload: Buffer): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    return `no JSON in UTF-8: ${(error as Error).message}`;
  }
  const isEnvelope = typeof value === "object" && value !== null && "msg_type" in value;
  const result = (isEnvelope ? enveloped : data).safeParse(value);
  return result.success ? "" : result.error.issues.map((issue) => `${issue.path.join(".") || "message"}: ${issue.message}`).join("; ");
}

/** Returns an enveloped message; throws where messageProblem finds something. */
export function readMessage(payload: Buffer): TendrlMessage {
  return enveloped.parse(JSON.parse(payload.toString("utf8")));
}
