/**
 * Copies wasm3's sources to a build folder and applies our edits.
 * Usage: node prepare.mjs <output folder>. The source is $WASM3_DIR/source, else the pinned npm package; its folder is printed.
 * Writes only files that changed, so a second run rebuilds nothing. Exit 1 with one line on standard error when it refuses.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { VERSIONS } from "./edits/index.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const PACKAGED = join(ROOT, "node_modules", "react-native-webassembly", "cpp");
const KNOWN = `known: ${VERSIONS.map((version) => version.name).join("; ")}`;

/** The interpreter proper: no WASI, tracer or libc bindings, which our modules never import, and no binding by name. */
const isWanted = (name) => /^(m3_|wasm3(_defs)?\.h$)/.test(name) && !/^m3_(api_|bind\.c)/.test(name) && /\.(c|h)$/.test(name);

/** Finds the folder with wasm3.h. */
export function sourceFolder(environment = process.env) {
  const override = environment.WASM3_DIR;
  if (override && !isAbsolute(override)) {
    throw new Error(`wasm3: WASM3_DIR=${override} is relative, and builds run in several folders; expected an absolute path`);
  }
  const folder = override ? join(override, "source") : PACKAGED;
  if (!existsSync(join(folder, "wasm3.h"))) {
    throw new Error(
      override
        ? `wasm3: WASM3_DIR=${override} holds no source/wasm3.h; expected a checkout of wasm3`
        : `wasm3: ${folder} is missing; run: npm ci`,
    );
  }
  return folder;
}

/** Applies one edit to the text of its file, or throws an error that names the edit, its text and the known versions. */
export function applyEdit(text, edit, versionName) {
  const parts = text.split(edit.find);
  const times = edit.times ?? 1;
  if (parts.length !== times + 1) {
    throw new Error(
      `wasm3: taken for ${versionName}, but ${edit.file} holds the expected text ${parts.length - 1} times ` +
        `instead of ${times === 1 ? "once" : times} (edit: ${edit.why}; text: ${JSON.stringify(edit.find)}); ${KNOWN}`,
    );
  }
  return parts.join(edit.put);
}

/** Returns file name -> text of the edited sources, or throws. */
export function editedSources(folder) {
  const header = readFileSync(join(folder, "wasm3.h"), "utf8");
  const version = VERSIONS.find((candidate) => candidate.recognise(header));
  if (!version) {
    const found = /#define\s+M3_VERSION\s+"([^"]*)"/.exec(header)?.[1] ?? "none";
    throw new Error(
      `wasm3: version ${found} in ${folder} is not one that components/wasm3/edits/index.mjs knows; ${KNOWN}. ` +
        "A new version needs its own edits there",
    );
  }
  const files = new Map();
  for (const name of readdirSync(folder).filter(isWanted)) files.set(name, readFileSync(join(folder, name), "utf8"));
  for (const edit of version.edits) {
    files.set(edit.file, applyEdit(files.get(edit.file) ?? "", edit, version.name));
  }
  return files;
}

/** Brings `output` into line with `files`, touching only what differs. Returns the number of files written or removed. */
export function writeSources(files, output) {
  mkdirSync(output, { recursive: true });
  let changes = 0;
  for (const name of readdirSync(output)) {
    if (!files.has(name)) {
      rmSync(join(output, name));
      changes++;
    }
  }
  for (const [name, text] of files) {
    const path = join(output, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    writeFileSync(path, text);
    changes++;
  }
  return changes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    if (process.argv.length !== 3) throw new Error("usage: node prepare.mjs <output folder>");
    const folder = sourceFolder();
    writeSources(editedSources(folder), process.argv[2]);
    process.stdout.write(`${folder}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
