/*
 * Lets everything run that waits for nothing but its turn: promises, and what they lead to, a router's next slice among it. By means of the platform that were
 * there when this file was loaded, and are its own: tests replace them, and a replacement (it has a clock) waits for the test. A message port goes
 * first, since browsers make nested timers wait; Deno reads it before what is immediate.
 */
interface Platform {
  readonly setImmediate?: (task: () => void) => unknown;
  readonly setTimeout?: (task: () => void, ms: number) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

const platform = globalThis as Platform;
const real = <T extends object>(given: T | undefined): T | undefined => (given && !('clock' in given) ? given : undefined);
const setImmediate = real(platform.setImmediate);
const setTimeout = real(platform.setTimeout);
const Channel = platform.MessageChannel;

export async function turn(): Promise<void> {
  if (Channel) await byPort(new Channel());
  if (setImmediate) await new Promise<void>((resolve) => void setImmediate(resolve));
  else if (!Channel && setTimeout) await new Promise<void>((resolve) => void setTimeout(resolve, 0));
  else if (!Channel) for (let i = 0; i < 1000; i++) await undefined; // jsdom with timers that were replaced at once: promises are all there is
}

function byPort({ port1, port2 }: MessageChannel): Promise<void> {
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
