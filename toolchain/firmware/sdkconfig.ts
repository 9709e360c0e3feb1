/** An sdkconfig, the file in which ESP-IDF keeps a build's options: what menuconfig writes. */

/** Returns the text with boolean options set (true) or unset (false); every other line stays as it is. */
export function withOptions(text: string, options: Readonly<Record<string, boolean>>): string {
  const names = Object.keys(options);
  const isOurs = (line: string): boolean => names.some((name) => line.startsWith(`${name}=`) || line === `# ${name} is not set`);
  const kept = text.split("\n").filter((line) => !isOurs(line));
  while (kept.at(-1) === "") kept.pop();
  const set = Object.entries(options).map(([name, isSet]) => (isSet ? `${name}=y` : `# ${name} is not set`));
  return `${[...kept, ...set].join("\n")}\n`;
}
