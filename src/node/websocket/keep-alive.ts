/*
 * Keeps WebSockets alive through proxies that drop silent ones, and finds those that have died without a close.
 */
import type { Duplex } from 'node:stream';
import { MAX_DELAY_MS } from '../../base/clock.ts';

/** The part of `ws` that is used here. */
interface Pingable {
  ping(): void;
  terminate(): void;
  readonly readyState: number;
  on(event: 'close', listener: () => void): unknown;
}

/**
 * Pings when nothing has come for `pingMs`, and terminates when nothing comes for as long again. Every byte is a sign of life: they are
 * counted from time to time, so that messages cost nothing.
 */
export function keepAlive(webSocket: Pingable, socket: Duplex & { readonly bytesRead?: number }, pingMs: number): void {
  if (pingMs <= 0 || socket.bytesRead === undefined) return;
  let seen = socket.bytesRead;
  let isAsked = false;
  const timer = setInterval(
    () => {
      if (socket.bytesRead !== seen) isAsked = false;
      else if (isAsked) return webSocket.terminate();
      else if (webSocket.readyState === 1) {
        isAsked = true;
        webSocket.ping();
      }
      seen = socket.bytesRead ?? 0;
    },
    Math.min(pingMs, MAX_DELAY_MS),
  );
  timer.unref(); // it does not keep the process running
  webSocket.on('close', () => clearInterval(timer));
}
