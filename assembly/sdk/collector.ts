/** Exported as __collect by apps that have a collector; the host calls it between callbacks. */
export function collectGarbage(): void {
  __collect();
}
