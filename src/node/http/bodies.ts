/*
 * Bodies of HTTP requests while they come in. Each is bounded, all together are (partial-messages.ts), and so is their time: a client that sends too slowly is cut off.
 */
import type { IncomingMessage } from 'node:http';
import type { PartialMessages } from '../incoming/partial-messages.ts';

/** A client that sends less than this in the time that a login may take is too slow. */
const LEAST_BYTES = 2 ** 14;

export interface BodyOptions {
  /** Of this body, in bytes. */
  readonly limit: number;
  /** The sender's address. */
  readonly peer: string | undefined;
}

export class Bodies {
  private readonly partials: PartialMessages;
  private readonly slowMs: number;

  /** @param slowMs - The time in which at least 16 KiB must come. */
  constructor(partials: PartialMessages, slowMs: number) {
    this.partials = partials;
    this.slowMs = slowMs;
  }

  /**
   * @returns The whole body; `long`: it is longer than its limit; `full`: there is no room for it.
   *   Rejects when the client hangs up, or is too slow and was cut off.
   */
  read(request: IncomingMessage, { limit, peer }: BodyOptions): Promise<Buffer | 'long' | 'full'> {
    return new Promise((resolve, reject) => {
      // One buffer that grows: a list of tiny pieces would take many times the length of the body.
      let kept = Buffer.alloc(0);
      let size = 0;
      let seen = 0;
      let isOver = false;
      const partial = this.partials.open(peer);
      const settle = (): void => {
        isOver = true;
        kept = Buffer.alloc(0);
        partial.end();
      };
      const give = (outcome: Buffer | 'long' | 'full'): void => {
        settle(); // the rest is read, so that the client reads the answer, but it is not kept
        resolve(outcome);
      };
      const lost = (error: Error): void => {
        settle();
        reject(error);
      };
      partial.onDrop = () => give('full');
      const timer = setInterval(() => {
        if (size - seen < LEAST_BYTES) request.destroy();
        seen = size;
      }, this.slowMs);
      timer.unref();
      const stop = (): void => clearInterval(timer);
      request.once('close', stop).once('end', stop);
      request.on('data', (chunk: Buffer) => {
        const before = size;
        size += chunk.length;
        if (isOver) return;
        if (size > limit) return give('long');
        if (size > kept.length) {
          const grown = Buffer.alloc(Math.min(limit, Math.max(size, 2 * kept.length)));
          kept.copy(grown);
          kept = grown;
          partial.hold(grown.length);
          if (isOver) return; // there was no room for it
        }
        chunk.copy(kept, before);
      });
      request.once('end', () => isOver || give(kept.subarray(0, size)));
      request.once('close', () => lost(new Error('the client hung up')));
      request.once('error', lost);
      if (request.destroyed) lost(new Error('the client hung up'));
    });
  }
}

/** For a request whose body is not used: the whole body must come in this time. */
export function endSlowBody(request: IncomingMessage, slowMs: number): void {
  const { headers } = request;
  if ((headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => request.complete || request.destroy(), slowMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}
