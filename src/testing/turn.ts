/**
 * Lets everything run that waits for nothing but its turn: promises, and what they lead to. By a message port, since browsers make nested
 * timers wait, and tests may have replaced them.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
