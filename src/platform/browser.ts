/** Lets the page breathe: a message is handled after rendering and input, without the 4 ms of timers. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Browsers do not tell how much memory there is. */
export function availableMemory(): number {
  return Number.POSITIVE_INFINITY;
}
