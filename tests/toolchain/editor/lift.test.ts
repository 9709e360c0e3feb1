import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import ts from "typescript";
import { ROOT } from "../../../toolchain/build/paths.js";

const require = createRequire(import.meta.url);
const plugin = require("../../../toolchain/editor/languageService.cjs") as (modules: { typescript: typeof ts }) => {
  create(info: { languageService: ts.LanguageService }): ts.LanguageService;
};

const GOOD = `import { Client, STORED } from "wasmote";

@payload class Reading { value: i32 = 0; }

@tether({ tags: ["x"], writeOffline: true, every: 5000 })
function reading(out: Reading): void { out.value = 1; }

@tether()
function words(): string { return "x"; }

@inline
function twice(x: i32): i32 { return x << 1; }

export function setup(): void {
  const isStored = reading() == STORED && words() >= 0;
  if (isStored) twice(2);
  new Client().start();
}
`;

/** What must stay an error, by line and code. */
const BAD = `import { Client } from "wasmote";
@payload class Reading { value: i32 = 0; }
@tether({ every: "soon" })
function reading(out: Reading): void { out.missing = 1; }
@nonsense
function other(x: i32): void {}
export function setup(): void { new Client().begin(); other(); reading(1, 2); }
`;
const BAD_PLACES = ["3:2322", "4:2339", "5:1206", "7:2339", "7:2554", "7:2554"];

describe("toolchain/editor", () => {
  let folder = "";
  let config = "";

  before(() => {
    folder = mkdtempSync(join(ROOT, "build", "editor-"));
    config = join(folder, "tsconfig.json");
    const ambient = "../../assembly/sdk/ambient.d.ts";
    writeFileSync(config, JSON.stringify({ extends: "../../assembly/tsconfig.json", include: ["*.ts", ambient] }));
    writeFileSync(join(folder, "good.ts"), GOOD);
    writeFileSync(join(folder, "bad.ts"), BAD);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function tsc(project: string): { status: number | null; lines: string[] } {
    const run = spawnSync(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", project], {
      cwd: ROOT,
      encoding: "utf8",
    });
    return { status: run.status, lines: run.stdout.split("\n").filter((line) => line !== "") };
  }

  it("lets tsc accept the examples and the SDK as they are", () => {
    for (const project of ["examples", "tests/scenarios/apps"]) assert.deepEqual(tsc(project), { status: 0, lines: [] });
  });

  it("leaves real errors to tsc, at their places, and adds none", () => {
    const { status, lines } = tsc(config);
    assert.equal(status, 2);
    const places = lines.map((line) => /(\w+)\.ts\((\d+),\d+\): error TS(\d+)/.exec(line)).filter((match) => match !== null);
    assert.ok(
      places.every(([, file]) => file === "bad"),
      lines.join("\n"),
    );
    assert.deepEqual(
      places.map(([, , line, code]) => `${line}:${code}`),
      BAD_PLACES,
    );
  });

  it("shows the same to editors, whose own tree stays as written", () => {
    const service = languageService(config);
    const wrapped = plugin({ typescript: ts }).create({ languageService: service });
    assert.deepEqual(wrapped.getSemanticDiagnostics(join(folder, "good.ts")), []);
    const bad = wrapped.getSemanticDiagnostics(join(folder, "bad.ts"));
    const lineOf = ({ file, start }: ts.Diagnostic): number => file!.getLineAndCharacterOfPosition(start!).line + 1;
    assert.deepEqual(
      bad.map((diagnostic) => `${lineOf(diagnostic)}:${diagnostic.code}`),
      BAD_PLACES,
    );
    const own = service.getProgram()!.getSourceFile(join(folder, "good.ts"))!;
    assert.ok(own.statements.some((statement) => ts.isFunctionDeclaration(statement) && statement.modifiers?.some(ts.isDecorator)));
  });
});

function languageService(config: string): ts.LanguageService {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: ({ messageText }) => assert.fail(String(messageText)) },
  );
  const files = parsed!.fileNames;
  return ts.createLanguageService({
    ...ts.sys,
    getCompilationSettings: () => parsed!.options,
    getScriptFileNames: () => files,
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  });
}
