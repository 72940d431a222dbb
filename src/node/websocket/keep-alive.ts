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

type CountingSocket = Duplex & { readonly bytesRead?: number };

/** So that not all are pinged at once. */
const GROUPS = 16;

class Watched {
  private readonly webSocket: Pingable;
  private readonly socket: CountingSocket;
  private seen: number | undefined;
  private isAsked = false;

  constructor(webSocket: Pingable, socket: CountingSocket) {
    this.webSocket = webSocket;
    this.socket = socket;
    this.seen = socket.bytesRead;
  }

  check(): void {
    const { webSocket, socket } = this;
    if (socket.bytesRead !== this.seen) this.isAsked = false;
    else if (this.isAsked) return webSocket.terminate();
    else if (webSocket.readyState === 1) {
      this.isAsked = true;
      webSocket.ping();
    }
    this.seen = socket.bytesRead;
  }
}

/**
 * Pings when nothing has come for `pingMs`, and terminates when nothing comes for as long again. Every byte is a sign of life: they are
 * counted from time to time, so that messages cost nothing. One timer is enough for all, and it runs while there is a socket.
 */
export class KeepAlive {
  private readonly pingMs: number;
  private readonly groups = Array.from({ length: GROUPS }, () => new Set<Watched>());
  /** The group that was looked at last: what joins it now has its whole time. */
  private turn = 0;
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param pingMs - 0: never. */
  constructor(pingMs: number) {
    this.pingMs = pingMs;
  }

  watch(webSocket: Pingable, socket: CountingSocket): void {
    if (this.pingMs <= 0 || socket.bytesRead === undefined) return;
    const group = this.groups[this.turn] ?? new Set();
    const watched = new Watched(webSocket, socket);
    group.add(watched);
    this.count++;
    this.timer ??= setInterval(() => this.look(), Math.min(this.pingMs, MAX_DELAY_MS) / GROUPS).unref(); // it does not keep the process running
    webSocket.on('close', () => {
      group.delete(watched);
      if (--this.count > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    });
  }

  private look(): void {
    this.turn = (this.turn + 1) % GROUPS;
    for (const watched of this.groups[this.turn] ?? []) watched.check();
  }
}
