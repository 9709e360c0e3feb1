/** The live status of a stage, with keys to break things; a line when something changed where there is no terminal. */
import type { ReadStream } from "node:tty";

import logUpdate from "log-update";

import { nextSignal } from "../cli/signals.js";
import type { Stage } from "./stage.js";
import { statusBlock, statusLine } from "./statusText.js";

const REDRAW_MS = 250;
const OFF_TERMINAL_MS = 1000;

/** Runs until q, Ctrl-C, a signal, or the end of the simulator. Returns the exit code. */
export async function runLive(stage: Stage): Promise<number> {
  const interrupted = nextSignal();
  const ended = stage.board.exited.then(() => "simulator ended" as const);
  const isTerminal = process.stdout.isTTY === true;
  const view = isTerminal ? showBlock(stage) : showLines(stage);
  try {
    const why = await Promise.race([interrupted.promise, ended, view.quit]);
    if (why !== "simulator ended") return 0;
    process.stderr.write(`The simulator ended.\n${stage.board.logText}\n`);
    return 1;
  } finally {
    interrupted.release();
    view.end();
  }
}

interface View {
  /** Resolves when the reader asks for the end. */
  readonly quit: Promise<"quit">;
  end(): void;
}

/** At most a line a second, and only when it says something new. */
function showLines(stage: Stage): View {
  let last = "";
  let lastAt = 0;
  const end = stage.board.on("status", (status) => {
    const line = statusLine(status, stage.broker);
    if (line === last || Date.now() - lastAt < OFF_TERMINAL_MS) return;
    last = line;
    lastAt = Date.now();
    process.stdout.write(`${line}\n`);
  });
  return { quit: new Promise(() => {}), end };
}

function showBlock(stage: Stage): View {
  const switches = new Switches(stage);
  let height = 0;
  const draw = (): void => {
    const status = statusBlock(stage.board.lastStatus, stage.broker, switches.isPowered, process.stdout.columns);
    const block = [status, ...switches.cloudKeys, ...(switches.said === "" ? [] : [switches.said])].join("\n");
    const rows = block.split("\n").length;
    if (rows !== height) logUpdate.clear(); // It mends single lines, and leaves wrong ones behind when their number changes.
    height = rows;
    logUpdate(block);
  };
  const timer = setInterval(draw, REDRAW_MS);
  const { promise, release } = readKeys(switches);
  const end = (): void => {
    clearInterval(timer);
    release();
    draw();
    logUpdate.done();
  };
  return { quit: promise, end };
}

/** What the keys turn off and on. */
class Switches {
  readonly #stage: Stage;
  #isLinkUp = true;
  #isPowered = true;
  #isBusy = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  link(): void {
    this.#isLinkUp = !this.#isLinkUp;
    this.#stage.board.link(this.#isLinkUp ? "up" : "down");
  }

  power(): void {
    this.#isPowered = !this.#isPowered;
    this.#stage.board.power(this.#isPowered ? "on" : "off");
  }

  /** What the last key of the cloud brought. */
  said = "";

  /** Does what a key of the cloud stands for. */
  async cloud(key: string): Promise<void> {
    const { side, broker } = this.#stage;
    const found = side?.keys(broker).find((each) => each.key === key);
    if (found === undefined) return;
    try {
      this.said = await found.press();
    } catch (error) {
      this.said = (error as Error).message;
    }
  }

  /** The keys of the cloud, as the status names them. */
  get cloudKeys(): readonly string[] {
    const { side, broker } = this.#stage;
    return side?.keys(broker).map(({ key, title }) => `${key} ${title}`) ?? [];
  }

  /** One change at a time: a key pressed while the broker stops or starts does nothing. */
  async broker(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { broker } = this.#stage;
    try {
      await (broker.isRunning ? broker.stop() : broker.restart({ keepsSessions: true }));
    } finally {
      this.#isBusy = false;
    }
  }
}

function readKeys(switches: Switches): { promise: Promise<"quit">; release: () => void } {
  const input: ReadStream = process.stdin;
  if (input.isTTY !== true) return { promise: new Promise(() => {}), release: () => {} };
  input.setRawMode(true);
  input.resume();
  let release = (): void => {};
  const promise = new Promise<"quit">((resolve, reject) => {
    const onKey = (bytes: Buffer): void => {
      const key = bytes.toString();
      if (key === "q" || key === "\u0003") resolve("quit");
      else if (key === "w") switches.link();
      else if (key === "p") switches.power();
      else if (key === "b") switches.broker().catch(reject);
      else void switches.cloud(key);
    };
    input.on("data", onKey);
    release = () => {
      input.off("data", onKey);
      input.setRawMode(false);
      input.pause();
    };
  });
  return { promise, release };
}
