/*
 * One attempt to get a session: where to, dial, log in, join. It ends once: with a session, a failure, or because it was given up; what was
 * awaited meanwhile is compared with that before anything is believed.
 */
import { type Attempt, begin, type Offer } from '../../auth/credentials.ts';
import { elapsed } from '../../clock.ts';
import { messageOf, TimeoutError, TransportError, WampError } from '../../errors.ts';
import { json } from '../../serializer/json.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Environment } from '../api/environment.ts';
import type { Report } from '../core/callbacks.ts';
import type { Foreign } from '../core/local-options.ts';
import type { Points } from '../core/middleware.ts';
import { join } from '../session/join.ts';
import type { SessionCore } from '../session/session.ts';
import { checkCredentials } from './connection-checks.ts';
import type { ConnectionOptions, OneOrMore } from './connection-options.ts';
import { connectorFor } from './target.ts';
import { wireTap } from './wire-log.ts';

const defaults = { joinTimeoutMs: 15_000, probe: 'wamp.session.count' } as const;

export type LineOptions = Omit<ConnectionOptions, 'contract'>;
/** `environment`, with what the platform has. */
export type Surroundings = Omit<Environment, 'WebSocket'> & Partial<Pick<Environment, 'WebSocket'>>;

export interface DialHooks {
  /** Of the router. */
  readonly maxMessageBytes: number | undefined;
  readonly report: Report;
  readonly points: Points;
  readonly foreign: Foreign;
  /** Goes there now; '' while a function is asked where. */
  dialing(url: string): void;
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore, url: string): void;
  failed(error: WampError): void;
  /** The session that came of it is being left. */
  left(): void;
  /** The session that came of it is over, after so long. */
  ended(error: WampError | undefined, ageMs: number): void;
}

export class Dial {
  /** How many addresses there were to choose from. */
  targets = 1;
  /** The secret comes from a function. */
  isAsked = false;
  private readonly options: LineOptions;
  private readonly environment: Surroundings;
  private readonly hooks: DialHooks;
  /** Not afterwards: it knows the error before, whose frames may know the attempt before, and so on back to the first. */
  private attempt: Attempt | undefined;
  private readonly controller = new AbortController();
  private readonly timer: unknown;
  /** From HELLO on. */
  private giveUpJoin: ((why: WampError) => void) | undefined;
  private isOver = false;

  constructor(options: LineOptions, environment: Surroundings, about: Pick<Attempt, 'number' | 'previous'>, hooks: DialHooks) {
    this.options = options;
    this.environment = environment;
    this.hooks = hooks;
    const ms = options.joinTimeoutMs ?? defaults.joinTimeoutMs;
    this.timer = environment.clock.setTimeout(() => this.fail(new TimeoutError(`no session in ${ms} ms (joinTimeoutMs)`)), ms);
    this.attempt = { ...about, signal: this.controller.signal };
  }

  start(): void {
    if (this.attempt) this.connect(this.attempt).catch((error: unknown) => this.fail(asWampError(error)));
  }

  giveUp(why: WampError): void {
    if (this.isOver) return;
    this.end();
    this.controller.abort(why);
    this.giveUpJoin?.(why);
  }

  private end(): void {
    this.isOver = true;
    this.attempt = undefined;
    this.environment.clock.clearTimeout(this.timer);
  }

  private fail(error: WampError): void {
    if (this.isOver) return;
    this.giveUp(error);
    this.hooks.failed(error);
  }

  private async connect(attempt: Attempt): Promise<void> {
    const { url, serializers = [json()], auth } = this.options;
    const { signal, number } = attempt;
    let targets = url;
    if (typeof targets === 'function') {
      this.hooks.dialing('');
      targets = await targets(attempt);
    }
    if (signal.aborted) return;
    this.targets = Array.isArray(targets) ? targets.length : 1;
    const connector = connectorFor(targets, number, this.environment.WebSocket);
    this.hooks.dialing(connector.name);
    if (signal.aborted) return; // a listener of `status` may have closed the connection
    const connected = connector.connect({ serializers, signal });
    const transport = 'then' in connected ? await connected : connected;
    if (signal.aborted) return transport.close();
    try {
      const credentials = asList(typeof auth === 'function' ? await auth(attempt) : (auth ?? []));
      credentials.forEach(checkCredentials);
      this.isAsked = typeof auth === 'function' || credentials.some(({ isAsked }) => isAsked === true);
      const offer = await begin(credentials, attempt);
      if (signal.aborted) return transport.close();
      this.join(transport, offer, connector.name);
    } catch (error) {
      transport.close(); // nobody else knows of this line yet
      throw error;
    }
  }

  private join(transport: Transport, offer: Offer, url: string): void {
    const { clock } = this.environment;
    const { realm, hello, wireLog, passthru, liveness } = this.options;
    const { report, points, foreign } = this.hooks;
    let joinedAt = 0;
    this.giveUpJoin = join(transport, {
      realm,
      offer,
      hello: { agent: 'autostrada', ...hello },
      tap: wireTap(wireLog, realm),
      session: {
        clock,
        report,
        passthru,
        points,
        foreign,
        maxMessageBytes: this.hooks.maxMessageBytes,
        probe: (liveness || undefined)?.probe ?? defaults.probe,
        left: () => this.hooks.left(),
        ended: (error) => this.hooks.ended(error, elapsed(clock) - joinedAt),
      },
      joined: (session) => {
        this.end();
        joinedAt = elapsed(clock);
        this.hooks.joined(session, url);
      },
      failed: (error) => this.fail(error),
    });
  }
}

function asList<T>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** What user code threw while a session was made: a `FatalError` is final, all else may go better next time. */
export function asWampError(thrown: unknown): WampError {
  return thrown instanceof WampError ? thrown : new TransportError(`cannot connect: ${messageOf(thrown)}`, { cause: thrown });
}
