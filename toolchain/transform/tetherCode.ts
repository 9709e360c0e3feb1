/** Writes what stands behind a @tether function: its stream, the object it fills, and the function that callers see. */
import { EXCHANGE_BYTES, FLAG_ENVELOPE, FLAG_OFFLINE, FLAG_TEXT, QOS_SHIFT } from "./wire.js";
import { PACK_METHOD } from "./pack.js";
import type { Problems } from "./problems.js";
import { isExported } from "./syntax.js";
import type { Tether, TetherOptions } from "./tether.js";

/** What the author's function is called once its own name stands for publishing. */
export function fillName(name: string): string {
  return `__fill_${name}`;
}

const roundUp8 = (length: number): number => (length + 7) & ~7;

/** Source of the statements that follow the author's function. schema: empty for text. */
export function tetherCode(tether: Tether, schema: readonly number[], problems: Problems): string {
  const { name, options, declaration, payloadName } = tether;
  const streamName = [...new TextEncoder().encode(options.topic)];
  const context = [...new TextEncoder().encode(contextMembers(options))];
  const total = roundUp8(streamName.length) + roundUp8(context.length) + roundUp8(schema.length);
  if (total > EXCHANGE_BYTES) {
    const remedy = "shorten topic, tags, entity or field names, or split the payload";
    problems.at(
      declaration.name,
      `@tether function ${name}: its topic, context and fields take ${total} bytes, ${EXCHANGE_BYTES} fit`,
      remedy,
    );
  }
  const flags = streamFlags(options, payloadName === undefined);
  const spans = [streamName, context, schema].map(dataSpan).join(", ");
  const call =
    payloadName === undefined
      ? `return __stream_${name}.publishText(${fillName(name)}());`
      : `${fillName(name)}(__out_${name}); return __stream_${name}.publish(__out_${name}.${PACK_METHOD}(__wasmote.packStart(), __wasmote.packEnd()));`;
  return [
    `const __stream_${name} = new __wasmote.Stream(${spans}, ${flags}, ${options.dbTtl});`,
    ...(payloadName === undefined ? [] : [`const __out_${name} = new ${payloadName}();`]),
    `${isExported(declaration) ? "export " : ""}function ${name}(): i32 { ${call} }`,
    ...(options.every > 0 ? [`__wasmote.schedule(${options.every}, (): void => { ${name}(); });`] : []),
  ].join("\n");
}

/** The JSON members of a stream's context, without braces; empty when there are none. */
export function contextMembers({ tags, entity }: TetherOptions): string {
  const members = { ...(tags.length > 0 ? { tags } : {}), ...(entity ? { entity } : {}) };
  return JSON.stringify(members).slice(1, -1);
}

function streamFlags({ writeOffline, qos }: TetherOptions, isText: boolean): number {
  return FLAG_ENVELOPE | (qos << QOS_SHIFT) | (writeOffline ? FLAG_OFFLINE : 0) | (isText ? FLAG_TEXT : 0);
}

function dataSpan(bytes: readonly number[]): string {
  return bytes.length === 0 ? "0, 0" : `memory.data<u8>([${bytes.join(", ")}]), ${bytes.length}`;
}
