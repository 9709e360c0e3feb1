import { clockWall } from "../host/imports";

/** What the host answers while the wall clock has not been set. */
const WALL_UNKNOWN: i64 = -1;

/** The time of the current step or syscall, the same for everything in it: the host is asked for the wall clock once, when it is needed. */
export class Clock {
  /** Milliseconds that only count up: the host's clock_monotonic. */
  nowMs: i64 = 0;
  private wall: i64 = WALL_UNKNOWN;
  private isWallRead: bool = false;
  /** wallMs - nowMs when the wall clock was first seen in this boot; 0 before. It never moves, so that a time made from it is stable. */
  private offsetMs: i64 = 0;
  private isOffsetKnown: bool = false;

  update(nowMs: i64): void {
    this.nowMs = nowMs;
    this.isWallRead = false;
  }

  /** Milliseconds since 1970, or -1 while the clock has not been set. */
  get wallMs(): i64 {
    if (this.isWallRead) return this.wall;
    this.isWallRead = true;
    this.wall = clockWall();
    if (this.wall >= 0 && !this.isOffsetKnown) {
      this.offsetMs = this.wall - this.nowMs;
      this.isOffsetKnown = true;
    }
    return this.wall;
  }

  /** Turns a monotonic time of this boot into one since 1970, or -1 while that cannot be known. */
  toWall(monotonicMs: i64): i64 {
    if (!this.isOffsetKnown) this.wallMs;
    return this.isOffsetKnown ? monotonicMs + this.offsetMs : WALL_UNKNOWN;
  }
}

export const clock = new Clock();
