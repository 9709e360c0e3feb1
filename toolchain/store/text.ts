/** Keys and values as JSON. */

/** Of a key: what neither shows nor takes room. */
const UNPRINTABLE_IN_KEY = /\p{C}/u;
/** Of a value: control characters but tab and line ends, and what is no character. */
const UNPRINTABLE_IN_VALUE = /[^\P{Cc}\t\n\r]|[\p{Cn}\p{Co}\p{Cs}]/u;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** A key's member of a JSON object: `key`, its text, or `keyHex` where it is not UTF-8 or cannot be printed. */
export function keyMember(bytes: Buffer): { readonly name: "key" | "keyHex"; readonly text: string } {
  const text = decode(bytes);
  if (text === null || UNPRINTABLE_IN_KEY.test(text)) return { name: "keyHex", text: JSON.stringify(bytes.toString("hex")) };
  return { name: "key", text: JSON.stringify(text) };
}

/**
 * A value as a JSON object of one member: `json`, the value as it was stored where that is JSON (its digits untouched, line ends
 * between its tokens made blanks); `text`; or `base64`.
 */
export function valueObject(bytes: Buffer): string {
  const text = decode(bytes);
  if (text === null || UNPRINTABLE_IN_VALUE.test(text)) return `{"base64":${JSON.stringify(bytes.toString("base64"))}}`;
  return isJson(text) ? `{"json":${text.trim().replace(/[\r\n]/g, " ")}}` : `{"text":${JSON.stringify(text)}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
