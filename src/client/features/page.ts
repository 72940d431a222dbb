/*
 * What a browser says about network and page. Other platforms say nothing.
 *
 * When the device is online again, or the page is seen again or was thawed, timers may be late, and the connection may be dead. A page that is
 * put aside (back/forward cache) runs nothing until it comes back, and the browser ends its connections.
 */
import type { Off } from '../../base/words.ts';
import type { Feature, Kernel, KernelConnection } from '../kernel/kernel.ts';

/** When the device says that it is offline, it mostly is: so long may the router take to prove the opposite. It may be on the device itself. */
const DOUBT_MS = 2000;

export const page: Feature = {
  name: 'page',
  install(kernel) {
    const { connection } = kernel;
    if (!connection) return;
    kernel.isOffline = () => host().navigator?.onLine === false;
    kernel.opened.push(() => watchPage(kernel, connection));
  },
};

interface Page {
  addEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
}
interface Host extends Page {
  readonly document?: Page & { readonly visibilityState?: string };
  readonly navigator?: { readonly onLine?: boolean };
}

const host = (): Host => globalThis;

function watchPage(kernel: Kernel, connection: KernelConnection): Off {
  const { document } = host();
  const wake = (): void => {
    if (document?.visibilityState !== 'hidden') connection.wake();
  };
  const heard: readonly (readonly [Page | undefined, string, (event: { readonly persisted?: boolean }) => void])[] = [
    [host(), 'online', () => connection.wake()],
    [host(), 'offline', () => kernel.probe?.(DOUBT_MS)],
    [host(), 'pageshow', ({ persisted }) => persisted && connection.wake()],
    [host(), 'pagehide', ({ persisted }) => persisted && connection.lose('we closed the connection: the page was put aside')],
    [document, 'visibilitychange', wake],
    [document, 'resume', wake],
  ];
  for (const [target, type, on] of heard) target?.addEventListener?.(type, on);
  return () => {
    for (const [target, type, on] of heard) target?.removeEventListener?.(type, on);
  };
}
