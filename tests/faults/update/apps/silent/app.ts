/** An update that neither connects nor publishes. */
export function setup(): void {}
