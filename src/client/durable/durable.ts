/*
 * Durable handles: standing intentions of a connection, made good at every join. A handle asks the session by callback, so that it is
 * active before the next message of the same read.
 */
import { makeDisposable } from '../../dispose.ts';
import { Emitter } from '../../emitter.ts';
import { ApplicationError, ConnectionLostError, type WampError } from '../../errors.ts';
import { CLOSE_NORMAL } from '../../protocol/uris.ts';
import type { Off, Uri } from '../../words.ts';
import type { Environment, ErrorContext } from '../api/environment.ts';
import type { Settle } from '../core/requests.ts';
import { about } from '../core/said.ts';
import { toldUnlessAwaited } from '../core/told.ts';
import type { SessionCore } from '../session/session.ts';

/** pending: not there yet · active · lost: it was, the line is down · closed: by us, or refused for good (see `error`). */
export type HandleState = 'pending' | 'active' | 'lost' | 'closed';

export interface DurableHandle<Self> extends Disposable, AsyncDisposable {
  readonly state: HandleState;
  /** Why it is not active, where there is a reason. */
  readonly error: WampError | undefined;
  /**
   * Resolves with the handle once it is active; rejects when the router refuses it, or it is closed first. Ignoring it is fine:
   * an unobserved refusal goes to `connection.on('error')`.
   */
  readonly ready: Promise<Self>;
  on(event: 'state', listener: (state: HandleState, previous: HandleState) => void): Off;
}
export interface DurableSubscription extends DurableHandle<DurableSubscription> {
  readonly topic: Uri;
  /** Gives it up. Settles as `Subscription.unsubscribe`. */
  unsubscribe(): Promise<void>;
}
export interface DurableRegistration extends DurableHandle<DurableRegistration> {
  readonly procedure: Uri;
  /** Gives it up; what runs finishes. Settles as `Subscription.unsubscribe`. */
  unregister(): Promise<void>;
}

/** What a handle needs of its connection. */
export interface Owner {
  readonly environment: Pick<Environment, 'clock' | 'random'>;
  /** Tells what nobody awaits. */
  report(error: unknown, context: ErrorContext): void;
  /** The handle is closed: it is not made good any more. */
  forget(handle: Durable): void;
}

interface StateEvents {
  state(state: HandleState, previous: HandleState): void;
}

/** What a session gives for a handle: it ends, perhaps before the session does. */
interface Ends {
  readonly ended: Promise<WampError | undefined>;
}

/** Where others send meanwhile, it is never certain whom an ABORT is for: then so many in a row are enough. */
const MAX_ABORTS = 3;

/** What is common to both kinds. `Active`: what the session gives for it. */
export abstract class Durable<Active extends Ends = Ends> implements Disposable, AsyncDisposable {
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  protected readonly uri: Uri;
  protected readonly owner: Owner;
  private readonly where: 'subscription' | 'registration';
  private readonly events: Emitter<StateEvents>;
  private readonly promise: Promise<this>;
  private settle: Settle<this> | undefined;
  private hasWatcher = false;
  private current: HandleState = 'pending';
  /** How often in a row the session was aborted while it waited for an answer. */
  private aborts = 0;
  protected why: WampError | undefined;
  private active: Active | undefined;
  /** It was asked for, and is not answered. */
  private giveUp: Off | undefined;
  /** What was given up before it was answered has been given back. */
  private whenGone: ((gone?: Promise<void>) => void) | undefined;
  private gone: Promise<void> | undefined;

  constructor(owner: Owner, where: 'subscription' | 'registration', uri: Uri) {
    makeDisposable(this, () => this.end(), true);
    this.owner = owner;
    this.where = where;
    this.uri = uri;
    this.events = new Emitter(['state'], (thrown) => owner.report(thrown, { where: 'listener', uri }));
    this.promise = new Promise<this>((resolve, reject) => {
      const subject = where === 'subscription' ? 'topic' : 'procedure';
      this.settle = { resolve: () => resolve(this), reject: (error) => reject(about(error, subject, uri)) };
    });
    this.promise.catch(() => {}); // whoever ignores it is told by `report`
  }

  get state(): HandleState {
    return this.current;
  }

  get error(): WampError | undefined {
    return this.why;
  }

  /** Somebody awaits `ready`, and will hear of a refusal. */
  get isWatched(): boolean {
    return this.hasWatcher && this.settle !== undefined;
  }

  get ready(): Promise<this> {
    this.hasWatcher = true;
    return this.promise;
  }

  on(event: 'state', listener: StateEvents['state']): Off {
    return this.events.on(event, listener);
  }

  /** The router may have aborted the session for it. */
  get isSuspect(): boolean {
    return this.aborts > 0;
  }

  /**
   * The connection has joined: ask for it.
   *
   * @param answered - The router has answered, or it was not asked.
   * @param isAlone - Nothing else waits for an answer, as far as handles go.
   */
  attach(session: SessionCore, answered?: () => void, isAlone = false): void {
    let sent: number | undefined;
    const settle: Settle<Active> = {
      resolve: (active) => {
        this.giveUp = undefined;
        this.aborts = 0;
        answered?.();
        if (this.current === 'closed') {
          const gone = this.release(active); // it was closed meanwhile
          return this.whenGone?.(gone);
        }
        this.active = active;
        this.why = undefined;
        this.move('active');
        void active.ended.then((error) => this.revoked(active, error));
        this.settle?.resolve(this);
        this.settle = undefined;
      },
      reject: (error) => {
        this.giveUp = undefined;
        this.whenGone?.();
        // The line went down again: the next join asks anew. All else is the router's, or our own, final word.
        if (error instanceof ConnectionLostError) {
          // ABORT does not say which message it is for. Sent last, and alone, it was this one.
          const isCertain = isAlone && session.frames.sent === sent;
          const { cause } = error;
          const isAbort = cause instanceof ApplicationError && !cause.uri.startsWith('wamp.close.');
          if (isAbort && (++this.aborts === MAX_ABORTS || isCertain)) this.refuse(cause);
          return;
        }
        if (!this.mayPass(error, session)) this.refuse(error);
        answered?.();
      },
    };
    try {
      this.giveUp = this.ask(session, settle);
      sent = session.frames.sent;
    } catch (error) {
      this.refuse(error);
      answered?.();
    }
  }

  /** The line is gone. */
  detach(error: WampError): void {
    this.active = undefined;
    if (this.current === 'closed') return;
    this.why = error;
    if (this.current === 'active') this.move('lost');
  }

  /** The connection has ended for good, or will not have it. */
  close(error: WampError): void {
    this.active = undefined; // what ends it is no revocation
    if (this.current === 'closed') return;
    this.why = error;
    this.move('closed');
    this.settle?.reject(error);
  }

  /** Resolves when the router has it back. */
  protected end(): Promise<void> {
    this.gone ??= this.leave();
    return this.gone;
  }

  private leave(): Promise<void> {
    const { active, giveUp } = this;
    this.active = undefined;
    // Before anybody is told: who asks for the same in a listener asks after that.
    const released = active && this.release(active);
    giveUp?.();
    if (this.current !== 'closed') {
      this.move('closed');
      this.owner.forget(this);
      this.settle?.reject(
        new ConnectionLostError(CLOSE_NORMAL, `${this.uri} was given up before it was there`, { delivery: 'not-sent' }),
      );
    }
    if (released) return released;
    const gone = new Promise<void>((resolve) => {
      if (giveUp) this.whenGone = resolve;
      else resolve();
    });
    const { where, uri, owner } = this;
    return toldUnlessAwaited(gone, (error) => owner.report(error, { where, uri }));
  }

  /** Whether a refusal is not the last word: then it is asked for again. */
  protected mayPass(_error: unknown, _session: SessionCore): boolean {
    return false;
  }

  /** @throws What is wrong with it by itself. */
  protected abstract check(): void;
  /** @returns Gives it up before it is answered. */
  protected abstract ask(session: SessionCore, settle: Settle<Active>): Off;
  protected abstract release(active: Active): Promise<void>;

  /** The router took it away while the session goes on: its final word, and never awaited by anybody. */
  private revoked(active: Active, error: WampError | undefined): void {
    if (this.active !== active) return;
    const { where, uri } = this;
    // Where the router gives a procedure to a session twice, the later handle has it.
    this.refuse(
      error ?? new ApplicationError(`wamp.error.no_such_${where}`, [`this session has given ${uri} up, or to another handle`]),
    );
  }

  /** Whether a router could take it. What is wrong is told at once: asked for again and again, it would cost a session each time. */
  isFit(): boolean {
    try {
      this.check();
    } catch (error) {
      this.refuse(error);
    }
    return this.current !== 'closed';
  }

  /** Closed for good. Whoever awaits `ready` is told there, else `on('error')`. */
  refuse(error: unknown): void {
    if (this.current === 'closed') return;
    this.owner.forget(this);
    const { uri, where, owner } = this;
    const mayBeWatched = this.settle !== undefined;
    // Later: whoever asks for `ready` in the same breath hears of it there.
    void Promise.resolve().then(() => {
      if (!mayBeWatched || !this.hasWatcher) owner.report(error, { where, uri });
    });
    // What the user's own options did wrong is a TypeError; it has no URI, and is shown as it is.
    this.close(error as WampError);
  }

  protected move(state: HandleState): void {
    const previous = this.current;
    this.current = state;
    this.events.emit('state', state, previous);
  }
}
