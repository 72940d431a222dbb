/*
 * Permissions of one realm: the rules of the configuration, and the hook of the embedding program if no rule matches. The
 * hook is the only thing in a realm that may be slow, and only the session that it decides about has to wait.
 */

import { isDict, show } from '../../base/checks.ts';
import type { Clock } from '../../base/clock.ts';
import { type Awaitable, isThenable, type Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { describeSession } from '../session/describe-session.ts';
import type { RouterSession } from '../session/router-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { OpeningRequest } from '../session/transport-info.ts';
import type { LogEntry } from '../turns/log.ts';
import type { Turns } from '../turns/turns.ts';
import {
  type Action,
  type AuthroleConfig,
  FREELY,
  type PermissionRule,
  Permissions,
  type Refusal,
  type RuleChoice,
  type Verdict,
} from './permissions.ts';

/** The action that a session requests. */
export interface AuthorizationRequest {
  readonly realm: string;
  readonly session: RouterSession;
  readonly action: Action;
  readonly uri: Uri;
  readonly match: Match;
  /** The HTTP request by which the connection of the session began; undefined for RawSocket, and in this process. */
  readonly request: OpeningRequest | undefined;
}

export interface Decision {
  readonly allow: boolean;
  /** As in {@link PermissionRule}. */
  readonly disclose?: boolean | undefined;
  /** Keeps the answer for all sessions with this authrole, this action and this URI. Default false: it may depend on the session. */
  readonly cache?: boolean | undefined;
}

/** Called if no permission rule matches. If it throws, the answer is `wamp.error.authorization_failed`. */
export type Authorize = (request: AuthorizationRequest) => Awaitable<boolean | Decision>;

/** How long the hook may take. */
const TIMEOUT_MS = 10_000;
/** How many of its answers are cached. */
const MAX_CACHED = 10_000;

/** Calls a procedure of the realm. */
export type AskProcedure = (procedure: Uri, args: readonly unknown[]) => Promise<unknown>;

/** The realm, and the sources of its decisions. */
export interface GateRealm {
  readonly name: string;
  /** Undefined: the realm is open. */
  readonly authroles: ReadonlyMap<string, AuthroleConfig> | undefined;
}

export interface GateSettings {
  readonly authorize: Authorize | undefined;
  readonly log: (entry: LogEntry) => void;
  readonly clock: Clock;
  readonly turns: Turns;
}

/**
 * What decides: the realm is open to anybody; the rules of the authrole; a procedure of the realm (`authorizer`); the hook of the program around the router
 * (`authorize`). Or nothing does, and it is refused: no rule of the authrole matches, or there is no such authrole.
 */
export type GateChoice =
  | { readonly by: 'open' | 'authorize' | 'no role' }
  | { readonly by: 'no rule'; readonly rules: readonly PermissionRule[] }
  | { readonly by: 'rules'; readonly choice: RuleChoice }
  | { readonly by: 'authorizer'; readonly authorizer: Uri };

type Asked = AuthorizationRequest & { readonly session: LiveSession };

export class Gate {
  private readonly realm: string;
  /** By authrole. Undefined: the realm is open. */
  private permissions: ReadonlyMap<string, Permissions> | undefined;
  private authroles: GateRealm['authroles'];
  private readonly spend: (units: number) => void;
  private readonly askProcedure: AskProcedure;
  private readonly authorize: Authorize | undefined;
  private readonly log: GateSettings['log'];
  private readonly clock: Clock;
  private cache = new Map<string, Verdict>();
  private readonly requests = new WeakMap<LiveSession, OpeningRequest>();

  constructor({ name, authroles }: GateRealm, { authorize, log, clock, turns }: GateSettings, askProcedure: AskProcedure) {
    this.realm = name;
    this.askProcedure = askProcedure;
    this.spend = (units) => turns.spend(units);
    this.reload(authroles);
    this.authorize = authorize;
    this.log = log;
    this.clock = clock;
  }

  /** From now on these rules decide. What code is about to answer is not kept. */
  reload(authroles: GateRealm['authroles']): void {
    this.authroles = authroles;
    this.permissions = authroles && new Map([...authroles].map(([name, role]) => [name, new Permissions(role, this.spend)]));
    this.cache = new Map();
  }

  /** Whether a session with this authrole can be allowed anything: the role is configured, the realm is open, or a hook decides. */
  knows(authrole: string): boolean {
    return this.authroles === undefined || this.authroles.has(authrole) || this.authorize !== undefined;
  }

  /** The realm has no rules: anybody may do everything. */
  get isOpen(): boolean {
    return this.authroles === undefined;
  }

  /** The names of the authroles. */
  get roles(): readonly string[] {
    return [...(this.authroles?.keys() ?? [])];
  }

  /** Keeps the request of a session for the hook. */
  opened(session: LiveSession, request: OpeningRequest | undefined): void {
    if (request && this.authorize) this.requests.set(session, request);
  }

  /** A promise only if the hook returned one. */
  ask(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict> {
    if (!this.permissions) return FREELY;
    const permit = this.permissions.get(session.authrole)?.decide(action, uri, match, session.authid);
    if (permit === 'denied') return denied(session, action, uri);
    if (permit) return permit;
    const authorizer = this.authroles?.get(session.authrole)?.authorizer;
    // A procedure of the realm is called as Crossbar.io calls its dynamic authorizers.
    const code =
      authorizer === undefined
        ? this.authorize
        : () => this.askProcedure(authorizer, [describeSession(session), uri, action, { match }]);
    if (!code) return denied(session, action, uri);
    return this.askCode(code, { realm: this.realm, session, action, uri, match, request: this.requests.get(session) });
  }

  /** How it comes to its answers, for a user who need not be connected. */
  explain(authrole: string, authid: string, action: Action, uri: Uri, match: Match): GateChoice {
    if (!this.permissions) return { by: 'open' };
    const permissions = this.permissions.get(authrole);
    const choice = permissions?.explain(action, uri, match, authid);
    if (choice?.verdict !== undefined) return { by: 'rules', choice };
    const authorizer = this.authroles?.get(authrole)?.authorizer;
    if (authorizer !== undefined) return { by: 'authorizer', authorizer };
    if (this.authorize) return { by: 'authorize' };
    return permissions ? { by: 'no rule', rules: permissions.rules } : { by: 'no role' };
  }

  /**
   * Whether a session may get one of the router's own events. By a wider pattern it gets only those events to which it may subscribe by name.
   *
   * @param uri - The URI of the subscription that matches, with `match`.
   */
  hears(session: LiveSession, topic: Uri, uri: Uri, match: Match): boolean {
    if (!this.permissions) return true;
    const permissions = this.permissions.get(session.authrole);
    const permit = permissions?.decide('subscribe', topic, 'exact', session.authid);
    if (permit !== undefined) return permit !== 'denied';
    // No rule matches. Then it depends on what has allowed the subscription: a rule, or code that saw the whole pattern.
    if (!this.authorize && this.authroles?.get(session.authrole)?.authorizer === undefined) return false;
    return permissions?.decide('subscribe', uri, match, session.authid) === undefined;
  }

  /** @param code - What it returns is checked here. */
  private askCode(code: (request: Asked) => unknown, request: Asked): Verdict | Promise<Verdict> {
    const { session, action, uri, match } = request;
    const key = JSON.stringify([action, match, session.authrole, uri]);
    const { cache } = this;
    const cached = cache.get(key);
    if (cached) return cached;
    const settle = (answer: unknown): Verdict => {
      const decision = isDict(answer) ? answer : { allow: answer };
      if (typeof decision.allow !== 'boolean') return this.failed(session, `expected a boolean or a decision, got ${show(answer)}`);
      const disclose = typeof decision.disclose === 'boolean' ? decision.disclose : undefined;
      const verdict = decision.allow ? { disclose } : denied(session, action, uri);
      if (decision.cache === true && cache.size < MAX_CACHED) cache.set(key, verdict);
      return verdict;
    };
    try {
      const answer = code(request);
      if (!isThenable(answer)) return settle(answer);
      return this.inTime(answer, session)
        .then(settle)
        .catch((error: unknown) => this.failed(session, error));
    } catch (error) {
      return this.failed(session, error);
    }
  }

  private inTime<T>(answer: PromiseLike<T>, session: LiveSession): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(
        () => reject(new Error(`no decision on ${session.authid} in ${TIMEOUT_MS} ms`)),
        TIMEOUT_MS,
      );
      const done = (): void => this.clock.clearTimeout(timer);
      answer.then(resolve, reject);
      answer.then(done, done);
    });
  }

  private failed(session: LiveSession, error: unknown): Refusal {
    this.log({ level: 'error', message: 'an authorizer failed', session: session.id, error });
    return { error: 'wamp.error.authorization_failed', text: 'it could not be decided whether this is allowed' };
  }
}

function denied({ authrole }: LiveSession, action: Action, uri: Uri): Refusal {
  return { error: 'wamp.error.not_authorized', text: `${authrole} may not ${action} ${uri}` };
}
