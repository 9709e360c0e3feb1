/** JSON as people write it: comments and a comma behind the last element are allowed, as in the editor's own settings. */
import { parse, type ParseError, ParseErrorCode } from "jsonc-parser";

const EXPECTED: Readonly<Partial<Record<ParseErrorCode, string>>> = {
  [ParseErrorCode.InvalidSymbol]: "double quotes around names and texts",
  [ParseErrorCode.PropertyNameExpected]: "a name in double quotes",
  [ParseErrorCode.ValueExpected]: "a value",
  [ParseErrorCode.ColonExpected]: "a colon",
  [ParseErrorCode.CommaExpected]: "a comma",
  [ParseErrorCode.CloseBraceExpected]: "a closing brace",
  [ParseErrorCode.CloseBracketExpected]: "a closing bracket",
  [ParseErrorCode.EndOfFileExpected]: "nothing more",
  [ParseErrorCode.UnexpectedEndOfComment]: "the end of a comment",
  [ParseErrorCode.UnexpectedEndOfString]: "a closing quotation mark",
  [ParseErrorCode.InvalidNumberFormat]: "a number",
};

/** Thrown with the place of the first mistake, as people count. */
export class JsonError extends Error {}

/**
 * Returns the value of a text, or throws JsonError. The text may hold secrets: no more than one character of it is shown.
 */
export function parseJson(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\ufeff/, " "), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const before = text.slice(0, first.offset).split("\n");
  const found = first.offset >= text.trimEnd().length ? "the end of the file" : JSON.stringify(text[first.offset]);
  const expected = EXPECTED[first.error] ?? "JSON";
  throw new JsonError(`line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: found ${found}, expected ${expected}`);
}
