/**
 * The development loop: watches the folder of an app, builds it anew when a file is saved, and swaps it in the running simulated board,
 * which goes on with its connection, its store and its clock.
 */
import { EventEmitter } from "node:events";
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";

import type { SimBoard } from "../board/simBoard.js";
import { findApp } from "../build/app.js";
import { BuildError } from "../build/errors.js";
import { buildApp } from "../build/index.js";

interface Events {
  /** Another app runs: ms from the file's being saved. */
  swapped: [number];
  /** It does not build; the one before runs on. */
  refused: [BuildError];
}

/** Editors save in several steps, and several files at once: what comes within so long is one change. */
const QUIET_MS = 30;

export class DevLoop extends EventEmitter<Events> {
  readonly #watcher: FSWatcher;
  readonly #folder: string;
  #timer: NodeJS.Timeout | undefined;
  #isBuilding = false;
  #isChanged = false;
  #savedAtMs = 0;

  /** app: its folder. output: the module that the board was started with, which stays where it is. */
  constructor(
    private readonly board: SimBoard,
    private readonly app: string,
    private readonly output: string,
  ) {
    super();
    this.#folder = dirname(findApp(app).entry);
    this.#watcher = watch(this.#folder, (_event, name) => this.#saved(name));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  #saved(name: string | null): void {
    if (name === null || !/\.(ts|json)$/.test(name)) return;
    this.#savedAtMs = modifiedAtMs(join(this.#folder, name)) ?? Date.now();
    this.#isChanged = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), QUIET_MS);
  }

  async #work(): Promise<void> {
    if (this.#isBuilding) return; // and looks again when it is done
    this.#isBuilding = true;
    while (this.#isChanged) {
      this.#isChanged = false;
      const savedAtMs = this.#savedAtMs;
      try {
        await buildApp(this.app, { output: this.output, say: () => {} });
        await this.board.swapped(this.output);
        this.emit("swapped", Date.now() - savedAtMs);
      } catch (error) {
        if (!(error instanceof BuildError)) throw error;
        this.emit("refused", error);
      }
    }
    this.#isBuilding = false;
  }
}

/** undefined: it is gone again, as an editor's temporary file. */
function modifiedAtMs(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
