/*
 * The sessions of a bridge. Requests with the same credentials from the same address share one for a while, so that not every request logs in. Nobody gets a session by a
 * name alone: the key is made of all that was given, by a secret that nobody else has.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { networkOf } from '../../router/limits/crowd.ts';
import type { Router } from '../../router/router.ts';
import type { TransportInfo } from '../../router/session/transport-info.ts';
import type { Format } from '../../serializer/formats/format.ts';
import type { LastEvent } from './bridge-link.ts';
import { BridgeSession } from './bridge-session.ts';
import type { Credentials } from './requests/credentials.ts';
import { HttpProblem, UNAVAILABLE } from './requests/problems.ts';

/** How long a session may be idle. */
const IDLE_MS = 10_000;

/** Headers by which nobody is known: requests of one client differ in them. */
const OF_ONE_REQUEST: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'date',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'x-request-id',
]);

export interface SessionsOptions {
  readonly realm: string;
  readonly sessionMs: number;
  readonly maxSessions: number;
}

/** A session that a request may use until `release`. */
export interface Lease {
  readonly session: BridgeSession;
  release(): void;
}

interface Shared {
  readonly key: string;
  readonly session: BridgeSession;
  readonly since: number;
  uses: number;
  timer: NodeJS.Timeout | undefined;
}

export class Sessions {
  private readonly router: Router;
  private readonly format: Format;
  private readonly options: SessionsOptions;
  private readonly last: LastEvent = {};
  private readonly secret = randomBytes(32);
  /** Those that requests may still begin to use. */
  private readonly byKey = new Map<string, Shared>();
  /** All, the one that has been idle for longest first. */
  private readonly all = new Set<Shared>();
  private isClosed = false;

  constructor(router: Router, format: Format, options: SessionsOptions) {
    this.router = router;
    this.format = format;
    this.options = options;
  }

  /** @throws HttpProblem 401 for a wrong login, 503 without room. */
  async take(who: Credentials | undefined, from: TransportInfo): Promise<Lease> {
    const key = this.keyOf(who, from);
    const known = this.byKey.get(key);
    const shared = known && this.isFresh(known) ? known : this.open(key, who, from);
    if (known && known !== shared) this.retire(known);
    shared.uses++;
    clearTimeout(shared.timer);
    let isOver = false;
    const release = (): void => {
      if (isOver) return;
      isOver = true;
      this.release(shared);
    };
    try {
      await shared.session.joined;
    } catch (error) {
      this.forget(shared); // the next request logs in again
      throw error;
    }
    return { session: shared.session, release };
  }

  /** A session for one stream alone. */
  own(who: Credentials | undefined, from: TransportInfo, backlog: () => number): BridgeSession {
    const { router, format, last } = this;
    return new BridgeSession({ router, format, last, realm: this.options.realm, who, from, backlog });
  }

  /** Sessions that are in use end after it. */
  close(): void {
    this.isClosed = true;
    for (const shared of [...this.all]) this.retire(shared);
  }

  /** Of all by which the router, or its hooks, may know who it is. */
  private keyOf(who: Credentials | undefined, { peer, request, peerCertificate }: TransportInfo): string {
    const headers = Object.entries(request?.headers ?? {}).filter(([name]) => !OF_ONE_REQUEST.has(name));
    const certificate = peerCertificate?.()?.fingerprint256 ?? null;
    const login = who ? [who.authid ?? null, who.ticket] : null;
    const given = JSON.stringify([login, networkOf(peer) ?? null, certificate, headers.sort()]);
    return createHmac('sha256', this.secret).update(given).digest('base64');
  }

  private isFresh({ session, since }: Shared): boolean {
    return !session.isOver && this.leftMs({ since }) > 0;
  }

  /** How long requests may still begin to use it. */
  private leftMs({ since }: Pick<Shared, 'since'>): number {
    return since + this.options.sessionMs - performance.now();
  }

  private open(key: string, who: Credentials | undefined, from: TransportInfo): Shared {
    const { router, format, last, options } = this;
    if (this.all.size >= options.maxSessions) this.makeRoom();
    const session = new BridgeSession({ router, format, last, realm: options.realm, who, from });
    const shared: Shared = { key, session, since: performance.now(), uses: 0, timer: undefined };
    this.all.add(shared);
    this.byKey.set(key, shared);
    session.onLost = () => this.forget(shared);
    return shared;
  }

  private makeRoom(): void {
    for (const shared of this.all) if (shared.uses === 0) return this.end(shared);
    this.router.turnAway('maxSessions of http');
    throw new HttpProblem(503, 'too many sessions are in use', { uri: UNAVAILABLE });
  }

  private release(shared: Shared): void {
    shared.uses--;
    if (shared.uses > 0 || !this.all.has(shared)) return;
    if (this.isClosed || this.byKey.get(shared.key) !== shared || !this.isFresh(shared)) return this.end(shared);
    this.all.delete(shared);
    this.all.add(shared);
    shared.timer = setTimeout(() => this.end(shared), Math.min(IDLE_MS, this.leftMs(shared)));
    shared.timer.unref();
  }

  /** Nobody begins to use it any more. */
  private retire(shared: Shared): void {
    if (this.byKey.get(shared.key) === shared) this.byKey.delete(shared.key);
    if (shared.uses === 0) this.end(shared);
  }

  private end(shared: Shared): void {
    this.forget(shared);
    shared.session.leave();
  }

  private forget(shared: Shared): void {
    clearTimeout(shared.timer);
    this.all.delete(shared);
    if (this.byKey.get(shared.key) === shared) this.byKey.delete(shared.key);
  }
}
