/** A page in the background paints nothing. */
const NO_PAINT_MS = 100;

/** Resolves once the browser has painted what stands now. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, NO_PAINT_MS);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        clearTimeout(timer);
        resolve();
      };
      port2.postMessage(undefined);
    });
  });
}
