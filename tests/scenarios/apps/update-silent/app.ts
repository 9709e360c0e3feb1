/** An update that never connects and never publishes. */
export function setup(): void {}
