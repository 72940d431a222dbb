/* The sessions of a measurement: all open before it begins, all closed after it, and it ends when one of them is lost. */
import { setMaxListeners } from 'node:events';
import { ConnectionLostError, type Session } from '../../index.ts';
import type { Run } from '../running/command.ts';
import type { Connected } from '../running/connect.ts';

/** So many are opened at a time. */
const OPENING = 32;

export class Stand {
  readonly signal: AbortSignal;
  private readonly failure = new AbortController();
  private readonly connected: Connected[] = [];
  private readonly run: Pick<Run<{}>, 'connect'>;
  private isOver = false;

  constructor(run: Pick<Run<{}>, 'connect' | 'signal'>) {
    this.run = run;
    this.signal = AbortSignal.any([run.signal, this.failure.signal]);
    setMaxListeners(0, run.signal, this.signal); // each connection that opens listens
  }

  /** @throws What refused the first session that did not open. */
  async open(count: number): Promise<readonly Session[]> {
    const sessions: Session[] = [];
    while (sessions.length < count) {
      const opening = Array.from({ length: Math.min(OPENING, count - sessions.length) }, () => this.openOne());
      const settled = await Promise.allSettled(opening); // so that close() closes all of them
      for (const each of settled) {
        if (each.status === 'rejected') throw each.reason;
        sessions.push(each.value);
      }
    }
    return sessions;
  }

  /** @throws What ended a session. */
  throwIfLost(): void {
    this.failure.signal.throwIfAborted();
  }

  async close(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.connected.map(({ connection }) => connection.close()));
  }

  private async openOne(): Promise<Session> {
    const connected = await this.run.connect();
    this.connected.push(connected);
    const { session } = connected;
    void session.ended.then((error) => {
      if (!this.isOver) this.failure.abort(error ?? new ConnectionLostError('wamp.close.normal', 'the session was left'));
    });
    return session;
  }
}
