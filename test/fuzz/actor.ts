/* One end of a line, played by a fuzzer: keeps what came, and answers what it was told to answer. */
import type { Session } from 'autostrada';
import type { SessionCore } from '../../src/client/session.ts';
import type { Closed, Frame, Transport } from '../../src/transport/transport.ts';

export type List = readonly unknown[];

export class Actor {
  readonly inbox: List[] = [];
  closed: Closed | undefined;
  /** Ids of the session at hand, by what they are: the newest. */
  readonly live = new Map<string, unknown>();
  private readonly transport: Transport;

  /** @param onMessage - At once, in the handling of the frame. */
  constructor(transport: Transport, onMessage?: (list: List, actor: Actor) => void) {
    this.transport = transport;
    transport.start({
      frame: (frame) => {
        const list: List = transport.serializer.decode(frame);
        this.inbox.push(list);
        onMessage?.(list, this);
      },
      closed: (why) => {
        this.closed = why;
      },
    });
  }

  send(...lists: List[]): void {
    for (const list of lists) this.transport.send(this.transport.serializer.encode(list));
  }

  sendFrame(frame: Frame): void {
    this.transport.send(frame);
  }

  close(): void {
    this.transport.close();
  }

  /** What came since the last time. */
  take(): List[] {
    return this.inbox.splice(0);
  }
}

/** Until nothing moves any more: everything in memory goes by microtasks. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function demand(holds: unknown, complaint: string, ...shown: readonly unknown[]): asserts holds {
  if (!holds) throw new Error([complaint, ...shown.map((each) => JSON.stringify(each)?.slice(0, 2000))].join(' '));
}

/** Requests that wait for their answer. Not of the public API. */
export function pendingOf(session: Session | undefined): number {
  return (session as unknown as SessionCore | undefined)?.pending ?? 0;
}
