/*
 * Durable handles: what is subscribed and registered on a connection, asked for in every session. A handle asks the session by callback, so
 * that it is active before the next message of the same read.
 */
import { isDict } from '../../../base/checks.ts';
import { makeDisposable } from '../../../base/dispose.ts';
import { Emitter } from '../../../base/emitter.ts';
import { ApplicationError, ConnectionLostError, type WampError } from '../../../base/errors.ts';
import { showAs } from '../../../base/shown.ts';
import type { Off, Uri } from '../../../base/words.ts';
import { CLOSE_NORMAL } from '../../../protocol/uris.ts';
import type { HandleState } from '../../api/handles.ts';
import type { Registration, Subscription } from '../../api/session-api.ts';
import type { HandleKind, HandlePart, Kernel, KernelSession } from '../../kernel/kernel.ts';
import { about } from '../../kernel/said.ts';
import type { Settle } from '../../kernel/settle.ts';
import { toldUnlessAwaited } from '../../kernel/told.ts';

/** What a handle needs of its connection. */
export interface Owner {
  readonly kernel: Kernel;
  /** The handle is closed: it is not asked for any more. */
  forget(handle: Durable): void;
}

interface StateEvents {
  state(state: HandleState, previous: HandleState): void;
}

/** Where other requests are sent meanwhile, it is never certain which of them an ABORT is for: then so many in a row are enough. */
const MAX_ABORTS = 3;

/** What is common to both kinds. `Active`: what the session gives for it. */
export abstract class Durable<
  Active extends Subscription | Registration = Subscription | Registration,
  Options extends object = object,
> implements Disposable, AsyncDisposable
{
  declare readonly [Symbol.dispose]: () => void;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  protected readonly uri: Uri;
  protected readonly kernel: Kernel;
  protected readonly parts: readonly HandlePart[];
  /** Those of the session's verb, without what the parts took out. */
  protected options: Options | undefined;
  private readonly owner: Owner;
  private readonly kind: HandleKind;
  private readonly events: Emitter<StateEvents>;
  private readonly promise: Promise<this>;
  private settle: Settle<this> | undefined;
  private hasWatcher = false;
  private current: HandleState = 'pending';
  /** How often in a row the session was aborted while it waited for an answer. */
  private aborts = 0;
  private why: WampError | undefined;
  private active: Active | undefined;
  /** Where it is asked for, or active. */
  private session: KernelSession | undefined;
  /** It was asked for, and is not answered. */
  private giveUp: Off | undefined;
  /** What was given up before it was answered has been given back. */
  private whenGone: ((gone?: Promise<void>) => void) | undefined;
  private gone: Promise<void> | undefined;

  constructor(owner: Owner, kind: HandleKind, uri: Uri, options: Options | undefined) {
    const { kernel } = owner;
    makeDisposable(this, () => this.end(), true);
    showAs(this, 'topic', 'procedure', 'state', 'error');
    this.owner = owner;
    this.kernel = kernel;
    this.kind = kind;
    this.uri = uri;
    const own: { [name: string]: unknown } = { ...options };
    this.parts = kernel.handleParts.flatMap((make) => make(kind, uri, own) ?? []);
    this.options = isDict(options) ? (own as Options) : options;
    this.events = new Emitter(['state'], (thrown) => kernel.report(thrown, 'listener', uri));
    this.promise = new Promise<this>((resolve, reject) => {
      const subject = kind === 'subscription' ? 'topic' : 'procedure';
      this.settle = { resolve: () => resolve(this), reject: (error) => reject(about(error, subject, uri)) };
    });
    this.promise.catch(() => {}); // who ignores it is told by `report`
  }

  get state(): HandleState {
    return this.current;
  }

  get error(): WampError | undefined {
    return this.why;
  }

  get ready(): Promise<this> {
    this.hasWatcher = true;
    return this.promise;
  }

  on(event: 'state', listener: StateEvents['state']): Off {
    return this.events.on(event, listener);
  }

  /** Somebody awaits `ready`, and will hear of a refusal. */
  get isWatched(): boolean {
    return this.hasWatcher && this.settle !== undefined;
  }

  /** The router may have aborted the session for it. */
  get isSuspect(): boolean {
    return this.aborts > 0;
  }

  /** @throws What is wrong with it by itself. */
  protected abstract check(): void;
  /** @returns Gives it up before it is answered. */
  protected abstract ask(session: KernelSession, settle: Settle<Active>, more: object): Off;
  protected abstract release(active: Active): Promise<void>;

  /** Whether a router could take it. What is wrong is told at once: asked for again and again, it would cost a session each time. */
  isFit(): boolean {
    try {
      this.check();
      for (const part of this.parts) part.check?.();
    } catch (error) {
      this.refuse(error);
    }
    return this.current !== 'closed';
  }

  /**
   * A session has begun: ask for it.
   *
   * @param answered - The router has answered, or it was not asked.
   * @param isAlone - Nothing else waits for an answer, as far as handles go.
   */
  attach(session: KernelSession, answered?: () => void, isAlone = false): void {
    const { parts } = this;
    const { link } = session;
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
        for (const part of parts) if (this.current === 'active') part.active?.(session, active);
      },
      reject: (error) => {
        this.giveUp = undefined;
        this.whenGone?.();
        // The session is lost again: the next one asks again. Every other error is final.
        if (error instanceof ConnectionLostError) {
          // ABORT does not say which message it is for. Sent last, and alone, it was this one.
          const isCertain = isAlone && link.frames.sent === sent;
          const { cause } = error;
          const isAbort = cause instanceof ApplicationError && !cause.uri.startsWith('wamp.close.');
          if (isAbort && (++this.aborts === MAX_ABORTS || isCertain)) this.refuse(cause);
          return;
        }
        const isWanted = (): boolean => this.session === session && this.current !== 'closed';
        const refuse = (): void => this.refuse(error);
        const mayPass = parts.some((part) => part.refused?.(error, session, isWanted, () => this.attach(session), refuse));
        if (mayPass) this.why = error as WampError;
        else refuse();
        answered?.();
      },
    };
    this.session = session;
    try {
      this.giveUp = this.ask(session, settle, Object.assign({}, ...parts.map((part) => part.asked?.(session))));
      sent = link.frames.sent;
    } catch (error) {
      this.refuse(error);
      answered?.();
    }
  }

  /** The session is gone. */
  detach(error: WampError): void {
    this.active = this.session = undefined;
    if (this.current !== 'closed') {
      this.why = error;
      if (this.current === 'active') this.move('lost');
    }
    for (const part of this.parts) part.lost?.(error);
  }

  /** The connection has ended for good, or will not have it. It is not called `close`: users would take it for their way to end the handle. */
  finish(error: WampError): void {
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
    const { active, giveUp, kind, uri } = this;
    this.active = undefined;
    // Before anybody is told: a listener that asks for the same asks after that.
    const released = active && this.release(active);
    giveUp?.();
    if (this.current !== 'closed') {
      this.move('closed');
      this.owner.forget(this);
      this.settle?.reject(
        new ConnectionLostError(CLOSE_NORMAL, `${uri} was given up before it was there`, { delivery: 'not-sent' }),
      );
    }
    if (released) return released;
    const gone = new Promise<void>((resolve) => {
      if (giveUp) this.whenGone = resolve;
      else resolve();
    });
    return toldUnlessAwaited(gone, (error) => this.kernel.report(error, kind, uri));
  }

  /** The router took it away while the session goes on: its final word, and never awaited by anybody. */
  private revoked(active: Active, error: WampError | undefined): void {
    if (this.active !== active) return;
    const { kind, uri } = this;
    // Where the router gives a procedure to a session twice, the later handle has it.
    this.refuse(
      error ?? new ApplicationError(`wamp.error.no_such_${kind}`, [`this session has given ${uri} up, or to another handle`]),
    );
  }

  /** Closed for good. Whoever awaits `ready` is told there, else `on('error')`. */
  refuse(error: unknown): void {
    if (this.current === 'closed') return;
    this.owner.forget(this);
    const { uri, kind, kernel } = this;
    const mayBeWatched = this.settle !== undefined;
    // Later: a program that asks for `ready` in the same breath hears of it there.
    void Promise.resolve().then(() => {
      if (!mayBeWatched || !this.hasWatcher) kernel.report(error, kind, uri);
    });
    // What the user's own options did wrong is a TypeError; it has no URI, and is shown as it is.
    this.finish(error as WampError);
  }

  private move(state: HandleState): void {
    const previous = this.current;
    this.current = state;
    if (state === 'closed') for (const part of this.parts) part.closed?.();
    this.events.emit('state', state, previous);
  }
}
