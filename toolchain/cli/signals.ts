/** The next SIGINT or SIGTERM, as a promise: whoever waits for it ends its children before it ends itself. */
export function nextSignal(): { readonly promise: Promise<NodeJS.Signals>; readonly release: () => void } {
  let release = (): void => {};
  const promise = new Promise<NodeJS.Signals>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
    release = () => process.off("SIGINT", resolve).off("SIGTERM", resolve);
  });
  return { promise, release };
}
