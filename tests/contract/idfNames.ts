/** Names of ESP-IDF that the firmware relies on: where they stand in our files, and where ESP-IDF defines them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "../../toolchain/build/paths.js";
import { listFiles } from "../../toolchain/check/files.js";

/** Our files that speak of ESP-IDF: options, components, sources. The simulator's and the tests' do not. */
export function firmwareFiles(): string[] {
  return listFiles(ROOT).filter(
    (path) => /^(components|main|host\/(?!sim\/))/.test(path) || /^(CMakeLists\.txt|sdkconfig\.[\w.]+)$/.test(path),
  );
}

/**
 * Kconfig options that a file uses, without CONFIG_: CONFIG_X anywhere but in a comment, what sdkconfig files set or unset,
 * conditions and selections of Kconfig files, and conditions of linker fragments.
 */
export function optionsUsed(path: string, text: string): Set<string> {
  if (/Kconfig[^/]*$/.test(path)) return kconfigReferences(text);
  if (path.endsWith(".md")) return new Set();
  const names = new Set<string>();
  const isC = /\.[ch]$/.test(path);
  for (const line of (isC ? withoutComments(text) : text).split("\n")) {
    if (!isC && /^\s*#/.test(line) && !/ is not set$/.test(line)) continue;
    for (const [, name] of line.matchAll(/\bCONFIG_([A-Z0-9_]+)\b/g)) names.add(name!);
    if (path.endsWith(".lf")) for (const [, name] of line.matchAll(/\bif ([A-Z0-9_]+)\b/g)) names.add(name!);
  }
  return names;
}

/** Constants of our own C that begin like options: CONFIG_IMAGE_VERSION. */
export function constantsDefined(text: string): string[] {
  return [...withoutComments(text).matchAll(/\bCONFIG_(\w+)\s*=(?!=)/g)].map(([, name]) => name!);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
}

/** `depends on A && !B`, `default X if C`, `select D`, `range 0 1 if E`, `visible if F`: names, not values. */
function kconfigReferences(text: string): Set<string> {
  const names = new Set<string>();
  for (const line of withoutHelp(text)) {
    const [, keyword = "", rest = ""] =
      /^\s*(depends on|visible if|if|default|range|prompt|bool|int|string|select|imply)\b(.*)$/.exec(line) ?? [];
    const unquoted = rest.replace(/"[^"]*"/g, "");
    const isExpression = ["depends on", "visible if", "if", "default", "select", "imply"].includes(keyword);
    const expression = isExpression ? unquoted : (/\bif (.*)$/.exec(unquoted)?.[1] ?? "");
    for (const [name] of expression.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)) names.add(name);
  }
  return names;
}

/** Lines of a Kconfig text but those of help texts, which are indented deeper than the word `help`. */
function withoutHelp(text: string): string[] {
  let helpIndent = -1;
  return text.split("\n").filter((line) => {
    if (line.trim() === "") return false;
    const indent = line.search(/\S/);
    if (helpIndent >= 0 && indent > helpIndent) return false;
    helpIndent = /^\s*help\s*$/.test(line) ? indent : -1;
    return true;
  });
}

/** Options that Kconfig text defines. */
export function optionsDefined(text: string): string[] {
  return [...text.matchAll(/^\s*(?:menu)?config ([A-Z0-9_]+)\s*$/gm)].map(([, name]) => name!);
}

/** Options that a checkout of ESP-IDF defines for any chip. */
export function optionsOfIdf(idf: string): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync(join(idf, "components"), { recursive: true }) as string[]) {
    if (!/(^|\/)Kconfig[^/]*$/.test(file) || /(^|\/)(test_apps|examples)\//.test(file)) continue;
    for (const name of optionsDefined(readFileSync(join(idf, "components", file), "utf8"))) names.add(name);
  }
  for (const name of optionsDefined(readFileSync(join(idf, "Kconfig"), "utf8"))) names.add(name);
  return names;
}

const KEYWORDS =
  /^(SRCS|SRC_DIRS|EXCLUDE_SRCS|INCLUDE_DIRS|PRIV_INCLUDE_DIRS|LDFRAGMENTS|EMBED_FILES|EMBED_TXTFILES|KCONFIG|KCONFIG_PROJBUILD|WHOLE_ARCHIVE|REQUIRED_IDF_TARGETS)$/;

/** Components that a CMakeLists.txt requires, variables of the same file resolved. */
export function componentsRequired(text: string): Set<string> {
  const code = text.replace(/#.*/g, "");
  const names = new Set<string>();
  const variables = new Map<string, string[]>();
  for (const [, name, values] of code.matchAll(/\b(?:set|list\(APPEND)\s*\(?\s*(\w+)\s+([^)]*)\)/g)) {
    variables.set(name!, [...(variables.get(name!) ?? []), ...values!.trim().split(/\s+/)]);
  }
  const add = (word: string): void => {
    const variable = /^\$\{(\w+)\}$/.exec(word)?.[1];
    if (variable === undefined) names.add(word);
    else for (const value of variables.get(variable) ?? []) add(value);
  };
  for (const [, body] of code.matchAll(/idf_component_register\s*\(([^)]*)\)/g)) {
    let isRequired = false;
    for (const word of body!.trim().split(/\s+/)) {
      if (word === "REQUIRES" || word === "PRIV_REQUIRES") isRequired = true;
      else if (KEYWORDS.test(word)) isRequired = false;
      else if (isRequired) add(word);
    }
  }
  add("${COMPONENTS}");
  return names;
}

export function componentExists(idf: string, name: string): boolean {
  return existsSync(join(idf, "components", name, "CMakeLists.txt"));
}

/** "5.5.5" */
export function versionOfIdf(idf: string): string {
  const text = readFileSync(join(idf, "tools", "cmake", "version.cmake"), "utf8");
  return ["MAJOR", "MINOR", "PATCH"].map((part) => new RegExp(`IDF_VERSION_${part} (\\d+)`).exec(text)?.[1] ?? "?").join(".");
}
