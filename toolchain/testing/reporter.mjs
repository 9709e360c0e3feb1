/**
 * Reporter for node:test: a line per file, each failure in full with what its file had printed, and the counts of tests
 * (not of describe blocks) in a last line for the program. A file without a test has failed.
 */
import { relative } from "node:path";

export default async function* report(source) {
  const files = new Map();
  let passed = 0;
  let failed = 0;
  const of = (data) => {
    const name = data.file === undefined ? "?" : relative(process.cwd(), data.file);
    if (!files.has(name)) files.set(name, { name, passed: 0, failed: 0, output: [], failures: [] });
    return files.get(name);
  };
  for await (const { type, data } of source) {
    if (type === "test:stdout" || type === "test:stderr") of(data).output.push(data.message);
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" || data.skip !== undefined || data.todo !== undefined) continue;
    const file = of(data);
    // The whole file as one test: reported only where it holds none, or did not get that far.
    const isWholeFile = data.nesting === 0 && data.name === data.file;
    if (type === "test:pass" && !isWholeFile) {
      file.passed++;
      passed++;
    } else {
      file.failed++;
      failed++;
      file.failures.push({ name: data.name, cause: isWholeFile && type === "test:pass" ? "no test in this file" : causeOf(data) });
    }
  }
  for (const file of files.values()) {
    yield `${file.failed === 0 ? "ok    " : "FAILED"} ${file.name}: ${file.passed} passed, ${file.failed} failed\n`;
    for (const { name, cause } of file.failures) yield `       ${name}\n${indented(cause)}\n`;
    if (file.failed > 0 && file.output.length > 0) yield `       What the file printed:\n${indented(file.output.join(""))}\n`;
  }
  yield `#counts ${JSON.stringify({ passed, failed })}\n`;
}

function causeOf(data) {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause?.message ?? cause ?? "no cause given");
}

function indented(text) {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `         ${line}`)
    .join("\n");
}
