import type { ChildProcess } from "node:child_process";

/** Waits for a child that has the terminal, passing signals on. Returns its exit code; ended by a signal that was meant: 0. */
export async function untilClosed(child: ChildProcess): Promise<number> {
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", pass).on("SIGTERM", pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? (signal === "SIGINT" || signal === "SIGTERM" ? 0 : 1)));
    });
  } finally {
    process.off("SIGINT", pass).off("SIGTERM", pass);
  }
}
