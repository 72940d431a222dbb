/*
 * What a browser tells of the network and of the page. Elsewhere nothing is told.
 */
import type { Off } from '../../words.ts';

export interface PageListener {
  /** The device is online again, the page is seen again or was thawed: timers may be late, and the line may be dead. */
  wake(): void;
  /** The device says that it is offline. A router on the device itself is reached all the same. */
  doubt(): void;
  /** The page is put aside (back/forward cache): nothing runs until it comes back, and the browser ends its lines. */
  sleep(): void;
}

interface Page {
  addEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly persisted?: boolean }) => void): void;
}
interface Host extends Page {
  readonly document?: Page & { readonly visibilityState?: string };
  readonly navigator?: { readonly onLine?: boolean };
}

const host = (): Host => globalThis as Host;

export function isOffline(): boolean {
  return host().navigator?.onLine === false;
}

export function watchPage(listener: PageListener): Off {
  const { document } = host();
  const wake = (): void => {
    if (document?.visibilityState !== 'hidden') listener.wake();
  };
  const heard: readonly (readonly [Page | undefined, string, (event: { readonly persisted?: boolean }) => void])[] = [
    [host(), 'online', () => listener.wake()],
    [host(), 'offline', () => listener.doubt()],
    [host(), 'pageshow', ({ persisted }) => persisted && listener.wake()],
    [host(), 'pagehide', ({ persisted }) => persisted && listener.sleep()],
    [document, 'visibilitychange', wake],
    [document, 'resume', wake],
  ];
  for (const [target, type, on] of heard) target?.addEventListener?.(type, on);
  return () => {
    for (const [target, type, on] of heard) target?.removeEventListener?.(type, on);
  };
}
