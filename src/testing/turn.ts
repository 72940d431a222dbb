/**
 * Lets everything run that waits for nothing but its turn: promises, and what they lead to. By a message port, since browsers make nested
 * timers wait, and tests may have replaced them. jsdom has none: there by the timers that were there when this file was loaded.
 */
const { setTimeout: realTimeout } = globalThis;

export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') return void realTimeout(resolve, 0);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
