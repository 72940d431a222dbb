/*
 * Signs of life of a session: when it was last heard of, and how to ask. WAMP has no ping of its own, so where the transport has none
 * either, a call that costs the router nothing takes its place.
 */
import { type Clock, elapsed } from '../../../base/clock.ts';
import { ApplicationError } from '../../../base/errors.ts';
import type { Uri } from '../../../base/words.ts';
import type { KernelSession } from '../../kernel/kernel.ts';

/** Slower lines are taken for dead, in the middle of a large message. */
const SLOW_BYTES_PER_MS = 64;
/** So much, at most, systems take and keep until it is sent. */
const SYSTEM_BYTES = 8 * 2 ** 20;

type Session = Pick<KernelSession, 'link' | 'heardAt' | 'caller'>;

export class Pulse {
  private readonly clock: Clock;
  private readonly session: Session;
  private readonly probe: Uri;
  private last: { readonly [what in 'at' | 'received' | 'buffered' | 'unsent' | 'gone']: number } | undefined;
  private moves = 0;
  /** What the connection is trusted with: at least that of a slow one, and a part of what was seen. */
  private bytesPerMs = SLOW_BYTES_PER_MS;

  /** @param probe - What to call for a sign of life where there is no ping. */
  constructor(clock: Clock, session: Session, probe: Uri) {
    this.clock = clock;
    this.session = session;
    this.probe = probe;
  }

  /** When the last message came, on the clock for durations. */
  get heardAt(): number {
    return this.session.heardAt;
  }

  /**
   * Another number whenever bytes have moved since one looked last, as far as the platform tells. What is sent on a connection without a backlog
   * does not count: the system takes it, whether or not anybody is there.
   */
  get moved(): number {
    const { clock } = this;
    const { link } = this.session;
    const { bufferedBytes: buffered, receivedBytes: received = 0, unsentBytes: unsent = 0 } = link.transport;
    const look = { at: elapsed(clock), received, buffered, unsent, gone: link.sentBytes - buffered };
    const { last } = this;
    this.last = look;
    if (last) {
      const gone = last.buffered > 0 ? look.gone - last.gone : 0;
      if (gone > 0) this.bytesPerMs = Math.max(this.bytesPerMs, gone / (look.at - last.at + 1) / 4);
      if (gone > 0 || received !== last.received || (last.unsent > 0 && unsent !== last.unsent)) this.moves++;
    }
    return this.moves;
  }

  /**
   * How long what was sent may take without a sign, in milliseconds: where the platform says only that all of a message is gone; and
   * the end of a large one, which the system has taken and nobody sees.
   */
  get neededMs(): number {
    const { largeBytes, transport } = this.session.link;
    const { bufferedBytes, unsentBytes } = transport;
    const hidden = Math.min(largeBytes, SYSTEM_BYTES);
    return ((unsentBytes === undefined ? bufferedBytes : 0) + hidden) / this.bytesPerMs;
  }

  /** Asks the router for a sign of life. */
  ask(answered: () => void): void {
    const { transport } = this.session.link;
    if (transport.ping) return transport.ping(answered);
    // Any answer is one; that the session has ended is told otherwise.
    const reject = (error: unknown): void => {
      if (error instanceof ApplicationError) answered();
    };
    this.session.caller.call({ resolve: answered, reject }, this.probe, {}, undefined);
  }
}
