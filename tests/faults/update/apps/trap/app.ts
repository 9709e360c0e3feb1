/** An update that does not survive its set-up. */
export function setup(): void {
  unreachable();
}
