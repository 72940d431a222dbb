/*
 * Bodies of HTTP requests while they come in. They are bounded one by one, in all, and in time: who sends too slowly is cut off, and where all
 * together are too much, the oldest of the address for which most is kept has to go. So slow senders take their own room away.
 */
import type { IncomingMessage } from 'node:http';

/** Who sends less than this in the time that a login may take is too slow. */
const LEAST_BYTES = 2 ** 14;

export interface BodyOptions {
  /** Of this body, in bytes. */
  readonly limit: number;
  /** Of whoever sends it. */
  readonly address: string | undefined;
}

interface Body {
  readonly address: string;
  bytes: number;
  drop(): void;
}

export class Bodies {
  private readonly most: number;
  private readonly slowMs: number;
  /** The oldest first. */
  private readonly byAddress = new Map<string, Set<Body>>();
  private total = 0;

  /**
   * @param most - Of all together, in bytes.
   * @param slowMs - In so long at least 16 KiB have to come.
   */
  constructor(most: number, slowMs: number) {
    this.most = most;
    this.slowMs = slowMs;
  }

  /**
   * @returns The whole of it; `long`: it has more than its limit; `full`: there is no room for it.
   *   Rejects when the client hangs up, or is too slow and was cut off.
   */
  read(request: IncomingMessage, { limit, address = '' }: BodyOptions): Promise<Buffer | 'long' | 'full'> {
    return new Promise((resolve, reject) => {
      // One piece that grows: of a body in tiny pieces the pieces would take many times its length.
      let kept = Buffer.alloc(0);
      let size = 0;
      let seen = 0;
      const body: Body = { address, bytes: 0, drop: () => give('full') };
      const settle = (): void => {
        kept = Buffer.alloc(0);
        this.leave(body);
      };
      const give = (outcome: Buffer | 'long' | 'full'): void => {
        settle(); // the rest is read, so that the answer is, but not kept
        resolve(outcome);
      };
      const lost = (error: Error): void => {
        settle();
        reject(error);
      };
      const timer = setInterval(() => {
        if (size - seen < LEAST_BYTES) request.destroy();
        seen = size;
      }, this.slowMs);
      timer.unref();
      const stop = (): void => clearInterval(timer);
      this.enter(body);
      request.once('close', stop).once('end', stop);
      request.on('data', (chunk: Buffer) => {
        const before = size;
        size += chunk.length;
        if (!this.has(body)) return;
        if (size > limit) return give('long');
        if (size > kept.length) {
          const grown = Buffer.alloc(Math.min(limit, Math.max(size, 2 * kept.length)));
          kept.copy(grown);
          kept = grown;
          this.grow(body, grown.length);
          if (!this.has(body)) return;
        }
        chunk.copy(kept, before);
      });
      request.once('end', () => this.has(body) && give(kept.subarray(0, size)));
      request.once('close', () => lost(new Error('the client hung up')));
      request.once('error', lost);
      if (request.destroyed) lost(new Error('the client hung up'));
    });
  }

  private has(body: Body): boolean {
    return this.byAddress.get(body.address)?.has(body) ?? false;
  }

  private enter(body: Body): void {
    const group = this.byAddress.get(body.address) ?? new Set();
    group.add(body);
    this.byAddress.set(body.address, group);
  }

  private leave(body: Body): void {
    const group = this.byAddress.get(body.address);
    if (!group?.delete(body)) return;
    this.total -= body.bytes;
    if (group.size === 0) this.byAddress.delete(body.address);
  }

  private grow(body: Body, bytes: number): void {
    this.total += bytes - body.bytes;
    body.bytes = bytes;
    while (this.total > this.most) {
      const [oldest] = this.fullest();
      if (!oldest) return;
      oldest.drop();
    }
  }

  private fullest(): Iterable<Body> {
    let fullest: Iterable<Body> = [];
    let most = 0;
    for (const group of this.byAddress.values()) {
      let bytes = 0;
      for (const body of group) bytes += body.bytes;
      if (bytes > most) {
        most = bytes;
        fullest = [...group].filter((body) => body.bytes > 0);
      }
    }
    return fullest;
  }
}

/** Of a request whose body nobody wants: it has to be whole in this time. */
export function endSlowBody(request: IncomingMessage, slowMs: number): void {
  const { headers } = request;
  if ((headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => request.complete || request.destroy(), slowMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
