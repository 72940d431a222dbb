/*
 * The connection as programs written for Autobahn|JS know it, over a native one (`native`). Autobahn's rules decide here which transport is made, what
 * the callbacks get, and whether and when to try again. Everything else is underneath. Real programs read and write the members with an underscore.
 */
import {
  type Dial,
  FatalError,
  type Connection as NativeConnection,
  type RetryDecision,
  type Status,
  type Transport,
} from '../../index.ts';
import type { IConnectionOptions, IOnCloseDetails } from '../api/connection-options.ts';
import type { Session as SessionApi } from '../api/session-api.ts';
import type { ICloseEventDetails, ITransport, ITransportFactory } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { Backoff, type Next } from '../base/backoff.ts';
import { handle_error } from '../base/checks.ts';
import { notice } from '../base/log.ts';
import { type LateLiveness, lateLiveness } from '../native/late-liveness.ts';
import { hello, openNative, underneath } from '../native/login.ts';
import { type DeferFactory, deferred_factory } from '../promises/deferred.ts';
import { Bridge } from '../session/bridge.ts';
import { Session } from '../session/session.ts';
import { factoriesOf, firstTransport } from '../transports/factories.ts';
import type { Restore } from './restore.ts';

const NEVER: Next = { delay: null, count: null, will_retry: false };
const STOPPED = { retry_delay: null, retry_count: null, will_retry: false };

/** A session of this layer over a transport. */
interface Attempt {
  readonly session: Session;
  readonly bridge: Bridge;
  /** What comes after it, once that is decided. */
  next?: Next;
  /** Reports that the transport has closed. Called when it is decided whether to try again. */
  untold?: (() => void) | undefined;
}

export class Connection extends Backoff {
  /** Read at each attempt, so a change takes effect with the next one. */
  _options: IConnectionOptions;
  _defer: DeferFactory;
  _transport: ITransport | null = null;
  _transport_factories: ITransportFactory[];
  _session: SessionApi | null = null;
  _session_close_reason: string | null = null;
  _session_close_message: string | null = null;
  _connect_successes = 0;
  /** Missing until the program sets it. */
  declare onopen: (session: SessionApi, details: Any) => void;
  /** Missing until the program sets it. If it returns something truthy, even a promise, the retrying stops. */
  declare onclose: (reason: string, details: IOnCloseDetails | Any) => Any;
  /** The connection underneath, for new code beside the old. Both share one session. */
  readonly native: NativeConnection;
  /** The same. Subclasses may have a `native` of their own, and other members without an underscore. */
  private readonly _native: NativeConnection;
  private readonly _liveness: LateLiveness;
  private _restore: Restore | undefined;
  /** The current one, or the last. */
  private _attempt: Attempt | undefined;
  /** It was retrying, and has stopped: `close` is still allowed, as in Autobahn|JS. */
  private _hasGivenUp = false;
  /** The last attempt failed in the program's `onchallenge`, so its count of retries goes on. */
  private _hasFailedToLogIn = false;

  constructor(given?: IConnectionOptions) {
    const options = given as IConnectionOptions; // without them it throws, as in Autobahn|JS
    options.transports ||= [{ type: 'websocket', url: options.url, tlsConfiguration: options.tlsConfiguration }];
    super(options);
    this._options = options;
    this._defer = deferred_factory(options);
    this._transport_factories = factoriesOf(options);
    const [{ url, type } = { url: undefined, type: '' }] = options.transports;
    this._liveness = lateLiveness(options.upgrades?.liveness ?? false);
    this.native = this._native = underneath(
      { name: url ?? type, connect: (dial) => this._dial(dial) },
      () => ({ session: this._session, options: this._options }),
      options.realm,
      { retry: { decide: (decision) => this._decide(decision) }, liveness: this._liveness },
    );
    this._native.on('status', (status) => this._moved(status));
  }

  /** Null while there is none; typed as programs know it. */
  get session(): SessionApi | undefined {
    return this._session as SessionApi | undefined;
  }
  get isOpen(): boolean {
    return this._session?.isOpen ?? false;
  }
  get isConnected(): boolean {
    return this._transport !== null;
  }
  get isRetrying(): boolean {
    return this._is_retrying;
  }
  get transport(): Any {
    return this._transport ?? { info: { type: 'none', url: null, protocol: null } };
  }
  get defer(): DeferFactory {
    return this._defer;
  }

  open(): void {
    if (this._transport) throw 'connection already open (or opening)';
    this._begin();
    this._attempt = undefined;
    if (this._native.status.state === 'waiting') this._native.reconnect();
    else openNative(this._native);
  }

  close(reason?: string | null, message?: string | null): void {
    if (!this._transport && !this._is_retrying && !this._hasGivenUp) throw 'connection already closed';
    this._retry = false;
    if (this._session?.isOpen) return this._session.leave(reason, message);
    this._is_retrying = false;
    void this._native.close();
  }

  private _begin(): void {
    this._restart();
    this._retry = true;
    this._hasGivenUp = this._hasFailedToLogIn = false;
  }

  _autoreconnect_reset_timer(): void {
    if (!this._session && this._native.status.state === 'waiting') void this._native.close();
  }

  /** One attempt of the native connection: a transport, and a session of this layer over it. */
  private _dial(dial: Dial): Promise<Transport> {
    // The last session is still being closed. Its end is reported now.
    this._attempt?.bridge.end({ code: 1000, reason: '', wasClean: true });
    if (!this._retry) this._begin(); // opened through `native`
    const socket = firstTransport(this._transport_factories, this._options);
    if (!socket) {
      this._retry = false;
      this._tell('unsupported', { reason: null, message: null, ...STOPPED });
      throw new FatalError('no transport could be created');
    }
    const { onchallenge, on_user_error, on_internal_error } = this._options;
    const session = new Session(socket, this._defer, onchallenge, on_user_error, on_internal_error);
    this._transport = socket;
    this._session = session;
    this._session_close_reason = this._session_close_message = null;
    session.onjoin = (details) => {
      details.transport = socket.info;
      this._guarded('onopen', () => this.onopen?.(session, details));
    };
    const bridge: Bridge = new Bridge(socket, session, {
      opened: () => {
        if (!this._hasFailedToLogIn) this._restart();
        this._is_retrying = false;
        this._connect_successes++;
      },
      hello: (details) => hello(session, this._options, details),
      left: (reason, details) => this._guarded('onleave', () => session.onleave?.(reason, details)),
      early: (tell) => {
        const { state } = this._native.status;
        if (state === 'connecting' || state === 'joined') attempt.untold = tell;
        else tell();
      },
      closed: (event) => this._closed(event, attempt),
    });
    const attempt: Attempt = { session, bridge };
    this._attempt = attempt;
    session.onleave = (reason, details) => {
      this._session_close_reason = reason;
      this._session_close_message = details.message || '';
      this._retry = false;
      bridge.isClosing = true;
      socket.close();
    };
    session._restore = this._restore;
    return bridge.connect(dial, this._load(session));
  }

  /** The upgrades that are asked for and not there yet. */
  private _load(session: Session): Promise<unknown> | undefined {
    const restore = this._options.upgrades?.restore && !this._restore ? this._loadRestore(session) : undefined;
    const liveness = this._liveness.load();
    return restore || liveness ? Promise.all([restore, liveness]) : undefined;
  }

  private async _loadRestore(session: Session): Promise<void> {
    const { Restore } = await import('./restore.ts');
    this._restore ??= new Restore(this._native);
    session._restore = this._restore;
  }

  /** Answers the native connection when a session has ended or an attempt failed: the delay, or false. */
  private _decide({ proposal, error }: RetryDecision): number | false {
    if (error.uri === 'autostrada.error.fatal') this._retry = false;
    const isFarewell = this._attempt?.bridge.leave() || this._session_close_reason !== null;
    if (isFarewell && this._options.upgrades?.retry_on_goodbye && proposal !== false) this._retry = true;
    const { retry_if_unreachable = true } = this._options;
    if (this._connect_successes === 0 && !retry_if_unreachable) this._retry = false;
    this._hasFailedToLogIn = error.uri === 'wamp.error.cannot_authenticate' && error.cause !== undefined;
    if (this._hasFailedToLogIn) {
      this._session_close_reason = error.uri;
      this._session_close_message = error.message;
    }
    const next = this._autoreconnect_advance();
    if (this._attempt) this._attempt.next = next;
    return next.delay === null ? false : next.delay * 1000;
  }

  /** The transport has closed, and whether to try again is decided. */
  private _closed({ wasClean }: ICloseEventDetails, attempt: Attempt): void {
    const { session, next } = attempt;
    this._transport = null;
    if (this._native.status.state === 'closed') this._retry = false;
    const reason = this._connect_successes === 0 ? 'unreachable' : wasClean ? 'closed' : 'lost';
    const { delay, count, will_retry } = next ?? NEVER;
    const details = {
      reason: this._session_close_reason,
      message: this._session_close_message,
      retry_delay: delay,
      retry_count: count,
      will_retry,
    };
    notice('connection closed', reason, details);
    const isStopped = this._tell(reason, details);
    session._id = null;
    if (this._attempt !== attempt) return; // `onclose` has opened it again
    this._session = null;
    this._session_close_reason = this._session_close_message = null;
    if (this._retry && will_retry && !isStopped) {
      this._is_retrying = true;
      return;
    }
    this._hasGivenUp = this._is_retrying;
    this._is_retrying = false;
    void this._native.close();
  }

  private _tell(reason: string, details: IOnCloseDetails): boolean {
    let isStopped = false;
    this._guarded('onclose', () => {
      // As in Autobahn|JS, a promise counts, too: an async function returns one.
      isStopped = Boolean(this.onclose?.(reason, details));
    });
    return isStopped;
  }

  private _guarded(what: string, run: () => void): void {
    try {
      run();
    } catch (thrown) {
      handle_error(this._options.on_user_error, thrown, `Exception raised from app code while firing Connection.${what}()`);
    }
  }

  private _moved(status: Status): void {
    if (status.state === 'joined') {
      const { session } = this._attempt ?? {};
      if (!session || session !== this._session) return;
      this._restore?.joined(session);
      session._joined(status.session);
    } else if (status.state !== 'connecting' && this._attempt) {
      const { untold } = this._attempt;
      this._attempt.untold = undefined;
      untold?.();
    }
  }
}
