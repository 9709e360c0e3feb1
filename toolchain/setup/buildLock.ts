import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MS = 50;

/**
 * Does work while nobody else does work under the same lock, in this process or another: Ninja does not guard its folder
 * against a second Ninja. The lock is a file with the holder's process id; one whose holder has died is taken away.
 */
export async function withBuildLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryTake(file)) await sleep(RETRY_MS);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryTake(file: string): boolean {
  // Made elsewhere and linked in: a lock never exists without its process id.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeIfAbandoned(file);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeIfAbandoned(file: string): void {
  const holder = readHolder(file);
  if (holder === null || isAlive(holder)) return;
  const aside = `${file}.${process.pid}.abandoned`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Somebody else has taken it away.
  }
  // Between reading and renaming, another process may have cleared it and taken the lock: then it gets it back.
  if (readHolder(aside) !== holder) linkSync(aside, file);
  rmSync(aside, { force: true });
}

function readHolder(file: string): number | null {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
