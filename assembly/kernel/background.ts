/** Work between the calls of a kernel's optional part. */
export abstract class Background {
  /** One piece of it, at most one sector erase. Whether more waits. */
  abstract step(): bool;
}

/** Holds that part, where a kernel has it. */
export class BackgroundSlot {
  other: Background | null = null;
}

export const background = new BackgroundSlot();
