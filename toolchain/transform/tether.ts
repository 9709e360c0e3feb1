/** Understands @tether functions: what they fill or return, and the options beside them. */
import {
  LiteralKind,
  ParameterKind,
  type ArrayLiteralExpression,
  type DecoratorNode,
  type Expression,
  type FunctionDeclaration,
  type ObjectLiteralExpression,
} from "assemblyscript";
import type { Problems } from "./problems.js";
import { isLiteral, literalValue, plainTypeName } from "./syntax.js";

export interface TetherOptions {
  tags: string[];
  writeOffline: boolean;
  /** Seconds; 0 keeps for ever. */
  dbTtl: number;
  entity: string;
  /** Milliseconds; 0 = only when called. */
  every: number;
  qos: number;
  /** Name of the stream and last part of its topic. */
  topic: string;
}

export interface Tether {
  name: string;
  declaration: FunctionDeclaration;
  options: TetherOptions;
  /** The payload it fills; undefined when it returns text. */
  payloadName: string | undefined;
}

interface Rule {
  expected: string;
  read: (value: Expression) => unknown;
}

const isInteger = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

function integer(low: number, high: number, unit: string): Rule {
  const expected = `an integer from ${low} to ${high}${unit}, written out`;
  return { expected, read: (node) => (isInteger(literalValue(node), low, high) ? literalValue(node) : undefined) };
}

const MAX_I32 = 0x7fffffff;
const TOPIC = /^[^+#\0/]+(\/[^+#\0/]+)*$/u;

const RULES: Readonly<Record<keyof TetherOptions, Rule>> = {
  tags: { expected: 'a list of texts, such as ["sensors"]', read: readTags },
  writeOffline: { expected: "true or false", read: (node) => (typeof literalValue(node) === "boolean" ? literalValue(node) : undefined) },
  dbTtl: integer(0, MAX_I32, " (seconds, 0 keeps for ever)"),
  entity: { expected: "a text that is not empty", read: (node) => readText(node, /./) },
  every: integer(1, MAX_I32, " (milliseconds)"),
  qos: integer(0, 1, ""),
  topic: {
    expected: 'a topic name without wildcards or a slash at its ends, such as "climate/indoor"',
    read: (node) => readText(node, TOPIC),
  },
};

function readText(node: Expression, pattern: RegExp): string | undefined {
  const value = literalValue(node);
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

function readTags(node: Expression): string[] | undefined {
  if (!isLiteral(node, LiteralKind.Array)) return undefined;
  const tags = (node as ArrayLiteralExpression).elementExpressions.map((element) => readText(element, /./));
  return tags.some((tag) => tag === undefined) ? undefined : (tags as string[]);
}

/** Reads one function with its decorator. defaultTtl: of what it stores. Problems are reported; then undefined is returned. */
export function readTether(
  declaration: FunctionDeclaration,
  decorator: DecoratorNode,
  isPayload: (name: string) => boolean,
  defaultTtl: number,
  problems: Problems,
): Tether | undefined {
  const name = declaration.name.text;
  const options = readOptions(name, decorator, defaultTtl, problems);
  const payloadName = readSignature(declaration, isPayload, problems);
  return options && payloadName !== null ? { name, declaration, options, payloadName } : undefined;
}

function readOptions(name: string, decorator: DecoratorNode, dbTtl: number, problems: Problems): TetherOptions | undefined {
  const options: TetherOptions = { tags: [], writeOffline: false, dbTtl, entity: "", every: 0, qos: 1, topic: name };
  const [argument, ...more] = decorator.args ?? [];
  if (argument && (more.length > 0 || !isLiteral(argument, LiteralKind.Object))) {
    problems.at(argument, "@tether takes one object of options", 'write them out: @tether({ tags: ["sensors"], every: 5000 })');
    return undefined;
  }
  const { names, values } = (argument as ObjectLiteralExpression | undefined) ?? { names: [], values: [] };
  let isGood = true;
  names.forEach((key, i) => {
    const rule = Object.hasOwn(RULES, key.text) ? RULES[key.text as keyof TetherOptions] : undefined;
    const value = rule?.read(values[i]!);
    if (value !== undefined) Object.assign(options, { [key.text]: value });
    else {
      isGood = false;
      if (rule) problems.at(values[i]!, `@tether option "${key.text}" is not what it must be`, `use ${rule.expected}`);
      else problems.at(key, `@tether has no option "${key.text}"`, `use one of ${Object.keys(RULES).join(", ")}`);
    }
  });
  return isGood ? options : undefined;
}

/** The payload's name, undefined for a function that returns text, null when it is neither. */
function readSignature(
  declaration: FunctionDeclaration,
  isPayload: (name: string) => boolean,
  problems: Problems,
): string | undefined | null {
  const name = declaration.name.text;
  const { parameters, returnType } = declaration.signature;
  const result = plainTypeName(returnType);
  if (declaration.typeParameters?.length)
    problems.at(declaration.name, `@tether function ${name} is generic`, "name the payload class it fills");
  else if (parameters.length === 0 && result === "string") return undefined;
  else if (parameters.length === 1 && result === "void" && parameters[0]!.parameterKind === ParameterKind.Default) {
    const payloadName = plainTypeName(parameters[0]!.type);
    if (payloadName !== undefined && isPayload(payloadName)) return payloadName;
    problems.at(
      parameters[0]!.type,
      `@tether function ${name} fills something that is not a @payload class`,
      "put @payload in front of that class",
    );
    return null;
  }
  problems.at(
    declaration.name,
    `@tether function ${name} has a signature that cannot be published`,
    `write \`function ${name}(out: Reading): void\` or \`function ${name}(): string\``,
  );
  return null;
}
