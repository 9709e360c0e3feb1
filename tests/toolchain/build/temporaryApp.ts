/** Apps written by a test: a folder of their own for each, removed when the test is over. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { BuildError, buildApp } from "../../../toolchain/build/index.js";
import { AppBoard } from "./appBoard.js";

export const SETUP = "export function setup(): void {}\n";

/** Writes app.ts, or several files by name. Returns the folder. */
export function writeApp(context: TestContext, files: string | Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmote-app-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(typeof files === "string" ? { "app.ts": files } : files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
  return folder;
}

export async function buildTemporary(context: TestContext, files: string | Record<string, string>): Promise<string> {
  const folder = writeApp(context, files);
  return buildApp(folder, { output: join(folder, "app.wasm") });
}

export async function boardFor(context: TestContext, files: string | Record<string, string>): Promise<AppBoard> {
  return new AppBoard(await buildTemporary(context, files));
}

/** The message with which the build refuses an app; fails when it does not. */
export async function refusal(context: TestContext, files: string | Record<string, string>): Promise<string> {
  try {
    await buildTemporary(context, files);
  } catch (error) {
    if (error instanceof BuildError) return error.message;
    throw error;
  }
  throw new Error("the build accepted what it must refuse");
}
