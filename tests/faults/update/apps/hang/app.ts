/** An update that never comes back from its set-up. */
export function setup(): void {
  for (;;) {}
}
