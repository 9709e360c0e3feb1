import { parseDecimal } from "../../lib/number";

/** Pairs of a limit; the server names three. */
const WINDOWS: i32 = 3;
const NUMBER_MAX: i32 = 100000000;
const COMMA: i32 = 0x2c;
const COLON: i32 = 0x3a;

/**
 * One `count:seconds`: tokens are spread evenly at nine tenths of the rate, and a tenth of the count, less one, may come before its time. So no stretch
 * of `seconds` ever sees more than `count`, however the server counts, and a network that bunches messages has some room.
 * Source: ITU-T I.371, generic cell rate algorithm, virtual scheduling.
 */
class RateWindow {
  /** Between two tokens; 0: no limit. */
  intervalUs: i64 = 0;
  private toleranceUs: i64 = 0;
  count: i32 = 0;
  /** When the next token is due if all came evenly. */
  private dueUs: i64 = 0;

  set(count: i32, seconds: i32): void {
    this.count = count;
    this.intervalUs = (<i64>seconds * 10000000) / (<i64>count * 9);
    this.toleranceUs = this.intervalUs * max(count / 10 - 1, 0);
  }

  /** Microseconds until so many tokens may be taken at once, 0 or less: now. More than a burst waits until nothing is owed. */
  wait(tokens: i32, nowUs: i64): i64 {
    const ahead = max(this.dueUs - nowUs, 0);
    const burst = this.intervalUs * (tokens - 1);
    return burst <= this.toleranceUs ? ahead + burst - this.toleranceUs : ahead;
  }

  take(tokens: i32, nowUs: i64): void {
    this.dueUs = max(this.dueUs, nowUs) + this.intervalUs * tokens;
  }
}

/** A limit as the server writes it: up to three windows, all of which hold. */
export class RateLimit {
  private windows: StaticArray<RateWindow> = new StaticArray<RateWindow>(WINDOWS);

  constructor() {
    for (let i = 0; i < WINDOWS; i++) unchecked((this.windows[i] = new RateWindow()));
  }

  /** Reads text: u8[len], such as "10:1,60:60"; empty or "0:0" for none. What it owes stays owed. False: it is no limit. */
  parse(text: usize, len: i32): bool {
    const end = text + len;
    for (let i = 0; i < WINDOWS; i++) unchecked(this.windows[i]).intervalUs = 0;
    for (let i = 0; i < WINDOWS && text < end; i++) {
      const colon = find(text, end, COLON);
      const comma = find(text, end, COMMA);
      const count = parseDecimal(text, <i32>(colon - text), NUMBER_MAX);
      const seconds = parseDecimal(colon + 1, <i32>(comma - colon) - 1, NUMBER_MAX);
      if (count < 0 || seconds < 0) return false;
      if (count && seconds) unchecked(this.windows[i]).set(count, seconds);
      text = comma + 1;
    }
    return true;
  }

  /** Most tokens that may ever be taken at once, `preset` without a limit. */
  most(preset: i32): i32 {
    for (let i = 0; i < WINDOWS; i++) {
      const window = unchecked(this.windows[i]);
      if (window.intervalUs) preset = min(preset, window.count);
    }
    return preset;
  }

  /** Milliseconds until so many tokens may be taken, 0: now. */
  waitMs(tokens: i32, nowMs: i64): i32 {
    let longest: i64 = 0;
    for (let i = 0; i < WINDOWS; i++) {
      const window = unchecked(this.windows[i]);
      if (window.intervalUs) longest = max(longest, window.wait(tokens, nowMs * 1000));
    }
    return <i32>min((longest + 999) / 1000, i32.MAX_VALUE);
  }

  take(tokens: i32, nowMs: i64): void {
    for (let i = 0; i < WINDOWS; i++) unchecked(this.windows[i]).take(tokens, nowMs * 1000);
  }
}

/** Address of the first such byte, `end` when there is none. */
function find(at: usize, end: usize, byte: i32): usize {
  while (at < end && <i32>load<u8>(at) != byte) at++;
  return at;
}
