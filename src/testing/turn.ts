/*
 * Lets everything run that only waits for its turn: promises and their consequences, also a router's next slice of work. It uses functions of the platform that were
 * there when this file was loaded, because tests replace them, and a replacement with a fake clock waits for the test. A message port comes
 * first, because browsers delay nested timers; Deno reads it before immediates.
 */
interface Platform {
  readonly setImmediate?: (task: () => void) => unknown;
  readonly setTimeout?: (task: () => void, ms: number) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

const platform: Platform = globalThis;
const real = <T extends object>(given: T | undefined): T | undefined => (given && !('clock' in given) ? given : undefined);
const setImmediate = real(platform.setImmediate);
const setTimeout = real(platform.setTimeout);
const Channel = platform.MessageChannel;

export async function turn(): Promise<void> {
  if (Channel) await byPort(new Channel());
  if (setImmediate) await new Promise<void>((resolve) => void setImmediate(resolve));
  else if (!Channel && setTimeout) await new Promise<void>((resolve) => void setTimeout(resolve, 0));
  else if (!Channel) for (let i = 0; i < 1000; i++) await undefined; // jsdom with replaced timers: there are only promises
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
